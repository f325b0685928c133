/** Why a text is no field name. */
export type FieldNameProblem = 'it is malformed' | 'it holds a reserved word' | 'it is nested too deeply'

/** Keys that reach the prototype of an object: no field may be named so, at any depth. */
export const RESERVED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

const HEAD = /[^.[\]]+/y
const PART = /\.([^.[\]]+)|\[([^.[\]]*)\]/y

/**
 * The keys that a field name leads through: `items[0].name` and `items[0][name]` are `items`, `0`, `name`. A final `[]` is an
 * empty key: one more item of a list. What is wrong with the name otherwise.
 */
export function parseFieldName(name: string, maxDepth: number): readonly string[] | FieldNameProblem {
  HEAD.lastIndex = 0
  const head = HEAD.exec(name)?.[0]
  if (head === undefined) {
    return 'it is malformed'
  }
  const keys = [head]
  let at = head.length
  while (at < name.length) {
    PART.lastIndex = at
    const part = PART.exec(name)
    const key = part?.[1] ?? part?.[2]
    if (key === undefined || (key === '' && PART.lastIndex < name.length)) {
      return 'it is malformed'
    }
    if (key !== '' && keys.length >= maxDepth) {
      return 'it is nested too deeply'
    }
    keys.push(key)
    at = PART.lastIndex
  }
  return keys.some((key) => RESERVED_KEYS.has(key)) ? 'it holds a reserved word' : keys
}

/** One spelling of a name for all: `items[0][name]` is `items.0.name`, and `tags[]` is `tags`. */
export function canonicalName(keys: readonly string[]): string {
  return keys.length === 1 ? String(keys[0]) : (keys.at(-1) === '' ? keys.slice(0, -1) : keys).join('.')
}

/** The key that names a field: of an item, that of its list. */
export function namingKey(keys: readonly string[]): string {
  return keys.findLast((key) => !/^\d*$/.test(key)) ?? ''
}

/** The words of a key: `firstName`, `first_name` and `first-name` are `first name`. */
export function wordsOf(key: string): string {
  return key
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
}
