/** Turns one part of a path into a value and back. */
export interface Converter<T> {
  /** The value, or undefined where the text does not match: the route then does not answer. `text` is decoded. */
  parse(text: string, args: readonly string[]): T | undefined
  /** The text of a value, not yet percent-encoded, or undefined where no text of it would be parsed back. */
  format(value: T, args: readonly string[]): string | undefined
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function bounds(args: readonly string[]): { readonly min: number; readonly max: number; readonly digits: number } {
  const named = Object.fromEntries(args.map((arg) => arg.split('=').map((part) => part.trim())))
  return { min: Number(named.min ?? -Infinity), max: Number(named.max ?? Infinity), digits: Number(named.digits ?? 0) }
}

const int: Converter<number> = {
  parse(text, args) {
    const { min, max, digits } = bounds(args)
    const value = /^(0|-?[1-9]\d*)$/.test(text) || (digits > 0 && /^\d+$/.test(text)) ? Number(text) : Number.NaN
    return Number.isSafeInteger(value) && value >= min && value <= max && (digits === 0 || text.length === digits) ? value : undefined
  },
  format(value, args) {
    const { digits } = bounds(args)
    const text = String(value).padStart(digits, '0')
    return int.parse(text, args) === Number(value) ? text : undefined
  },
}

const float: Converter<number> = {
  parse(text, args) {
    const { min, max } = bounds(args)
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    return Number.isFinite(value) && value >= min && value <= max ? value : undefined
  },
  format(value, args) {
    const text = String(value)
    return float.parse(text, args) === undefined ? undefined : text
  },
}

const string: Converter<string> = {
  parse(text, args) {
    const named = Object.fromEntries(args.map((arg) => arg.split('=').map((part) => part.trim())))
    const exact = Number(named.length ?? -1)
    const fits = text.length >= Number(named.min ?? 1) && text.length <= Number(named.max ?? Infinity)
    return fits && (exact < 0 || text.length === exact) ? text : undefined
  },
  format: (value, args) => string.parse(String(value), args),
}

const any: Converter<string> = {
  parse: (text, args) => (args.includes(text) ? text : undefined),
  format: (value, args) => any.parse(String(value), args),
}

const uuid: Converter<string> = {
  parse: (text) => (UUID.test(text) ? text.toLowerCase() : undefined),
  format: (value) => uuid.parse(String(value), []),
}

const path: Converter<string> = {
  parse: (text) => (text === '' ? undefined : text),
  format: (value) => path.parse(String(value), []),
}

/**
 * Core's own converters. `int(min=, max=, digits=)` takes `0` and decimal integers without leading zeros, up to 2^53 - 1;
 * `float(min=, max=)` decimals; `string(min=, max=, length=)` one segment; `any(a,b)` one of the words; `uuid` RFC 9562's form;
 * `path` the rest of the path.
 */
export const CORE_CONVERTERS: { readonly [name: string]: Converter<unknown> } = { string, int, float, uuid, any, path }
