import { coreError } from '../errors/core-errors.ts'

/** How values become JSON and back. */
export interface JsonProvider {
  stringify(value: unknown): string
  parse(text: string): unknown
}

/** JSON as the language has it: dates become ISO 8601 texts, and `toJSON` is called. What it cannot say is an error that names the place. */
export const jsonProvider: JsonProvider = {
  stringify(value) {
    try {
      return JSON.stringify(value) ?? 'null'
    } catch (error) {
      throw unsayable(value, error)
    }
  },
  parse: (text) => JSON.parse(text) as unknown,
}

/** Whether a JSON text nests arrays and objects more than `most` levels deep. */
export function nestsDeeper(text: string, most: number): boolean {
  // Each level costs two characters; and what has not that many brackets needs no closer look.
  if (text.length <= 2 * most || !hasMoreThan(text, most)) {
    return false
  }
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // a text: to its closing quote
        do {
          at += text.charCodeAt(at) === 0x5c ? 2 : 1
        } while (at < text.length && text.charCodeAt(at) !== 0x22)
        break
      case 0x5b:
      case 0x7b:
        if (++depth > most) {
          return true
        }
        break
      case 0x5d:
      case 0x7d:
        depth--
    }
  }
  return false
}

function hasMoreThan(text: string, most: number): boolean {
  let count = 0
  for (const bracket of '[{') {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      if (++count > most) {
        return true
      }
    }
  }
  return false
}

/** The error for a value that is no JSON: a bigint, or an object that contains itself. What a `toJSON` throws stays as it is. */
function unsayable(value: unknown, cause: unknown): unknown {
  const found = cause instanceof TypeError ? find(value, '', []) : undefined
  return found === undefined ? cause : coreError('MICRO_JSON_VALUE', found, { cause })
}

function find(value: unknown, path: string, above: readonly object[]): { readonly place: string; readonly problem: string } | undefined {
  const place = path === '' ? 'the value itself' : path.replace(/^\./, '')
  if (typeof value === 'bigint') {
    return { place, problem: 'is a bigint, which JSON has no number for' }
  }
  if (typeof value !== 'object' || value === null || 'toJSON' in value) {
    return
  }
  if (above.includes(value)) {
    return { place, problem: 'contains itself' }
  }
  for (const [key, item] of Object.entries(value)) {
    const found = find(item, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, [...above, value])
    if (found !== undefined) {
      return found
    }
  }
  return
}
