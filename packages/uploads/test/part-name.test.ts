import { isHttpError } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { fieldName, fileName } from '../src/part-name.ts'

const refused = (status: number) => expect.toSatisfy((error: unknown) => isHttpError(error) && error.status === status)

describe('fileName', () => {
  test.each<[raw: string | undefined, name: string]>([
    ['cat.png', 'cat.png'],
    [undefined, ''],
    ['', ''],
    ['..', ''],
    ['.', ''],
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\cat.png', 'cat.png'],
    ['/absolute/', ''],
    ['a/..', ''],
    ['.htaccess', '.htaccess'],
    ['say %22hi%22.txt', 'say "hi".txt'],
    ['100%.txt', '100%.txt'],
    ['шляпа ✓ 💩.txt', 'шляпа ✓ 💩.txt'],
    ['ה\u05b8.txt', 'ה\u05b8.txt'],
    ['e\u0301.txt', '\u00e9.txt'],
    [`${'x'.repeat(300)}.jpeg`, `${'x'.repeat(250)}.jpeg`],
    ['x'.repeat(300), 'x'.repeat(255)],
  ])('makes of %j %j', (raw, name) => {
    expect(fileName(raw)).toBe(name)
  })

  test('never cuts a character in two', () => {
    expect(fileName(`${'x'.repeat(254)}💩.`).isWellFormed()).toBe(true)
  })

  test.each([
    'a\0.png',
    'a%00b%0A.png',
    'a\n.png',
    'a%0D%0Ab',
    'tab\t',
    '\u007f',
    '\u0085',
    '\u2028',
    '\u2029',
    'gnp.\u202eexe',
    '\u2066x',
    '\u200f',
  ])('refuses %j', (raw) => {
    expect(() => fileName(raw)).toThrow(refused(400))
  })
})

describe('fieldName', () => {
  test.each([
    ['a%22b', 'a"b'],
    ['a[0].b', 'a[0].b'],
    ['', ''],
  ])('reads %j as %j', (raw, name) => {
    expect(fieldName(raw, 100)).toBe(name)
  })

  test.each(['a\0', 'a%0Ab', '\u202e'])('refuses %j', (raw) => {
    expect(() => fieldName(raw, 100)).toThrow(refused(400))
  })

  test('counts bytes, not characters', () => {
    expect(fieldName('ää', 4)).toBe('ää')
    expect(() => fieldName('ääx', 4)).toThrow(refused(413))
  })
})
