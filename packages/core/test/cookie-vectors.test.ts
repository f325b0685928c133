import { CookieJar } from '@micro/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { parseCookieDate } from '../src/client/cookie-date.ts'
import { readCookies, readCookieValues, writeCookie } from '../src/http/cookie.ts'
import { vectors, vectorsMissing } from './vectors.ts'

describe(`cookies of others' tables${vectorsMissing}`, () => {
  interface ParseRow {
    readonly fn: string
    readonly args: readonly [string, object?]
    readonly result: { readonly [name: string]: string }
  }
  const jshttp = vectors<ParseRow>('http-vectors.json', 'cookie')

  test.skipIf(jshttp.length === 0)('are read as jshttp does', () => {
    const rows = jshttp.filter(({ fn, args }) => fn === 'parseCookie' && args.length === 1)
    expect(rows.length).toBeGreaterThan(15)
    for (const { args, result } of rows) {
      expect(Object.entries(readCookies(args[0])), args[0]).toEqual(Object.entries(result))
    }
  })

  interface SetRow {
    readonly fn: string
    readonly args: readonly [{ readonly name: string; readonly value?: string }]
    readonly result?: string
    readonly throws?: boolean
  }
  const sets = vectors<SetRow>('http-vectors.json', 'cookie').filter(({ fn, args }) => fn === 'stringifySetCookie' && args.length === 1)

  test.skipIf(sets.length === 0)('are refused where jshttp refuses them', () => {
    const rows = sets.filter(({ throws }) => throws === true)
    expect(rows.length).toBeGreaterThan(20)
    for (const { args } of rows) {
      const { name, value = '', ...options } = args[0]
      expect(() => writeCookie(name, value, options), JSON.stringify(args)).toThrow()
    }
  })

  interface WerkzeugRow {
    readonly fn: string
    readonly args: readonly string[]
    readonly kw?: { readonly [name: string]: unknown }
    readonly result?: { readonly multi: readonly (readonly [string, string])[] }
    readonly raises?: string
  }
  const werkzeug = vectors<WerkzeugRow>('werkzeug-http.json', 'rows')

  test.skipIf(werkzeug.length === 0)('are read as werkzeug does, every value of a name', () => {
    const rows = werkzeug.filter(({ fn }) => fn === 'http.parse_cookie')
    expect(rows).toHaveLength(9)
    for (const { args, result } of rows) {
      const [header = ''] = args
      for (const [name] of result?.multi ?? []) {
        const theirs = result?.multi.filter(([other]) => other === name).map(([, value]) => value)
        // Quotes and what is written in octal inside them are werkzeug's own way to write values; here a value is percent-encoded, and
        // whatever else stands there is left as it is (RFC 6265 section 5.4). Names in UTF-8 read as Latin-1 likewise; a name without `=`
        // is no cookie.
        const isOwnWay = header.includes(`${name}="`) || /[\x80-\xff]/.test(header) || !header.includes(`${name}=`) || name === 'second'
        if (!isOwnWay) {
          expect(readCookieValues(header, name), `${name} of ${header}`).toEqual(theirs)
        }
      }
    }
    expect(readCookieValues('first=IamTheFirst ; a=1; oops ; a=2 ;second = andMeTwo;', 'second')).toEqual(['andMeTwo'])
  })

  test.skipIf(werkzeug.length === 0)('are written as werkzeug does, where it leaves the choice', () => {
    const rows = werkzeug.filter(({ fn }) => fn === 'http.dump_cookie')
    const byDomain = (domain: string) => rows.find(({ kw }) => kw?.domain === domain)?.result as unknown as string
    expect(byDomain('\u2603.com')).toContain('Domain=xn--n3h.com')
    expect(writeCookie('foo', 'bar', { domain: '\u2603.com' })).toContain('Domain=xn--n3h.com')
    expect(writeCookie('foo', 'bar', { domain: '.foo.com' })).toContain('Domain=foo.com')
    expect(rows.some(({ raises }) => raises !== undefined)).toBe(true)
    expect(() => writeCookie('foo', 'bar', { sameSite: 'invalid' as never })).toThrow()
    for (const sameSite of ['strict', 'lax', 'none'] as const) {
      const theirs = rows.find(({ kw }) => kw?.samesite === sameSite)?.result as unknown as string
      expect(writeCookie('foo', 'bar', { sameSite })).toContain(theirs.slice('foo=bar'.length))
    }
    // Partitioned makes it Secure, whatever was said.
    expect(writeCookie('foo', 'bar', { partitioned: true, secure: false })).toMatch(/; Secure; .*Partitioned/)
  })
})

describe(`the test client's jar against http-state${vectorsMissing}`, () => {
  interface Row {
    readonly test: string
    readonly received: readonly string[]
    readonly sent: readonly { readonly name: string; readonly value: string }[]
    readonly 'sent-to'?: string
  }
  const rows = vectors<Row>('http-state.json', 'parser')

  /** Rows that differ on purpose. */
  const ours: { readonly [test: string]: string } = {
    DOMAIN0017: 'a test client knows no list of public suffixes',
    OPTIONAL_DOMAIN0042: 'an empty Domain is passed over, and does not take the place of the one before it',
  }

  test.skipIf(rows.length === 0)('agrees but on the rows that differ on purpose', () => {
    // When the table was written: its cookies expire in 2019 and 2027.
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2015-01-01') })
    onTestFinished(() => void vi.useRealTimers())
    const differing: string[] = []
    for (const row of rows) {
      const jar = new CookieJar()
      const path = row.test.toLowerCase()
      jar.take(new URL(`http://home.example.org:8888/cookie-parser?${path}`), row.received)
      const header = jar.header(new URL(row['sent-to'] ?? `/cookie-parser-result?${path}`, 'http://home.example.org:8888/'))
      const expected = row.sent.map(({ name, value }) => (name === '' ? value : `${name}=${value}`)).join('; ')
      // What is disabled there no browser does.
      if (header !== expected && !row.test.startsWith('DISABLED_')) {
        differing.push(row.test)
      }
    }
    expect(rows).toHaveLength(222)
    expect(differing.sort()).toEqual(Object.keys(ours).sort())
  })

  interface DateRow {
    readonly test: string
    readonly expected: string | null
  }
  const dates = vectors<DateRow>('http-state.json', 'dates')

  test.skipIf(dates.length === 0)('agrees on dates', () => {
    expect(dates).toHaveLength(70)
    for (const { test: text, expected } of dates) {
      expect(parseCookieDate(text), text).toBe(expected === null ? null : Date.parse(expected))
    }
  })
})
