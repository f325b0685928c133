import { describe, expect, test } from 'vitest'
import { httpDate, parseHttpDate } from '../src/http/http-date.ts'
import { vectors, vectorsMissing } from './vectors.ts'

const example = Date.UTC(1994, 10, 6, 8, 49, 37)

const rows: readonly (readonly [text: string, timeMs: number | null])[] = [
  ['Sun, 06 Nov 1994 08:49:37 GMT', example],
  ['Sunday, 06-Nov-94 08:49:37 GMT', example],
  ['Sun Nov  6 08:49:37 1994', example],
  ['Sat, 29 Feb 2020 00:00:00 GMT', Date.UTC(2020, 1, 29)],
  ['Fri, 29 Feb 2019 00:00:00 GMT', null],
  ['Sun, 31 Nov 1994 08:49:37 GMT', null],
  ['Sun, 00 Nov 1994 08:49:37 GMT', null],
  ['Sun, 06 Foo 1994 08:49:37 GMT', null],
  ['Sun, 06 Nov 1994 24:00:00 GMT', null],
  ['Sun, 06 Nov 1994 08:60:37 GMT', null],
  ['Sun, 06 Nov 1994 08:49:37', null],
  ['Sun, 06 Nov 1994 08:49:37 +0200', null],
  ['1994-11-06T08:49:37Z', null],
  ['784111777', null],
  ['', null],
]

describe('parseHttpDate', () => {
  test.each(rows)('%s', (text, timeMs) => {
    expect(parseHttpDate(text)).toBe(timeMs)
  })

  test('two digits name a year at most fifty years ahead', () => {
    const { year, day } = dateIn(60)
    expect(new Date(parseHttpDate(`Monday, ${day}-Jun-${year} 00:00:00 GMT`) ?? 0).getUTCFullYear()).toBe(new Date().getUTCFullYear() - 40)
    const near = dateIn(20)
    expect(new Date(parseHttpDate(`Monday, ${day}-Jun-${near.year} 00:00:00 GMT`) ?? 0).getUTCFullYear()).toBe(
      new Date().getUTCFullYear() + 20,
    )
  })

  interface Row {
    readonly fn: string
    readonly args: readonly unknown[]
    readonly result: { readonly datetime: string } | string | null
  }
  const all = vectors<Row>('werkzeug-http.json', 'rows')

  test.skipIf(all.length === 0)(`agrees with werkzeug${vectorsMissing}`, () => {
    const parsed = all.filter((row) => row.fn === 'http.parse_date')
    expect(parsed).toHaveLength(7)
    for (const { args, result } of parsed) {
      const text = String(args[0])
      // werkzeug reads more than the three forms of HTTP.
      const expected = text.includes('1343') || result === null || typeof result === 'string' ? null : Date.parse(result.datetime)
      expect(parseHttpDate(text), text).toBe(expected)
    }
  })

  test.skipIf(all.length === 0)(`httpDate agrees with werkzeug${vectorsMissing}`, () => {
    const dates = all.filter((row) => row.fn === 'http.http_date' && typeof row.args[0] === 'object')
    expect(dates.length).toBeGreaterThan(5)
    for (const { args, result } of dates) {
      const { datetime } = args[0] as { datetime: string }
      expect(httpDate(Date.parse(/[+-]\d\d:\d\d$/.test(datetime) ? datetime : `${datetime}Z`))).toBe(result)
    }
  })
})

describe('httpDate', () => {
  test('drops parts of a second', () => {
    expect(httpDate(example + 999.9)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
  })
})

function dateIn(years: number): { readonly year: string; readonly day: string } {
  return { year: String((new Date().getUTCFullYear() + years) % 100).padStart(2, '0'), day: '01' }
}
