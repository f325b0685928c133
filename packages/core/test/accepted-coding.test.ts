import { describe, expect, test } from 'vitest'
import { acceptedCoding } from '../src/http/accepted-coding.ts'
import { vectors, vectorsMissing } from './vectors.ts'

const both = ['br', 'gzip']

const rows: readonly (readonly [header: string | undefined, available: readonly string[], coding: string | null])[] = [
  [undefined, both, null],
  ['', both, null],
  ['gzip, deflate, br, zstd', both, 'br'],
  ['gzip, deflate, br', ['gzip'], 'gzip'],
  ['gzip, deflate', both, 'gzip'],
  ['deflate', both, null],
  ['*', both, 'br'],
  ['*;q=0', both, null],
  ['br;q=0, *', both, 'gzip'],
  ['br;q=0.5, gzip;q=0.8', both, 'gzip'],
  ['gzip;q=0', both, null],
  ['gzip;q=0.5, identity', both, null],
  ['gzip, identity', both, 'gzip'],
  ['identity;q=0, gzip;q=0.1', both, 'gzip'],
  ['GZIP', both, 'gzip'],
  ['x-gzip', both, 'gzip'],
  ['gzip;q=2', both, null],
  ['gzip;q=yes', both, null],
  ['gzipped', both, null],
  ['br', [], null],
  ['br;a="x, gzip", deflate', ['gzip'], null],
  ['gzip, br;a="never closed', both, null],
]

describe('acceptedCoding', () => {
  test.each(rows)('%j of %j', (header, available, coding) => {
    expect(acceptedCoding(header, available)).toBe(coding)
  })

  test('is found in linear time, whatever the header', () => {
    const from = performance.now()
    for (const part of ['"\\', '"', 'a;', 'a,']) {
      expect(acceptedCoding(part.repeat(100_000), both)).toBeNull()
    }
    expect(performance.now() - from).toBeLessThan(2000)
  })

  interface Row {
    readonly kind: string
    readonly header: string | null
    readonly available?: readonly string[]
    readonly result: readonly string[]
  }
  const all = vectors<Row>('http-vectors.json', 'negotiator')

  test.skipIf(all.length === 0)(`takes a coding where negotiator accepts it above identity${vectorsMissing}`, () => {
    const encodings = all.filter((row) => row.kind === 'encodings' && row.header !== null && row.available?.length === 1)
    expect(encodings.length).toBeGreaterThan(15)
    for (const { header, available = [], result } of encodings) {
      const [coding = ''] = available
      if (coding !== 'identity' && coding === coding.toLowerCase()) {
        expect(acceptedCoding(header ?? undefined, available), `${header} of ${coding}`).toBe(result.includes(coding) ? coding : null)
      }
    }
  })
})
