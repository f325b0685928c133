import { describe, expect, test } from 'vitest'
import { nameAndValue, splitHeader, unquoted } from '../src/http/header-list.ts'
import { vectors, vectorsMissing } from './vectors.ts'

interface Row {
  readonly fn: string
  readonly args: readonly [string]
  readonly result: unknown
}

describe('splitHeader', () => {
  const rows: readonly (readonly [value: string, parts: readonly string[] | null])[] = [
    ['', []],
    ['a', ['a']],
    [' a , b,,c ', ['a', 'b', 'c']],
    ['a="b, c", d', ['a="b, c"', 'd']],
    ['"a\\", b", c', ['"a\\", b"', 'c']],
    ['"a', null],
    ['"a\\', null],
    ['"a\\"', null],
  ]
  test.each(rows)('%j', (value, parts) => {
    expect(splitHeader(value, ',')).toEqual(parts)
  })

  const all = vectors<Row>('werkzeug-http.json', 'rows')

  test.skipIf(all.length === 0)(`agrees with werkzeug on lists${vectorsMissing}`, () => {
    const lists = all.filter(({ fn }) => fn === 'http.parse_list_header')
    expect(lists).toHaveLength(20)
    for (const { args, result } of lists) {
      expect((splitHeader(args[0], ',') ?? []).map(unquoted), args[0]).toEqual(result)
    }
  })

  test.skipIf(all.length === 0)(`agrees with werkzeug on lists of names and values${vectorsMissing}`, () => {
    const lists = all.filter(({ fn }) => fn === 'http.parse_dict_header')
    expect(lists).toHaveLength(4)
    for (const { args, result } of lists) {
      const pairs = (splitHeader(args[0], ',') ?? []).map(nameAndValue).filter(([name]) => name !== '')
      expect(Object.fromEntries(pairs.map(([name, value]) => [name, value ?? null])), args[0]).toEqual(result)
    }
  })
})
