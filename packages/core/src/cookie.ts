import { parseCookie, stringifySetCookie } from 'cookie'
import { coreError } from './core-errors.ts'

/** Attributes of a cookie (RFC 6265bis section 4.1.2). */
export interface CookieOptions {
  /** Seconds until it expires; a session cookie if absent. */
  readonly maxAge?: number
  readonly expires?: Date
  /** `/` by default. */
  readonly path?: string
  readonly domain?: string
  readonly secure?: boolean
  /** True by default. */
  readonly httpOnly?: boolean
  /** `lax` by default. */
  readonly sameSite?: 'lax' | 'strict' | 'none'
  readonly partitioned?: boolean
}

/** The cookies of a `Cookie` header; the first of those with one name wins. Values are percent-decoded where they can be. */
export function readCookies(header: string | null): { readonly [name: string]: string | undefined } {
  return header === null ? Object.create(null) : parseCookie(header)
}

/** The value of a `Set-Cookie` header. @throws MicroError `MICRO_COOKIE_INVALID`. */
export function writeCookie(name: string, value: string, options: CookieOptions = {}): string {
  const { httpOnly = true, sameSite = 'lax', path = '/' } = options
  try {
    return stringifySetCookie({
      ...options,
      name,
      value,
      httpOnly,
      sameSite,
      path,
      secure: options.secure ?? (sameSite === 'none' || options.partitioned === true),
    })
  } catch (error) {
    throw coreError('MICRO_COOKIE_INVALID', { name, problem: error instanceof Error ? error.message : String(error) }, { cause: error })
  }
}
