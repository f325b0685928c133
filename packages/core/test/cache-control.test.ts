import { describe, expect, test } from 'vitest'
import { type CacheControl, formatCacheControl, parseCacheControl } from '../src/http/cache-control.ts'
import { microErrorOf } from './micro-error-of.ts'

const rows: readonly (readonly [control: CacheControl, text: string])[] = [
  [{}, ''],
  [{ noStore: true }, 'no-store'],
  [{ public: true, maxAge: 31_536_000, immutable: true }, 'public, immutable, max-age=31536000'],
  [{ private: true, maxAge: 0, mustRevalidate: true }, 'private, must-revalidate, max-age=0'],
  [
    { public: true, sMaxAge: 60, staleWhileRevalidate: 30, staleIfError: 86_400 },
    'public, s-maxage=60, stale-while-revalidate=30, stale-if-error=86400',
  ],
  [
    { noCache: true, noTransform: true, proxyRevalidate: true, mustUnderstand: true },
    'no-cache, no-transform, proxy-revalidate, must-understand',
  ],
  [{ maxStale: true, minFresh: 5, onlyIfCached: true }, 'max-stale, min-fresh=5, only-if-cached'],
  [{ maxStale: 10 }, 'max-stale=10'],
]

describe('formatCacheControl', () => {
  test.each(rows)('%j', (control, text) => {
    expect(formatCacheControl(control)).toBe(text)
  })

  test('what is false is left out', () => {
    expect(formatCacheControl({ public: true, immutable: false })).toBe('public')
  })

  test.each<CacheControl>([
    { public: true, private: true },
    { noStore: true, maxAge: 1 },
    { maxAge: -1 },
    { maxAge: 1.5 },
    { sMaxAge: Number.NaN },
    { staleIfError: Infinity },
  ])('%j is refused', async (control) => {
    expect(await microErrorOf(() => formatCacheControl(control))).toMatchObject({ code: 'MICRO_CACHE_CONTROL' })
  })
})

describe('parseCacheControl', () => {
  test.each(rows)('%j from %j', (control, text) => {
    expect(parseCacheControl(text)).toEqual(control)
  })

  const odd: readonly (readonly [text: string | null | undefined, control: CacheControl])[] = [
    [null, {}],
    [undefined, {}],
    ['Max-Age="5", NO-CACHE="Set-Cookie"', { maxAge: 5, noCache: true }],
    ['max-age, max-age=x, max-age=-1, unknown=1, __proto__=1, constructor', {}],
    ['max-age="5', {}],
  ]
  test.each(odd)('%j', (text, control) => {
    expect(parseCacheControl(text)).toEqual(control)
  })
})
