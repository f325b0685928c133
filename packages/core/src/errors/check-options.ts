/**
 * Options as they are given at set-up. A compiler refuses a wrong one, but Node runs TypeScript without a compiler: a guard in an option
 * that nobody reads would guard nothing, and nobody would be told.
 */
import { coreError } from './core-errors.ts'
import { nearest } from './nearest.ts'

/** Every option of `T`, by name: none is forgotten where one is added. */
export type OptionNames<T> = { readonly [K in keyof Required<T>]: true }

/**
 * Refuses what is no object of known options: `checkOptions('clock()', options, { zone: true })`. `what` is who was given them.
 * @throws MicroError `MICRO_OPTIONS_INVALID`, `MICRO_OPTION_UNKNOWN`, with the name that was most likely meant.
 */
export function checkOptions(what: string, given: unknown, known: OptionNames<object>): void {
  const names = Object.keys(known).join(', ')
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw coreError('MICRO_OPTIONS_INVALID', { what, given: inWords(given), place: 'options', instead: `an object with any of: ${names}` })
  }
  const unknown = unknownOption(given, known)
  if (unknown !== undefined) {
    const { option, near } = unknown
    throw coreError('MICRO_OPTION_UNKNOWN', { what, option, hint: near === undefined ? '' : ` Did you mean '${near}'?`, known: names })
  }
}

/** An option that nobody reads, with what it was most likely meant to be; undefined where all of them are known. */
export function unknownOption(given: object, known: object): { readonly option: string; readonly near: string | undefined } | undefined {
  const option = Object.keys(given).find((name) => !Object.hasOwn(known, name))
  return option === undefined ? undefined : { option, near: nearest(option, Object.keys(known)) }
}

function inWords(given: unknown): string {
  if (typeof given === 'string') {
    return `'${given}'`
  }
  return given === null ? 'null' : Array.isArray(given) ? 'a list' : `a ${typeof given}`
}
