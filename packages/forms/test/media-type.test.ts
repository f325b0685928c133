import { describe, expect, it } from 'vitest'
import { isJson, parseMediaType } from '../src/media-type.ts'

const accepted: readonly (readonly [value: string, type: string, charset?: string])[] = [
  ['application/json', 'application/json'],
  ['Application/JSON', 'application/json'],
  [' application/json ', 'application/json'],
  ['application/json; charset=utf-8', 'application/json', 'utf-8'],
  ['application/json;charset="UTF-8"', 'application/json', 'utf-8'],
  ['application/json\t; charset=utf-8', 'application/json', 'utf-8'],
  ['application/json;', 'application/json'],
  ['application/json; ; charset=utf-8', 'application/json', 'utf-8'],
  ['application/vnd.api+json; a="b;c\\"d"', 'application/vnd.api+json'],
  ['multipart/form-data; boundary="a b"', 'multipart/form-data'],
]

const refused: readonly (string | null)[] = [
  null,
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
  'application/json\u0000',
  'application/json\u00a0',
]

describe('parseMediaType', () => {
  it.each(accepted.map((row) => ({ row })))('reads $row.0', ({ row: [value, type, charset] }) => {
    expect(parseMediaType(value)).toEqual({ type, charset })
  })

  it.each(refused)('refuses %j', (value) => {
    expect(parseMediaType(value)).toBeNull()
  })

  it('takes time that grows with the length alone', () => {
    const started = performance.now()
    expect(parseMediaType(`a/b${' ; '.repeat(50_000)}=`)).toBeNull()
    expect(parseMediaType(`a/b; c="${'\\"'.repeat(50_000)}`)).toBeNull()
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('isJson', () => {
  it.each([
    ['application/json', true],
    ['application/problem+json', true],
    ['text/json', false],
    ['application/jsonp', false],
  ])('%s: %s', (type, expected) => {
    expect(isJson(type)).toBe(expected)
  })
})
