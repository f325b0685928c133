/** Turns one part of a path or host into a value and back. */
export interface Converter<T> {
  /** The value, or undefined where the text does not match: the route then does not answer. `text` is decoded. */
  parse(text: string, args: readonly string[]): T | undefined
  /** The text of a value, not yet percent-encoded, or undefined where no text of it would be parsed back. */
  format(value: T, args: readonly string[]): string | undefined
  /** What is wrong with the arguments that a path gives it, or undefined; asked once, when the path is read. */
  checkArgs?(args: readonly string[]): string | undefined
  /**
   * Which of several params in one place is tried first: the one with the lower number. 75 unless given; of core's own, `string` has
   * 100, what takes the rest 200, the others 50 to 60. Between equals, one with arguments comes first.
   */
  readonly weight?: number
  /** Takes the rest of the path, slashes and all (in a host: several labels). Its param is the last segment. */
  readonly rest?: boolean
}

/** Converters by the name that paths have for them. */
export type Converters = { readonly [name: string]: Converter<unknown> }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

interface NumberArgs {
  readonly min: number
  readonly max: number
  /** Exact number of digits, or 0. */
  readonly digits: number
}

const int: Converter<number> = {
  weight: 50,
  parse(text, args) {
    const { min, max, digits } = numberArgs(args)
    const value = /^(0|-?[1-9]\d*)$/.test(text) || (digits > 0 && /^\d+$/.test(text)) ? Number(text) : Number.NaN
    return Number.isSafeInteger(value) && value >= min && value <= max && (digits === 0 || text.length === digits) ? value : undefined
  },
  format(value, args) {
    const { digits } = numberArgs(args)
    const text = String(value).padStart(digits, '0')
    return int.parse(text, args) === Number(value) ? text : undefined
  },
  checkArgs: (args) => checkNamed(args, ['min', 'max', 'digits']),
}

const float: Converter<number> = {
  weight: 60,
  parse(text, args) {
    const { min, max } = numberArgs(args)
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    return Number.isFinite(value) && value >= min && value <= max ? value : undefined
  },
  format(value, args) {
    const text = withoutExponent(String(value))
    return float.parse(text, args) === undefined ? undefined : text
  },
  checkArgs: (args) => checkNamed(args, ['min', 'max']),
}

const string: Converter<string> = {
  weight: 100,
  parse(text, args) {
    if (args.length === 0) {
      return text === '' ? undefined : text
    }
    const { min = 1, max = Infinity, length } = namedArgs(args)
    const fits = text.length >= min && text.length <= max && (length === undefined || text.length === length)
    return fits ? text : undefined
  },
  format: (value, args) => string.parse(String(value), args),
  checkArgs: (args) => checkNamed(args, ['min', 'max', 'length']),
}

const any: Converter<string> = {
  weight: 50,
  parse: (text, args) => (args.includes(text) ? text : undefined),
  format: (value, args) => any.parse(String(value), args),
  checkArgs: (args) => (args.length === 0 ? 'it needs the words that it accepts: any(one, two)' : undefined),
}

const uuid: Converter<string> = {
  weight: 50,
  parse: (text) => (UUID.test(text) ? text.toLowerCase() : undefined),
  format: (value) => uuid.parse(String(value), []),
  checkArgs: (args) => checkNamed(args, []),
}

const path: Converter<string> = {
  rest: true,
  // One that begins with a slash would make `//…` of the whole, which browsers take for another host.
  parse: (text) => (text === '' || text.startsWith('/') ? undefined : text),
  format: (value) => path.parse(String(value), []),
  checkArgs: (args) => checkNamed(args, []),
}

/**
 * Core's own converters. `int(min=, max=, digits=)` takes `0` and decimal integers without leading zeros, up to 2^53 - 1;
 * `float(min=, max=)` decimals; `string(min=, max=, length=)` one segment; `any(a,b)` one of the words; `uuid` RFC 9562's form;
 * `path` the rest of the path.
 */
export const CORE_CONVERTERS: Converters = { string, int, float, uuid, any, path }

function withoutExponent(text: string): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (match === null) {
    return text
  }
  const [, sign = '', first = '', more = '', exponent] = match
  const point = 1 + Number(exponent)
  return sign + (point > 0 ? (first + more).padEnd(point, '0') : `0.${'0'.repeat(-point)}${first}${more}`)
}

const NO_LIMITS: NumberArgs = { min: -Infinity, max: Infinity, digits: 0 }

function numberArgs(args: readonly string[]): NumberArgs {
  return args.length === 0 ? NO_LIMITS : { ...NO_LIMITS, ...namedArgs(args) }
}

/** By the list itself, which is the same for every request of a route. */
const named = new WeakMap<readonly string[], { readonly [name: string]: number }>()

/** Arguments of the form `name=number`. */
function namedArgs(args: readonly string[]): { readonly [name: string]: number } {
  let read = named.get(args)
  if (read === undefined) {
    read = Object.fromEntries(args.map((arg) => arg.split('=')).map(([name = '', value = '']) => [name.trim(), Number(value)]))
    named.set(args, read)
  }
  return read
}

function checkNamed(args: readonly string[], known: readonly string[]): string | undefined {
  const wrong = args.find((arg) => {
    const [name = '', value = ''] = arg.split('=').map((part) => part.trim())
    return !known.includes(name) || value === '' || !Number.isFinite(Number(value))
  })
  if (wrong === undefined) {
    return undefined
  }
  return known.length === 0
    ? 'it takes no arguments'
    : `'${wrong}' is none of its arguments (${known.map((name) => `${name}=number`).join(', ')})`
}
