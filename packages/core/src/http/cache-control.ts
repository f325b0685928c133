import { coreError } from '../errors/core-errors.ts'
import { nameAndValue, splitHeader } from './header-list.ts'

/** Directives of `Cache-Control` (RFC 9111 section 5.2, RFC 5861, RFC 8246). Times are in seconds. */
export interface CacheControl {
  /** Shared caches may keep it. */
  readonly public?: boolean
  /** Only the browser may keep it. */
  readonly private?: boolean
  /** Kept, but asked about each time. */
  readonly noCache?: boolean
  /** Kept nowhere. */
  readonly noStore?: boolean
  readonly noTransform?: boolean
  readonly mustRevalidate?: boolean
  readonly proxyRevalidate?: boolean
  readonly mustUnderstand?: boolean
  /** It never changes: reloading the page does not ask for it. */
  readonly immutable?: boolean
  readonly maxAge?: number
  /** For shared caches, in the place of `maxAge`. */
  readonly sMaxAge?: number
  /** How long an old one may be used while a new one is fetched. */
  readonly staleWhileRevalidate?: number
  /** How long an old one may be used where a new one cannot be had. */
  readonly staleIfError?: number
  /** Of requests: an old one is fine, at most this old where a number is given. */
  readonly maxStale?: number | true
  /** Of requests: it must stay fresh for this long. */
  readonly minFresh?: number
  /** Of requests: only what a cache has already. */
  readonly onlyIfCached?: boolean
}

type Directive = keyof CacheControl

const DIRECTIVES: { readonly [name: string]: readonly [directive: Directive, kind: 'flag' | 'seconds' | 'either'] } = {
  public: ['public', 'flag'],
  private: ['private', 'flag'],
  'no-cache': ['noCache', 'flag'],
  'no-store': ['noStore', 'flag'],
  'no-transform': ['noTransform', 'flag'],
  'must-revalidate': ['mustRevalidate', 'flag'],
  'proxy-revalidate': ['proxyRevalidate', 'flag'],
  'must-understand': ['mustUnderstand', 'flag'],
  immutable: ['immutable', 'flag'],
  'max-age': ['maxAge', 'seconds'],
  's-maxage': ['sMaxAge', 'seconds'],
  'stale-while-revalidate': ['staleWhileRevalidate', 'seconds'],
  'stale-if-error': ['staleIfError', 'seconds'],
  'max-stale': ['maxStale', 'either'],
  'min-fresh': ['minFresh', 'seconds'],
  'only-if-cached': ['onlyIfCached', 'flag'],
}

/** Reads `Cache-Control`. Directives that are not known, and times that are none, are passed over. */
export function parseCacheControl(value: string | null | undefined): CacheControl {
  const found: { [directive: string]: boolean | number } = {}
  for (const part of splitHeader(value ?? '', ',') ?? []) {
    const [name, given] = nameAndValue(part)
    const known = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name] : undefined
    if (known !== undefined) {
      const [directive, kind] = known
      if (kind === 'flag' || (kind === 'either' && given === undefined)) {
        found[directive] = true
      } else if (given !== undefined && /^\d+$/.test(given)) {
        found[directive] = Number(given)
      }
    }
  }
  return found
}

/** Writes `Cache-Control`. @throws MicroError `MICRO_CACHE_CONTROL` for directives that contradict each other, and times that are none. */
export function formatCacheControl(control: CacheControl): string {
  const problem = problemOf(control)
  if (problem !== undefined) {
    throw coreError('MICRO_CACHE_CONTROL', { problem })
  }
  const parts: string[] = []
  for (const [name, [directive]] of Object.entries(DIRECTIVES)) {
    const value = control[directive]
    if (value === true) {
      parts.push(name)
    } else if (typeof value === 'number') {
      parts.push(`${name}=${value}`)
    }
  }
  return parts.join(', ')
}

function problemOf(control: CacheControl): string | undefined {
  if (control.public === true && control.private === true) {
    return 'public and private exclude each other'
  }
  if (control.noStore === true && (control.maxAge ?? control.sMaxAge ?? 0) > 0) {
    return 'what is not stored has no age'
  }
  const wrong = Object.values(DIRECTIVES).find(([directive]) => {
    const value = control[directive]
    return typeof value === 'number' && !(Number.isSafeInteger(value) && value >= 0)
  })
  return wrong === undefined ? undefined : `${wrong[0]} is a whole number of seconds, and was ${control[wrong[0]]}`
}
