import { parseSetCookie } from 'cookie'
import { coreError } from '../errors/core-errors.ts'
import { type CookieOptions, readCookieValues, writeCookie } from '../http/cookie.ts'
import { parseCookieDate } from './cookie-date.ts'

interface KeptCookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  readonly expires: number
  readonly created: number
}

/** The cookies of a test client (RFC 6265 section 5), without public suffixes. Values are given and taken decoded, as `ctx.cookies` has them. */
export class CookieJar {
  readonly #kept: Map<string, KeptCookie> = new Map()
  readonly #baseUrl: string
  #count = 0

  /** `baseUrl` is where cookies are set that are set by hand. */
  constructor(baseUrl: string = 'http://localhost/') {
    this.#baseUrl = baseUrl
  }

  /** Value of a cookie: the one that is sent to `url`, or without a URL any. */
  get(name: string, url?: string | URL): string | undefined {
    return this.#find(name, url).map(({ value }) => decoded(value))[0]
  }

  /** Names and values of all cookies. */
  all(): { readonly [name: string]: string } {
    return Object.fromEntries(this.#live().map(({ name, value }) => [name, decoded(value)]))
  }

  /**
   * Puts a cookie in, as if the server had set it at `url`: for its host and every path, unless the options say otherwise.
   * @throws MicroError `MICRO_COOKIE_INVALID` also for a domain that `url` may not set it for.
   */
  set(name: string, value: string, options: CookieOptions & { readonly url?: string | URL } = {}): void {
    const { url, ...attributes } = options
    const at = new URL(url ?? '', this.#baseUrl)
    if (this.take(at, [writeCookie(name, value, attributes)]).length > 0) {
      const problem = `${at.host} sets none for ${attributes.domain}`
      throw coreError('MICRO_COOKIE_INVALID', { name, problem })
    }
  }

  /** Takes a cookie out: those of the name that are sent to `url`, or without a URL all. */
  delete(name: string, url?: string | URL): void {
    for (const cookie of this.#find(name, url)) {
      this.#kept.delete(keyOf(cookie))
    }
  }

  clear(): void {
    this.#kept.clear()
  }

  /** Takes the cookies of a response. Gives the lines of those that `url` may not set. */
  take(url: URL, lines: readonly string[]): readonly string[] {
    const refused: string[] = []
    for (const line of lines) {
      const cookie = parseSetCookie(line, { decode: (value) => value })
      if (cookie.name === '') {
        continue
      }
      const domain = (cookie.domain ?? '').replace(/^\./, '').toLowerCase()
      if (domain !== '' && domain !== url.hostname && !url.hostname.endsWith(`.${domain}`)) {
        refused.push(line)
        continue
      }
      const path = cookie.path?.startsWith('/') ? cookie.path : defaultPath(url.pathname)
      const kept: KeptCookie = {
        name: cookie.name,
        value: cookie.value ?? '',
        domain: domain === '' ? url.hostname : domain,
        hostOnly: domain === '',
        path,
        secure: cookie.secure === true,
        expires: cookie.maxAge !== undefined ? Date.now() + cookie.maxAge * 1000 : expiry(line),
        created: this.#count++,
      }
      const key = keyOf(kept)
      if (kept.expires <= Date.now()) {
        this.#kept.delete(key)
      } else {
        this.#kept.set(key, { ...kept, created: this.#kept.get(key)?.created ?? kept.created })
      }
    }
    return refused
  }

  /** The `Cookie` header for a URL; longer paths first, then older cookies. */
  header(url: URL): string {
    return this.#sentTo(url)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }

  #find(name: string, url: string | URL | undefined): KeptCookie[] {
    const cookies = url === undefined ? this.#live() : this.#sentTo(new URL(url, this.#baseUrl))
    return cookies.filter((cookie) => cookie.name === name)
  }

  #sentTo(url: URL): KeptCookie[] {
    return this.#live()
      .filter((cookie) => matches(cookie, url))
      .sort((one, other) => other.path.length - one.path.length || one.created - other.created)
  }

  #live(): KeptCookie[] {
    return [...this.#kept.values()].filter((cookie) => cookie.expires > Date.now())
  }
}

function keyOf({ domain, path, name }: KeptCookie): string {
  return `${domain} ${path} ${name}`
}

function decoded(value: string): string {
  return readCookieValues(`v=${value}`, 'v')[0] ?? value
}

function matches({ domain, hostOnly, path, secure }: KeptCookie, { hostname, pathname, protocol }: URL): boolean {
  const host = hostOnly ? hostname === domain : hostname === domain || hostname.endsWith(`.${domain}`)
  const below = pathname === path || (pathname.startsWith(path) && (path.endsWith('/') || pathname[path.length] === '/'))
  return host && below && (!secure || protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1')
}

/** Milliseconds; the last `Expires` that is a date counts. */
function expiry(line: string): number {
  const times = [...line.matchAll(/;\s*expires\s*=([^;]*)/gi)].map(([, text = '']) => parseCookieDate(text))
  return times.findLast((time) => time !== null) ?? Infinity
}

function defaultPath(pathname: string): string {
  const last = pathname.lastIndexOf('/')
  return last <= 0 ? '/' : pathname.slice(0, last)
}
