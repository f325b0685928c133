const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const IMF_FIXDATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/
const RFC_850 =
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/
const ASCTIME = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/

/** An HTTP-date in the form that senders must use, IMF-fixdate; parts of a second are dropped (RFC 9110 section 5.6.7). */
export function httpDate(timeMs: number): string {
  return new Date(timeMs).toUTCString()
}

/** Milliseconds since the epoch of an HTTP-date in any of its three forms, or null where the text is none (RFC 9110 section 5.6.7). */
export function parseHttpDate(text: string): number | null {
  const trimmed = text.trim()
  const parts = (IMF_FIXDATE.exec(trimmed) ?? RFC_850.exec(trimmed) ?? ASCTIME.exec(trimmed))?.groups
  if (parts === undefined) {
    return null
  }
  // A day that the month does not have makes it another month.
  const month = MONTHS.indexOf(parts.month ?? '')
  const [hour = 0, minute = 0, second = 0] = (parts.time ?? '').split(':').map(Number)
  const date = new Date(0)
  date.setUTCFullYear(fullYear(parts.year ?? ''), month, Number(parts.day))
  if (month < 0 || date.getUTCMonth() !== month || hour > 23 || minute > 59 || second > 60) {
    return null
  }
  return date.getTime() + (hour * 3600 + minute * 60 + second) * 1000
}

/** Of two digits, the year that is at most 50 years in the future. */
function fullYear(digits: string): number {
  if (digits.length === 4) {
    return Number(digits)
  }
  const thisYear = new Date().getUTCFullYear()
  const year = thisYear - (thisYear % 100) + Number(digits)
  return year > thisYear + 50 ? year - 100 : year
}
