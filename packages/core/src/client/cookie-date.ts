const TOKEN = /[^\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/g
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * The time of a cookie's `Expires`, in milliseconds, or null where it says none. Browsers take the first token that may be a time, a day,
 * a month and a year, in whatever order they come (RFC 6265 section 5.1.1).
 */
export function parseCookieDate(text: string): number | null {
  let time: readonly number[] | undefined
  let day: number | undefined
  let month: number | undefined
  let year: number | undefined
  for (const token of text.match(TOKEN) ?? []) {
    const clock = time === undefined ? /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/.exec(token) : null
    const isDay = day === undefined && /^\d{1,2}(?!\d)/.test(token)
    const named = month === undefined ? MONTHS.indexOf(token.slice(0, 3).toLowerCase()) : -1
    if (clock !== null) {
      time = clock.slice(1).map(Number)
    } else if (isDay) {
      day = Number.parseInt(token, 10)
    } else if (named >= 0) {
      month = named
    } else if (year === undefined && /^\d{2,4}(?!\d)/.test(token)) {
      year = fullYear(Number.parseInt(token, 10))
    }
  }
  if (time === undefined || day === undefined || month === undefined || year === undefined) {
    return null
  }
  const [hour = 0, minute = 0, second = 0] = time
  const date = new Date(Date.UTC(year, month, day, hour, minute, second))
  return year < 1601 || hour > 23 || minute > 59 || second > 59 || date.getUTCDate() !== day || date.getUTCMonth() !== month
    ? null
    : date.getTime()
}

function fullYear(year: number): number {
  return year >= 70 && year <= 99 ? year + 1900 : year <= 69 ? year + 2000 : year
}
