import { isJsonType, parseMediaType } from '@micro/core'
import { describe, expect, test } from 'vitest'

type Parameters_ = { readonly [name: string]: string }

const accepted: readonly (readonly [value: string, type: string, parameters?: Parameters_])[] = [
  ['application/json', 'application/json'],
  ['Application/JSON', 'application/json'],
  [' application/json ', 'application/json'],
  ['application/json; charset=utf-8', 'application/json', { charset: 'utf-8' }],
  ['application/json;CharSet="UTF-8"', 'application/json', { charset: 'UTF-8' }],
  ['application/json\t; charset=utf-8', 'application/json', { charset: 'utf-8' }],
  ['application/json; charset=utf-8;charset="utf-8"', 'application/json', { charset: 'utf-8' }],
  ['application/json;', 'application/json', {}],
  ['application/json; ; charset=utf-8', 'application/json', { charset: 'utf-8' }],
  ['application/vnd.api+json; a="b;c\\"d"', 'application/vnd.api+json', { a: 'b;c"d' }],
  ['multipart/form-data; boundary="a b"', 'multipart/form-data', { boundary: 'a b' }],
  ['multipart/form-data; boundary=----=_Part_0_1.2', 'multipart/form-data', { boundary: '----=_Part_0_1.2' }],
  ['a/b; __proto__=x; constructor=y', 'a/b', { ['__proto__']: 'x', constructor: 'y' }],
]

const refused: readonly (string | null | undefined)[] = [
  null,
  undefined,
  '',
  'application',
  'application/',
  '/json',
  'application/json garbage',
  'application/json\tgarbage',
  'application /json',
  'application/json, text/plain',
  'application/json; charset',
  'application/json; charset=',
  'application/json; charset = utf-8',
  'application/json; charset="utf-8',
  'application/json; charset=utf-8 garbage',
  'application/json; charset=utf-8; charset=utf-16',
  'application/json; charset=ü',
  'application/json\u0000',
  'application/json\u00a0',
]

describe('parseMediaType', () => {
  test.each(accepted.map((row) => ({ row })))('reads $row.0', ({ row: [value, type, parameters = {}] }) => {
    const media = parseMediaType(value)
    expect([media?.type, Object.entries(media?.parameters ?? {})]).toEqual([type, Object.entries(parameters)])
  })

  test.each(refused)('refuses %j', (value) => {
    expect(parseMediaType(value)).toBeNull()
  })

  test('takes time that grows with the length alone', () => {
    const started = performance.now()
    expect(parseMediaType(`a/b${' ; '.repeat(50_000)}=`)).toBeNull()
    expect(parseMediaType(`a/b; c="${'\\"'.repeat(50_000)}`)).toBeNull()
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('isJsonType', () => {
  test.each([
    ['application/json', true],
    ['application/problem+json', true],
    ['text/json', false],
    ['application/jsonp', false],
    [null, false],
  ])('%s: %s', (type, expected) => {
    expect(isJsonType(type)).toBe(expected)
  })
})
