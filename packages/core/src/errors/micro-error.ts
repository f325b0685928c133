/** Marks errors for developers, so that two copies of core recognise each other's. */
const MICRO_ERROR: unique symbol = Symbol.for('micro.error')

/** One row of an error table: what happened, and what to do; `{name}` stands for a value. */
export interface ErrorEntry {
  readonly message: string
  readonly fix: string
}

/** Names of the `{values}` in a text. */
type ValuesIn<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${string} ${string}` ? never : Name) | ValuesIn<Rest>
  : never

/** The values that a row's message and fix speak of. */
export type ErrorValues<E extends ErrorEntry> = { readonly [K in ValuesIn<E['message']> | ValuesIn<E['fix']>]: unknown }

/** An error for the developer. `code` is permanent; `fix` says what to do. */
export class MicroError<Code extends string = string> extends Error {
  readonly code: Code
  readonly fix: string

  constructor(code: Code, message: string, fix: string, options?: ErrorOptions) {
    super(`${message} ${fix}`, options)
    this.name = 'MicroError'
    this.code = code
    this.fix = fix
  }
}

Object.defineProperty(MicroError.prototype, MICRO_ERROR, { value: true })

/** Whether `value` is a `MicroError`, of this copy of core or another. */
export function isMicroError(value: unknown): value is MicroError {
  return typeof value === 'object' && value !== null && MICRO_ERROR in value
}

/** Whether `value` is the class itself, of this copy of core or another; its subclasses are not. */
export function isMicroErrorClass(value: unknown): boolean {
  return typeof value === 'function' && Object.hasOwn(value.prototype ?? {}, MICRO_ERROR)
}

/** A function that makes the errors of one table, each code with the values its texts need. */
export type ErrorFactory<T extends { readonly [code: string]: ErrorEntry }> = <K extends keyof T & string>(
  code: K,
  values: ErrorValues<T[K]>,
  options?: ErrorOptions,
) => MicroError<K>

/** Makes the error factory of a package's table of codes. */
export function errorTable<const T extends { readonly [code: string]: ErrorEntry }>(table: T): ErrorFactory<T> {
  return (code, values, options) => {
    const entry = table[code] as ErrorEntry
    return new MicroError(code, fill(entry.message, values), fill(entry.fix, values), options)
  }
}

function fill(text: string, values: { readonly [name: string]: unknown }): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
}
