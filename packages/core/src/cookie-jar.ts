import { parseSetCookie } from 'cookie'

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

/** The cookies of a test client (RFC 6265 section 5), without public suffixes. */
export class CookieJar {
  readonly #kept: Map<string, KeptCookie> = new Map()
  #count = 0

  /** Value of a cookie, whatever its path. */
  get(name: string): string | undefined {
    return [...this.#kept.values()].find((cookie) => cookie.name === name)?.value
  }

  /** Names and values of all cookies. */
  all(): { readonly [name: string]: string } {
    return Object.fromEntries([...this.#kept.values()].map(({ name, value }) => [name, value]))
  }

  /** Puts a cookie in, as if the server had set it. */
  set(name: string, value: string, url: string | URL = 'http://localhost/'): void {
    this.take(new URL(url), [`${name}=${value}; Path=/`])
  }

  clear(): void {
    this.#kept.clear()
  }

  /** Takes the cookies of a response. */
  take(url: URL, lines: readonly string[]): void {
    for (const line of lines) {
      const cookie = parseSetCookie(line, { decode: (value) => value })
      const domain = (cookie.domain ?? '').replace(/^\./, '').toLowerCase()
      if (domain !== '' && domain !== url.hostname && !url.hostname.endsWith(`.${domain}`)) {
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
        expires: cookie.maxAge !== undefined ? Date.now() + cookie.maxAge * 1000 : (cookie.expires?.getTime() ?? Infinity),
        created: this.#count++,
      }
      const key = `${kept.domain} ${path} ${kept.name}`
      if (kept.expires <= Date.now()) {
        this.#kept.delete(key)
      } else {
        this.#kept.set(key, { ...kept, created: this.#kept.get(key)?.created ?? kept.created })
      }
    }
  }

  /** The `Cookie` header for a URL; longer paths first, then older cookies. */
  header(url: URL): string {
    return [...this.#kept.values()]
      .filter((cookie) => cookie.expires > Date.now() && matches(cookie, url))
      .sort((one, other) => other.path.length - one.path.length || one.created - other.created)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }
}

function matches({ domain, hostOnly, path, secure }: KeptCookie, { hostname, pathname, protocol }: URL): boolean {
  const host = hostOnly ? hostname === domain : hostname === domain || hostname.endsWith(`.${domain}`)
  const below = pathname === path || (pathname.startsWith(path) && (path.endsWith('/') || pathname[path.length] === '/'))
  return host && below && (!secure || protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1')
}

function defaultPath(pathname: string): string {
  const last = pathname.lastIndexOf('/')
  return last <= 0 ? '/' : pathname.slice(0, last)
}
