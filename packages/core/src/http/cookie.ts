import { parseCookie, stringifySetCookie } from 'cookie'
import { coreError } from '../errors/core-errors.ts'

/** Attributes of a cookie (RFC 6265bis section 4.1.2). */
export interface CookieOptions {
  /** Seconds until it expires; a session cookie if absent. */
  readonly maxAge?: number
  readonly expires?: Date
  /** `/` by default. */
  readonly path?: string
  /** The host alone if absent; with it, the hosts below it too. */
  readonly domain?: string
  /** True where `sameSite` is `none`, where it is `partitioned`, and for names that begin with `__Host-` or `__Secure-`. */
  readonly secure?: boolean
  /** True by default. */
  readonly httpOnly?: boolean
  /** `lax` by default. */
  readonly sameSite?: 'lax' | 'strict' | 'none'
  /** Keeps one for each site that embeds this one (CHIPS). */
  readonly partitioned?: boolean
  /** Which ones Chromium drops first where there are too many. */
  readonly priority?: 'low' | 'medium' | 'high'
}

/** What browsers keep of one cookie, its attributes included. */
export const MAX_COOKIE_BYTES = 4093

/** The cookies of a `Cookie` header; the first of those with one name wins. Values are percent-decoded where they can be. */
export function readCookies(header: string | null): { readonly [name: string]: string | undefined } {
  return header === null ? Object.create(null) : parseCookie(header)
}

/** Every value that a `Cookie` header has for a name, in its order: a browser sends the cookie of the longest path first. */
export function readCookieValues(header: string | null, name: string): readonly string[] {
  const values: string[] = []
  for (const pair of (header ?? '').split(';')) {
    const value = parseCookie(pair)[name]
    if (value !== undefined) {
      values.push(value)
    }
  }
  return values
}

/**
 * The value of a `Set-Cookie` header. @throws MicroError `MICRO_COOKIE_INVALID` for what is no cookie, and for a name with the prefix
 * `__Host-` beside attributes with which browsers drop it (RFC 6265bis section 4.1.3).
 */
export function writeCookie(name: string, value: string, options: CookieOptions = {}): string {
  const { httpOnly = true, sameSite = 'lax', path = '/' } = options
  try {
    if (/^__host-/i.test(name) && (path !== '/' || options.domain !== undefined)) {
      throw new Error('a name that begins with __Host- needs the path / and no domain')
    }
    const { domain, ...rest } = options
    return stringifySetCookie({
      ...rest,
      ...(domain === undefined ? {} : { domain: toDomain(domain) }),
      name,
      value,
      httpOnly,
      sameSite,
      path,
      secure: options.secure === true || needsSecure(name, { ...options, sameSite }),
    })
  } catch (error) {
    throw coreError('MICRO_COOKIE_INVALID', { name, problem: error instanceof Error ? error.message : String(error) }, { cause: error })
  }
}

/** Whether browsers drop a cookie that is not for HTTPS alone. */
export function needsSecure(name: string, { sameSite, partitioned }: CookieOptions): boolean {
  return sameSite === 'none' || partitioned === true || /^__(host|secure)-/i.test(name)
}

/** Without the dot that it once began with; in ASCII. */
function toDomain(domain: string): string {
  const name = domain.replace(/^\./, '')
  return /^[\0-\x7f]*$/.test(name) ? name : (URL.parse(`http://${name}`)?.hostname ?? name)
}
