/** Texts of fields as the values they stand for; undefined where a text stands for none. Strict: nothing is guessed. */

// A valid floating-point number of HTML (section 2.3.4.3).
const NUMBER = /^-?(\d+(\.\d+)?|\.\d+)([eE][-+]?\d+)?$/
const INTEGER = /^-?\d{1,400}$/
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|[-+]\d{2}:\d{2})?)?$/

const ON: ReadonlySet<string> = new Set(['true', '1', 'yes', 'on', 'y', 'enabled'])
const OFF: ReadonlySet<string> = new Set(['false', '0', 'no', 'off', 'n', 'disabled'])

/** A decimal number as HTML writes it. */
export function readNumber(text: string): number | undefined {
  const value = text.length <= 400 && NUMBER.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}

/** A decimal integer of up to 400 digits. */
export function readBigint(text: string): bigint | undefined {
  return INTEGER.test(text) ? BigInt(text) : undefined
}

/** A switch: `true 1 yes on y enabled`, `false 0 no off n disabled`, without regard to case. */
export function readBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase()
  return ON.has(word) ? true : OFF.has(word) ? false : undefined
}

/** A date, or a date and time, as HTML and ISO 8601 write it. Without a zone it is UTC: the browser does not say its own. */
export function readDate(text: string): Date | undefined {
  const match = DATE.exec(text)
  if (match === null) {
    return undefined
  }
  const [, year, month, day, hours = '00', minutes = '00', seconds = '00', fraction = '', zone = 'Z'] = match
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  const date = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}${fraction}${zone}`)
  return Number(day) <= last && Number(hours) < 24 && !Number.isNaN(date.getTime()) ? date : undefined
}
