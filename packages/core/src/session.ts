/**
 * The session: values that follow a browser from request to request. By default they travel in a signed cookie, readable by the
 * browser's user but not changeable. It is opened on first use and saved, if it has changed, when the reply is made.
 */
import type { CoreConfig } from './core-config.ts'
import { coreError } from './core-errors.ts'
import type { Signer } from './signing.ts'

/** The values of a session. */
export type SessionData = { [key: string]: unknown }

/** Where sessions live. `save` returns the cookie's value, or null to delete the cookie. */
export interface SessionStore {
  /** Values of the session that a cookie's value names; null for one that is unknown, altered or expired. */
  load(cookie: string): SessionData | null
  /** `json` is `data` as JSON, where the caller has it. */
  save(data: SessionData, previous: string | null, json?: string): string | null
}

/** Values that follow a browser from request to request; what JSON can say. */
export interface Session {
  get<T = unknown>(key: string): T | undefined
  set(key: string, value: unknown): void
  has(key: string): boolean
  delete(key: string): void
  /** Forgets everything, and the cookie with it. */
  clear(): void
  keys(): string[]
  /** Whether the request came without a session that is accepted. */
  readonly isNew: boolean
}

/** Largest cookie that browsers are sure to keep, with name and attributes (RFC 6265 section 6.1). */
export const COOKIE_LIMIT = 4093

/** The session of one request. Changes inside the values kept are noticed too: what is saved is compared with what came. */
export class OpenSession implements Session {
  #data: SessionData
  readonly #before: string
  readonly #previous: string | null
  readonly isNew: boolean

  constructor(data: SessionData | null, previous: string | null) {
    // A copy: the store may keep what it gave.
    this.#data = { ...data }
    this.#before = data === null ? '{}' : JSON.stringify(data)
    this.#previous = previous
    this.isNew = data === null
  }

  get<T = unknown>(key: string): T | undefined {
    return Object.hasOwn(this.#data, key) ? (this.#data[key] as T) : undefined
  }

  set(key: string, value: unknown): void {
    if (value === undefined || typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
      throw coreError('MICRO_SESSION_VALUE', { key, problem: `it is ${value === undefined ? 'undefined' : `a ${typeof value}`}` })
    }
    if (key === '__proto__') {
      Object.defineProperty(this.#data, key, { value, configurable: true, enumerable: true, writable: true })
    } else {
      this.#data[key] = value
    }
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#data, key)
  }

  delete(key: string): void {
    delete this.#data[key]
  }

  clear(): void {
    this.#data = {}
  }

  keys(): string[] {
    return Object.keys(this.#data)
  }

  /** What the reply's cookie must be: a value, null to delete it, or undefined where nothing has changed. */
  outcome(store: SessionStore): string | null | undefined {
    const after = serialise(this.#data)
    if (after === this.#before) {
      // A cookie that was not accepted is left alone: it may belong to another app on the same host.
      return undefined
    }
    if (after !== '{}') {
      return store.save(this.#data, this.#previous, after)
    }
    if (this.#previous === null) {
      return undefined
    }
    // The store is told too: it may keep something for the cookie that goes.
    store.save({}, this.#previous, after)
    return null
  }
}

function serialise(data: SessionData): string {
  try {
    return JSON.stringify(data)
  } catch (error) {
    const key = Object.keys(data).find((name) => fails(data[name])) ?? ''
    throw coreError('MICRO_SESSION_VALUE', { key, problem: error instanceof Error ? error.message : String(error) }, { cause: error })
  }
}

function fails(value: unknown): boolean {
  try {
    JSON.stringify(value)
    return false
  } catch {
    return true
  }
}

/** Sessions in the cookie itself: `<base64url JSON>.<issued, seconds in base 36>.<signature>`. */
export function cookieStore(signer: Signer, config: CoreConfig['session'], now: () => number = Date.now): SessionStore {
  return {
    load(cookie) {
      const signed = signer.unsign(cookie)
      const at = signed?.lastIndexOf('.') ?? -1
      if (signed === null || at < 0) {
        return null
      }
      const age = now() / 1000 - Number.parseInt(signed.slice(at + 1), 36)
      if (!(age <= config.maxAge)) {
        return null
      }
      try {
        return JSON.parse(Buffer.from(signed.slice(0, at), 'base64url').toString()) as SessionData
      } catch {
        return null
      }
    },
    save(data, _previous, json = JSON.stringify(data)) {
      const text = Buffer.from(json).toString('base64url')
      const value = signer.sign(`${text}.${Math.floor(now() / 1000).toString(36)}`)
      const bytes = value.length + config.cookieName.length + 1
      if (bytes > COOKIE_LIMIT) {
        throw coreError('MICRO_SESSION_TOO_LARGE', { bytes, limit: COOKIE_LIMIT })
      }
      return value
    },
  }
}
