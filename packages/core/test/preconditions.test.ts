import { describe, expect, test } from 'vitest'
import { parseHttpDate } from '../src/http/http-date.ts'
import { allowsRange, checkPreconditions, type HeaderReader, type Validators } from '../src/http/preconditions.ts'
import { vectors, vectorsMissing } from './vectors.ts'

interface Headers {
  readonly [name: string]: string
}

const reader = (headers: Headers): HeaderReader => ({ header: (name) => headers[name] })

const BEFORE = 'Sat, 01 Jan 2000 00:00:00 GMT'
const AT = 'Sat, 01 Jan 2000 01:00:00 GMT'
const AFTER = 'Sat, 01 Jan 2000 02:00:00 GMT'
const modifiedMs = Date.UTC(2000, 0, 1, 1) + 123.456
const strong: Validators = { etag: '"v1"', modifiedMs }
const weak: Validators = { etag: 'W/"v1"', modifiedMs }
const none: Validators = { etag: null, modifiedMs: null }

const rows: readonly (readonly [what: string, headers: Headers, validators: Validators, status: 200 | 304 | 412])[] = [
  ['no condition', {}, strong, 200],
  ['If-None-Match with the tag', { 'if-none-match': '"v1"' }, strong, 304],
  ['If-None-Match with the tag among others', { 'if-none-match': '"a,b", W/"v1" ,"c"' }, strong, 304],
  ['If-None-Match with a tag that holds this one', { 'if-none-match': '"x, v1"' }, strong, 200],
  ['If-None-Match compares weakly', { 'if-none-match': '"v1"' }, weak, 304],
  ['If-None-Match with any', { 'if-none-match': '*' }, strong, 304],
  ['If-None-Match without quotes', { 'if-none-match': 'v1' }, strong, 200],
  ['If-None-Match, empty', { 'if-none-match': '' }, strong, 200],
  ['If-None-Match goes before If-Modified-Since', { 'if-none-match': '"v0"', 'if-modified-since': AFTER }, strong, 200],
  ['If-Modified-Since, the same second', { 'if-modified-since': AT }, strong, 304],
  ['If-Modified-Since, later', { 'if-modified-since': AFTER }, strong, 304],
  ['If-Modified-Since, earlier', { 'if-modified-since': BEFORE }, strong, 200],
  ['If-Modified-Since, no date', { 'if-modified-since': 'yesterday' }, strong, 200],
  ['If-Modified-Since, two dates', { 'if-modified-since': `${AT}, ${AT}` }, strong, 200],
  ['If-Modified-Since without a time to compare', { 'if-modified-since': AT }, none, 200],
  ['If-Match with the tag', { 'if-match': '"v0", "v1"' }, strong, 200],
  ['If-Match with another', { 'if-match': '"v0"' }, strong, 412],
  ['If-Match compares strongly', { 'if-match': 'W/"v1"' }, strong, 412],
  ['If-Match and a weak tag', { 'if-match': 'W/"v1"' }, weak, 412],
  ['If-Match with any', { 'if-match': '*' }, none, 200],
  ['If-Match without a tag to compare', { 'if-match': '"v1"' }, none, 412],
  ['If-Match goes before If-Unmodified-Since', { 'if-match': '"v1"', 'if-unmodified-since': BEFORE }, strong, 200],
  ['If-Match goes before If-None-Match', { 'if-match': '"v0"', 'if-none-match': '"v1"' }, strong, 412],
  ['If-Unmodified-Since, earlier', { 'if-unmodified-since': BEFORE }, strong, 412],
  ['If-Unmodified-Since, the same second', { 'if-unmodified-since': AT }, strong, 200],
  ['If-Unmodified-Since, no date', { 'if-unmodified-since': 'yesterday' }, strong, 200],
  ['If-Unmodified-Since without a time to compare', { 'if-unmodified-since': BEFORE }, none, 200],
]

describe('checkPreconditions', () => {
  test.each(rows)('%s', (_, headers, validators, status) => {
    expect(checkPreconditions(reader(headers), validators)).toBe(status)
  })

  describe(`agrees with fresh${vectorsMissing}`, () => {
    interface Row {
      readonly req: Headers
      readonly res: { readonly etag?: string; readonly 'last-modified'?: string }
      readonly result: boolean
    }
    const all = vectors<Row>('http-vectors.json', 'fresh')

    test.skipIf(all.length === 0)('on every row but those of no-cache', () => {
      expect(all).toHaveLength(23)
      for (const { req, res, result } of all) {
        const status = checkPreconditions(reader(req), {
          etag: res.etag ?? null,
          modifiedMs: parseHttpDate(res['last-modified'] ?? ''),
        })
        // `Cache-Control: no-cache` speaks to caches (RFC 9111 section 5.2.1.4): an origin that is asked a condition answers it.
        const differs = 'cache-control' in req && Object.keys(req).length > 1
        expect(status === 304, JSON.stringify(req)).toBe(differs ? !result : result)
      }
    })
  })
})

describe('allowsRange', () => {
  const longAfter = modifiedMs + 60_000
  const table: readonly (readonly [what: string, ifRange: string | undefined, validators: Validators, nowMs: number, allowed: boolean])[] =
    [
      ['without If-Range', undefined, strong, longAfter, true],
      ['the tag', '"v1"', strong, longAfter, true],
      ['another tag', '"v0"', strong, longAfter, false],
      ['a weak tag', 'W/"v1"', strong, longAfter, false],
      ['the tag, which is weak', 'W/"v1"', weak, longAfter, false],
      ['no tag to compare', '"v1"', none, longAfter, false],
      ['the date', AT, strong, longAfter, true],
      ['a later date', AFTER, strong, longAfter, false],
      ['an earlier date', BEFORE, strong, longAfter, false],
      ['no date to compare', AT, none, longAfter, false],
      ['the date of a change a moment ago', AT, strong, modifiedMs + 1999, false],
      ['the date of a change two seconds ago', AT, strong, modifiedMs + 2000, true],
      ['neither tag nor date', 'v1', strong, longAfter, false],
    ]

  test.each(table)('%s', (_, ifRange, validators, nowMs, allowed) => {
    expect(allowsRange(reader(ifRange === undefined ? {} : { 'if-range': ifRange }), validators, nowMs)).toBe(allowed)
  })
})
