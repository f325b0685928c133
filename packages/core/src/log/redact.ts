/** Keeps secrets out of what is written for people: log lines and the debug page. */

/** What is written in the place of a secret. */
export const MASK = '•••'

/** Names that secrets go by, whatever stands before them: `newPassword`, `x-api-key`, `Set-Cookie`. */
const SECRET_NAME =
  /(?:passw(?:or)?d|passphrase|pwd|secret|token|authorization|cookie|apikey|privatekey|secretkey|accesskey|credential|jwt|sessionid)s?$/

/** Values shorter than this are too common to be looked for in texts. */
const LEAST = 6

/** How deep, and how many items of each list or object, a value is written. */
const MOST_LEVELS = 8
const MOST_ITEMS = 200

/** Whether what stands under a name is a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replace(/[-_.\s]/g, '').toLowerCase())
}

/** Masks by name and by value. */
export class Redactor {
  readonly #secrets: () => readonly string[]
  readonly #names: () => readonly string[]
  #known = ''
  #pattern: RegExp | null = null

  /** `secrets` are values that are masked wherever they stand, `names` further names whose values are. */
  constructor(secrets: () => readonly string[], names: () => readonly string[] = () => []) {
    this.#secrets = secrets
    this.#names = names
  }

  /** Whether what stands under a name is masked. */
  hides(name: string): boolean {
    return isSecretName(name) || this.#names().some((other) => other.toLowerCase() === name.toLowerCase())
  }

  /** A text without the secrets in it. */
  text(text: string): string {
    const secrets = this.#secrets().filter((secret) => secret.length >= LEAST)
    const known = secrets.join('\n')
    if (known !== this.#known) {
      this.#known = known
      const longestFirst = [...secrets].sort((one, other) => other.length - one.length)
      this.#pattern =
        known === '' ? null : new RegExp(longestFirst.map((secret) => secret.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'g')
    }
    return this.#pattern === null ? text : text.replace(this.#pattern, MASK)
  }

  /**
   * A plain copy of anything, as JSON can say it: secrets masked, errors with what they carry, their causes and the errors they gather.
   * What holds itself, lies deeper than eight levels or comes after two hundred items is cut.
   */
  plain(value: unknown): unknown {
    return this.#copy(value, [])
  }

  #copy(value: unknown, above: readonly object[]): unknown {
    if (typeof value === 'string') {
      return this.text(value)
    }
    if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') {
      return typeof value === 'function' ? `[function ${value.name}]` : String(value)
    }
    if (typeof value !== 'object' || value === null) {
      return value
    }
    if (above.includes(value) || above.length >= MOST_LEVELS) {
      return '[…]'
    }
    const here = [...above, value]
    if (value instanceof Error) {
      return this.#error(value, here)
    }
    if (Array.isArray(value) || value instanceof Set) {
      return this.#cut([...value].slice(0, MOST_ITEMS + 1).map((item) => this.#copy(item, here)))
    }
    if (ArrayBuffer.isView(value)) {
      return `[${value.byteLength} bytes]`
    }
    const { toJSON } = value as { readonly toJSON?: unknown }
    if (typeof toJSON === 'function') {
      return this.#copy(toJSON.call(value), here)
    }
    return this.#members(value instanceof Map ? [...value].map(([key, item]) => [String(key), item]) : Object.entries(value), here)
  }

  #members(entries: readonly (readonly [string, unknown])[], here: readonly object[]): object {
    const kept = entries.slice(0, MOST_ITEMS).map(([key, item]) => [key, this.#isMasked(key, item) ? MASK : this.#copy(item, here)])
    return Object.fromEntries(entries.length > MOST_ITEMS ? [...kept, ['…', `${entries.length - MOST_ITEMS} more`]] : kept)
  }

  #isMasked(key: string, value: unknown): boolean {
    return value !== undefined && value !== null && typeof value !== 'boolean' && this.hides(key)
  }

  #error(error: Error, here: readonly object[]): object {
    const { name, message, stack, cause } = error
    const errors: unknown = (error as { readonly errors?: unknown }).errors
    const own = Object.entries(error).filter(([key]) => !['name', 'message', 'stack', 'cause', 'errors'].includes(key))
    return {
      name,
      message: this.text(message),
      ...this.#members(own, here),
      ...(stack === undefined ? {} : { stack: this.text(stack) }),
      ...(cause === undefined ? {} : { cause: this.#copy(cause, here) }),
      ...(Array.isArray(errors) ? { errors: this.#copy(errors, here) } : {}),
    }
  }

  #cut(items: unknown[]): unknown[] {
    return items.length > MOST_ITEMS ? [...items.slice(0, MOST_ITEMS), '[…]'] : items
  }
}
