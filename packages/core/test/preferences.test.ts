import { describe, expect, test } from 'vitest'
import { acceptedEncodings, acceptedLanguages, acceptedTypes } from '../src/http/preferences.ts'
import { microErrorOf } from './micro-error-of.ts'
import { vectors, vectorsMissing } from './vectors.ts'

describe('acceptedTypes', () => {
  const offered = ['application/problem+json', 'text/html'] as const
  const rows: readonly (readonly [accept: string | undefined, type: string | undefined])[] = [
    [undefined, 'application/problem+json'],
    ['', 'application/problem+json'],
    ['*/*', 'application/problem+json'],
    ['text/html', 'text/html'],
    ['TEXT/HTML', 'text/html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['text/*;q=0.5, application/*;q=0.4', 'text/html'],
    ['text/html;q=0, */*', 'application/problem+json'],
    ['*/*, text/html;q=0.9', 'application/problem+json'],
    ['text/html;level=1;q=0.2, application/problem+json;q=0.1', 'application/problem+json'],
    ['application/json', undefined],
    ['text/html;q=2', undefined],
    ['text/html;q=x', undefined],
    ['text/html;q=', undefined],
    [',,;', undefined],
    ['text/html;a="never closed', undefined],
  ]
  test.each(rows)('%j: %s', (accept, type) => {
    expect(acceptedTypes(accept).best(...offered)).toBe(type)
  })

  test('a header names a hundred types at most: what follows counts for nothing', () => {
    const header = `${'a/b,'.repeat(99)}text/csv, text/html, */*`
    expect(acceptedTypes(header).rank('html', 'csv', 'png')).toEqual(['csv'])
  })

  test('offers may be extensions of file names', async () => {
    const accepted = acceptedTypes('application/json;q=0.5, text/csv, text/plain;q=0.1')
    expect(accepted.best('html', 'json', 'csv')).toBe('csv')
    expect(accepted.rank('text', 'html', 'json', 'csv')).toEqual(['csv', 'json', 'text'])
    expect(await microErrorOf(() => accepted.best('jsn'))).toMatchObject({ code: 'MICRO_MEDIA_TYPE' })
    expect(await microErrorOf(() => accepted.best('constructor'))).toMatchObject({ code: 'MICRO_MEDIA_TYPE' })
  })

  test('says how much a type is liked, and all that is named, best first', () => {
    const accepted = acceptedTypes('text/html;q=0.5, text/*;q=0.2, image/png, image/gif;q=0')
    expect([accepted.qualityOf('html'), accepted.qualityOf('text/plain'), accepted.qualityOf('image/gif')]).toEqual([0.5, 0.2, 0])
    expect(accepted.values).toEqual(['image/png', 'text/html', 'text/*'])
  })

  test('takes time that grows with the length alone', () => {
    const started = performance.now()
    acceptedTypes(`text/html;a="${'\\"'.repeat(20_000)}`).best('html')
    acceptedTypes('text/html;'.repeat(20_000)).best('html')
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('acceptedLanguages', () => {
  const rows: readonly (readonly [header: string | undefined, offers: readonly string[], best: string | undefined])[] = [
    [undefined, ['en', 'de'], 'en'],
    ['de-CH, de;q=0.9, en;q=0.8', ['en', 'de'], 'de'],
    ['de', ['en', 'de-AT'], 'de-AT'],
    ['DE-ch', ['de-CH'], 'de-CH'],
    ['fr', ['en', 'de'], undefined],
    ['fr, *;q=0.1', ['en', 'de'], 'en'],
    ['en;q=0, *', ['en', 'de'], 'de'],
  ]
  test.each(rows)('%j of %j: %s', (header, offers, best) => {
    expect(acceptedLanguages(header).best(...offers)).toBe(best)
  })
})

describe('acceptedEncodings', () => {
  const rows: readonly (readonly [header: string | undefined, best: string | undefined])[] = [
    [undefined, 'identity'],
    ['', 'identity'],
    ['br, gzip', 'br'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['*', 'br'],
    ['*;q=0', undefined],
  ]
  test.each(rows)('%j: %s', (header, best) => {
    expect(acceptedEncodings(header).best('br', 'gzip', 'identity')).toBe(best)
  })
})

describe(`negotiator's table${vectorsMissing}`, () => {
  interface Row {
    readonly kind: 'mediaTypes' | 'languages' | 'encodings' | 'charsets'
    readonly header: string | null
    readonly available?: readonly string[]
    readonly opts?: object
    readonly result: readonly string[]
  }
  const READERS = { mediaTypes: acceptedTypes, languages: acceptedLanguages, encodings: acceptedEncodings }
  // Character sets other than UTF-8 are not offered, so there is no reader for them. `opts` is an order of the server's own.
  const rows = vectors<Row>('http-vectors.json', 'negotiator').filter(({ kind, opts }) => kind !== 'charsets' && opts === undefined)
  /** Rows that differ on purpose. */
  const ours: readonly (readonly [differs: (row: Row) => boolean, why: string])[] = [
    [({ available = [] }) => available.includes('boom'), 'a media type is written in full or as a known extension: others are an error'],
  ]

  test.skipIf(rows.length === 0)('agrees on the order of what is offered', () => {
    const ranked = rows.filter((row) => row.available !== undefined && !ours.some(([differs]) => differs(row)))
    expect(ranked.length).toBeGreaterThan(120)
    for (const { kind, header, available = [], result } of ranked) {
      expect(READERS[kind as keyof typeof READERS](header).rank(...available), `${kind} ${header} of ${available}`).toEqual(result)
    }
  })

  test.skipIf(rows.length === 0)('agrees on the order of what is named', () => {
    const named = rows.filter((row) => row.available === undefined)
    expect(named.length).toBeGreaterThan(30)
    for (const { kind, header, result } of named) {
      expect(
        READERS[kind as keyof typeof READERS](header).values.map((value) => value.toLowerCase()),
        `${kind} ${header}`,
      ).toEqual(result.map((value) => value.toLowerCase()))
    }
  })
})
