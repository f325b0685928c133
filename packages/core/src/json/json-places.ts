/**
 * Where things stand in a JSON text: the line of each key, and of the first mistake. The parser's own messages quote the text, and
 * with it the secrets that a configuration file may hold.
 */

// JSON's tokens (RFC 8259). A raw control character ends a string's match as it ends a string.
const BLANK = '[\\t\\n\\r ]*'
const PUNCTUATION = '([{}[\\],:])'
const STRING = '("(?:[^"\\\\\\u0000-\\u001f]|\\\\(?:["\\\\/bfnrt]|u[\\da-fA-F]{4}))*")'
const LITERAL = '(-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|true|false|null)'
const TOKEN = `${BLANK}(?:${PUNCTUATION}|${STRING}|${LITERAL})`

/** The lines of a JSON text, from 1. */
export interface JsonPlaces {
  /** Line of the first mistake; undefined in a text that is JSON. */
  readonly mistakeLine: number | undefined
  /** Line of a key by its path, or of the nearest key above it. */
  lineOf(path: readonly string[]): number
}

/** Looks through a JSON text. */
export function jsonPlaces(text: string): JsonPlaces {
  const scan = new Scan(text)
  const whole = scan.read()
  return {
    mistakeLine: whole ? undefined : lineAt(text, scan.mistakeAt),
    lineOf(path) {
      for (let length = path.length; length > 0; length--) {
        const at = scan.keys.get(JSON.stringify(path.slice(0, length)))
        if (at !== undefined) {
          return lineAt(text, at)
        }
      }
      return 1
    },
  }
}

class Scan {
  /** Where each key begins, by its path as JSON. */
  readonly keys: Map<string, number> = new Map()
  mistakeAt = 0
  readonly #text: string
  readonly #token: RegExp = new RegExp(TOKEN, 'y')

  constructor(text: string) {
    this.#text = text
  }

  /** Whether the whole text is one value. */
  read(): boolean {
    return this.#value(this.#next(), []) && this.#next() === null && this.mistakeAt === this.#text.length
  }

  #value(token: string | null, path: readonly string[]): boolean {
    if (token === '{') {
      return this.#list('}', (first) => this.#member(first, path))
    }
    if (token === '[') {
      return this.#list(']', (first) => this.#value(first, path))
    }
    return token !== null && !/^[}\],:]$/.test(token)
  }

  #list(end: string, item: (first: string | null) => boolean): boolean {
    let token = this.#next()
    if (token === end) {
      return true
    }
    while (item(token)) {
      const after = this.#next()
      if (after === end) {
        return true
      }
      if (after !== ',') {
        return false
      }
      token = this.#next()
    }
    return false
  }

  #member(key: string | null, path: readonly string[]): boolean {
    if (key === null || !key.startsWith('"')) {
      return false
    }
    const here = [...path, JSON.parse(key) as string]
    this.keys.set(JSON.stringify(here), this.#token.lastIndex - key.length)
    return this.#next() === ':' && this.#value(this.#next(), here)
  }

  /** The next token, or null where none stands. */
  #next(): string | null {
    const from = this.#token.lastIndex
    const match = this.#token.exec(this.#text)
    if (match === null) {
      const blank = /[^\t\n\r ]/g
      blank.lastIndex = from
      this.mistakeAt = blank.exec(this.#text)?.index ?? this.#text.length
      this.#token.lastIndex = this.mistakeAt
      return null
    }
    this.mistakeAt = this.#token.lastIndex - match[0].trimStart().length
    return match[1] ?? match[2] ?? match[3] ?? null
  }
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}
