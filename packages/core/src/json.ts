import type { JsonProvider } from './setup.ts'

/** JSON as the language has it; dates become ISO 8601 texts. */
export const jsonProvider: JsonProvider = {
  stringify: (value) => JSON.stringify(value) ?? 'null',
  parse: (text) => JSON.parse(text) as unknown,
}
