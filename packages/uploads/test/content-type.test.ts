import { isHttpError } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { multipartBoundary } from '../src/content-type.ts'

describe('multipartBoundary', () => {
  test.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data ;  charset=utf-8; BOUNDARY="a b:c"', 'a b:c'],
    ['multipart/form-data; boundary=----=_Part_0_1.2', '----=_Part_0_1.2'],
    ['multipart/form-data; boundary="a\\bc"; x=y', 'abc'],
    ['multipart/form-data; boundary=abc;', 'abc'],
    [`multipart/form-data; boundary=${'x'.repeat(70)}`, 'x'.repeat(70)],
  ])('reads %j', (contentType, boundary) => {
    expect(multipartBoundary(contentType)).toBe(boundary)
  })

  test.each<[contentType: string | null, status: number]>([
    [null, 415],
    ['', 415],
    ['text/plain; boundary=abc', 415],
    ['multipart/form-database; boundary=abc', 415],
    ['multipart/mixed; boundary=abc', 415],
    ['multipart/form-data', 400],
    ['multipart/form-data; boundary=', 400],
    ['multipart/form-data; boundary=""', 400],
    ['multipart/form-data; boundary="ends in a space "', 400],
    ['multipart/form-data; boundary=a; boundary=b', 400],
    ['multipart/form-data; boundary=a boundary=b', 400],
    ['multipart/form-data; boundary="never closed', 400],
    ['multipart/form-data; boundary="a\\\\b"', 400],
    ['multipart/form-data; boundary="new\nline"', 400],
    ['multipart/form-data; boundary=\u00e4', 400],
    [`multipart/form-data; boundary=${'x'.repeat(71)}`, 400],
    [`multipart/form-data; boundary=${'x'.repeat(300)}`, 400],
  ])('refuses %j with %i', (contentType, status) => {
    expect(() => multipartBoundary(contentType)).toThrow(expect.toSatisfy((error) => isHttpError(error) && error.status === status))
  })

  test('names the enctype that an HTML form needs', () => {
    expect(() => multipartBoundary('application/x-www-form-urlencoded')).toThrow('enctype="multipart/form-data"')
  })

  test('takes no time for a hostile header', () => {
    const started = performance.now()
    expect(() => multipartBoundary(`multipart/form-data${'; '.repeat(8000)}=`)).toThrow()
    expect(() => multipartBoundary(`multipart/form-data; a="${'\\'.repeat(16_001)}`)).toThrow()
    expect(performance.now() - started).toBeLessThan(200)
  })
})
