import { CookieJar } from '@micro/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

describe('CookieJar', () => {
  const at = (url: string) => new URL(url, 'http://example.org/')
  const header = (lines: readonly string[], url: string, from = '/a/b') => {
    const jar = new CookieJar()
    jar.take(at(from), lines)
    return jar.header(at(url))
  }
  const cases: readonly (readonly [what: string, lines: readonly string[], url: string, header: string])[] = [
    ['a host cookie goes back to its host', ['a=1; Path=/'], '/x', 'a=1'],
    ['not to another', ['a=1; Path=/'], 'http://other.org/', ''],
    ['not to a subdomain', ['a=1; Path=/'], 'http://sub.example.org/', ''],
    ['a domain cookie goes to subdomains', ['a=1; Path=/; Domain=.example.org'], 'http://sub.example.org/', 'a=1'],
    ['one for another domain is not taken', ['a=1; Path=/; Domain=other.org'], 'http://other.org/', ''],
    ['without a path it is for the directory', ['a=1'], '/a/c', 'a=1'],
    ['and not above', ['a=1'], '/', ''],
    ['a path is matched by segments', ['a=1; Path=/a'], '/ab', ''],
    ['longer paths first, then older ones', ['a=1; Path=/', 'b=2; Path=/a', 'c=3; Path=/'], '/a/x', 'b=2; a=1; c=3'],
    ['secure ones go over HTTPS', ['a=1; Path=/; Secure'], '/', ''],
    ['… alone', ['a=1; Path=/; Secure'], 'https://example.org/', 'a=1'],
    ['expired ones are dropped', ['a=1; Path=/', 'a=; Path=/; Max-Age=0', 'b=2; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], '/', ''],
    ['a date before the year 1601 is none', ['a=1; Path=/; Expires=Thu, 01 Jan 1600 00:00:00 GMT'], '/', 'a=1'],
    ['the value is kept as it is', ['a=%C3%BC; Path=/'], '/', 'a=%C3%BC'],
  ]
  test.each(cases)('%s', (_, lines, url, expected) => {
    expect(header(lines, url)).toBe(expected)
  })

  test('expires with time', () => {
    vi.useFakeTimers()
    try {
      const jar = new CookieJar()
      jar.take(at('/'), ['a=1; Max-Age=10'])
      vi.advanceTimersByTime(9_000)
      expect(jar.header(at('/'))).toBe('a=1')
      vi.advanceTimersByTime(2_000)
      expect(jar.header(at('/'))).toBe('')
    } finally {
      vi.useRealTimers()
    }
  })

  test('sets, gets and deletes by hand: for the base URL and every path, unless told otherwise', () => {
    const jar = new CookieJar('http://shop.example.org/')
    jar.set('a', '1')
    jar.set('a', '2', { path: '/admin' })
    jar.set('b', '3', { domain: 'example.org' })
    jar.set('c', '4', { url: 'http://other.org' })
    jar.set('d', '5', { url: '/', maxAge: 0 })
    expect([jar.get('a', '/'), jar.get('a', '/admin/x'), jar.get('b', 'http://www.example.org/')]).toEqual(['1', '2', '3'])
    expect([jar.get('c', '/'), jar.get('c'), jar.get('d'), jar.get('e')]).toEqual([undefined, '4', undefined, undefined])
    jar.delete('a', '/')
    expect([jar.get('a', '/'), jar.get('a', '/admin')]).toEqual([undefined, '2'])
    jar.delete('a')
    expect(jar.all()).toEqual({ b: '3', c: '4' })
    jar.clear()
    expect(jar.all()).toEqual({})
  })

  test('gives and takes values as ctx.cookies has them, and keeps them as they are sent', () => {
    const jar = new CookieJar()
    jar.set('a', 'ü;1')
    jar.take(new URL('http://localhost/'), ['b=x%20y', 'c=100%', 'd="q"'])
    expect(jar.header(new URL('http://localhost/'))).toBe('a=%C3%BC%3B1; b=x%20y; c=100%; d="q"')
    expect([jar.get('a'), jar.all()]).toEqual(['ü;1', { a: 'ü;1', b: 'x y', c: '100%', d: '"q"' }])
  })

  test('refuses by hand what no server may set; of a server it gives it back', () => {
    const jar = new CookieJar('http://example.org/')
    expect(() => jar.set('a', '1', { domain: 'other.org' })).toThrow("The cookie 'a' cannot be set: example.org sets none for other.org.")
    expect(() => jar.set('a b', '1')).toThrow(expect.objectContaining({ code: 'MICRO_COOKIE_INVALID' }))
    expect(jar.take(at('/'), ['a=1; Domain=other.org', 'b=2'])).toEqual(['a=1; Domain=other.org'])
    expect(jar.all()).toEqual({ b: '2' })
  })

  test('one that has expired is none, however it is asked for', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const jar = new CookieJar()
    jar.set('a', '1', { maxAge: 10 })
    expect(jar.get('a')).toBe('1')
    vi.setSystemTime(Date.now() + 10_001)
    expect([jar.get('a'), jar.get('a', '/'), jar.all()]).toEqual([undefined, undefined, {}])
  })
})
