import type { SessionConfig } from '../config/core-config.ts'
import { coreError } from '../errors/core-errors.ts'
import { type CookieOptions, needsSecure, writeCookie } from '../http/cookie.ts'

/** What may differ from `config.session` for one request's cookie. */
export interface SessionCookie extends Pick<CookieOptions, 'domain' | 'path' | 'secure' | 'httpOnly' | 'sameSite' | 'partitioned'> {
  readonly name?: string
}

/** What the cookies of all requests share. */
export interface SessionCookieSettings {
  readonly config: SessionConfig
  readonly isProduction: boolean
  /** Largest cookie, its attributes included; 0 for any. */
  readonly maxBytes: number
}

/** The lines that set and delete a session's cookie. All but the value is the same each time. */
export class SessionCookieLines {
  readonly name: string
  readonly #brief: string
  readonly #lasting: string
  readonly #remove: string
  readonly #maxBytes: number

  /** @throws MicroError `MICRO_COOKIE_INVALID`. */
  constructor({ config, isProduction, maxBytes }: SessionCookieSettings, cookie: SessionCookie = {}) {
    const { name = config.cookieName, ...own } = cookie
    const { path, domain, httpOnly, sameSite, partitioned, secure = isProduction } = { ...config, ...own }
    const attributes: CookieOptions = {
      ...{ path, httpOnly, sameSite, partitioned, secure: secure || needsSecure(name, { sameSite, partitioned }) },
      ...(domain === undefined ? {} : { domain }),
    }
    this.name = name
    this.#maxBytes = maxBytes
    this.#brief = writeCookie(name, '', attributes).slice(name.length + 1)
    this.#lasting = writeCookie(name, '', { ...attributes, maxAge: config.maxAge }).slice(name.length + 1)
    this.#remove = writeCookie(name, '', { ...attributes, maxAge: 0, expires: new Date(0) })
  }

  /** @throws MicroError `MICRO_SESSION_TOO_LARGE`. */
  set(value: string, isPermanent: boolean): string {
    const sent = /^[\w.-]*$/.test(value) ? value : encodeURIComponent(value)
    const line = `${this.name}=${sent}${isPermanent ? this.#lasting : this.#brief}`
    if (line.length > this.#maxBytes && this.#maxBytes > 0) {
      throw coreError('MICRO_SESSION_TOO_LARGE', { bytes: line.length, limit: this.#maxBytes })
    }
    return line
  }

  get remove(): string {
    return this.#remove
  }
}
