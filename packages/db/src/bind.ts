import { dbError } from './db-errors.ts'

/** A value that every database column can hold. */
export type Bindable = null | string | number | bigint | boolean | Date | Uint8Array

/**
 * Refuses parameters that a driver would misread: node:sqlite takes a first object for a bag of named parameters and shifts the
 * rest, others turn objects into SQL text.
 * @throws MicroError `MICRO_DB_BIND` before anything is sent.
 */
export function checkBindable(parameters: readonly unknown[]): readonly Bindable[] {
  for (let index = 0; index < parameters.length; index++) {
    if (!isBindable(parameters[index])) {
      throw dbError('MICRO_DB_BIND', { position: index + 1, what: describe(parameters[index]) })
    }
  }
  return parameters as readonly Bindable[]
}

const INT64 = 64

function isBindable(value: unknown): value is Bindable {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      // SQLite would store NaN as null.
      return !Number.isNaN(value)
    case 'bigint':
      return BigInt.asIntN(INT64, value) === value
    case 'object':
      return value === null || value instanceof Uint8Array || (value instanceof Date && !Number.isNaN(value.getTime()))
    default:
      return false
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) {
    return 'an array'
  }
  if (value instanceof Date) {
    return 'an invalid Date'
  }
  switch (typeof value) {
    case 'object':
      return 'an object'
    case 'function':
      return 'a function'
    case 'undefined':
      return 'undefined'
    case 'bigint':
      return 'a bigint of more than 64 bits'
    case 'number':
      return 'NaN'
    default:
      return `a ${typeof value}`
  }
}
