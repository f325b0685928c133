import { micro } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { toLocation } from '../src/url-for.ts'
import { microErrorOf } from './micro-error-of.ts'

const app = micro(import.meta, { env: {}, mode: 'test' })
app.get('/', { name: 'home' }, () => 'x')
app.get('/notes/:id<int>/:slug', { name: 'note' }, () => 'x')
app.get('/files/:path<path>', { name: 'file' }, () => 'x')

describe('urlFor', () => {
  const built: readonly (readonly [name: string, values: object, url: string])[] = [
    ['home', {}, '/'],
    ['note', { id: 5, slug: 'a b' }, '/notes/5/a%20b'],
    ['note', { id: '5', slug: 'x' }, '/notes/5/x'],
    ['home', { q: 'a&b', list: [1, 2], none: undefined, no: null, zero: 0 }, '/?q=a%26b&list=1&list=2&zero=0'],
    ['file', { path: 'a/b c.css' }, '/files/a/b%20c.css'],
  ]
  test.each(built)('%s %o', (name, values, url) => {
    expect(app.urlFor(name, { ...values })).toBe(url)
  })

  test('a fragment is encoded', () => {
    expect(app.urlFor('home', { a: 1 }, { anchor: 'x y' })).toBe('/?a=1#x%20y')
  })

  const refused: readonly (readonly [name: string, values: object, code: string, says: string])[] = [
    ['hone', {}, 'MICRO_ROUTE_UNKNOWN', "no route is named 'hone'. Did you mean 'home'?"],
    ['nothing', {}, 'MICRO_ROUTE_UNKNOWN', "no route is named 'nothing'. Routes get their names by"],
    ['note', { id: 5 }, 'MICRO_URL_VALUE', "the param 'slug' of '/notes/:id<int>/:slug' is missing"],
    ['note', { id: 'x', slug: 'a' }, 'MICRO_URL_VALUE', "the param 'id' of '/notes/:id<int>/:slug' cannot be \"x\""],
    ['note', { id: 1.5, slug: 'a' }, 'MICRO_URL_VALUE', 'cannot be "1.5"'],
    ['note', { id: 5, slug: '' }, 'MICRO_URL_VALUE', 'cannot be ""'],
    ['note', { id: 5, slug: '..' }, 'MICRO_URL_VALUE', 'cannot be ".."'],
    ['note', { id: 5, slug: '\ud800' }, 'MICRO_URL_VALUE', 'cannot be'],
    ['file', { path: 'a/../b' }, 'MICRO_URL_VALUE', 'cannot be "a/../b"'],
  ]
  test.each(refused)('%s %o is refused', async (name, values, code, says) => {
    const error = await microErrorOf(() => app.urlFor(name, { ...values }))
    expect(error.code).toBe(code)
    expect(error.message).toContain(says)
  })
})

describe('toLocation', () => {
  const locations: readonly (readonly [to: string, location: string])[] = [
    ['/a?b=c&d#e', '/a?b=c&d#e'],
    ['/søk/日本?q=ü', '/s%C3%B8k/%E6%97%A5%E6%9C%AC?q=%C3%BC'],
    ['/a b', '/a%20b'],
    ['/a%20b', '/a%20b'],
    ['/\\evil.example', '/%5Cevil.example'],
    ['https://example.org/ü', 'https://example.org/%C3%BC'],
    ['/\ud800', '/%EF%BF%BD'],
  ]
  test.each(locations)('%s', (to, location) => {
    expect(toLocation(to)).toBe(location)
  })

  test.each(['/a\r\nX: y', '/a\0', '/a\x7f'])('%j is refused', async (to) => {
    expect(await microErrorOf(() => toLocation(to))).toMatchObject({ code: 'MICRO_HEADER_INVALID' })
  })
})
