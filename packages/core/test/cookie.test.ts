import type { CookieOptions } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { readCookies, writeCookie } from '../src/http/cookie.ts'
import { DOORS } from './both.ts'
import { microErrorOf } from './micro-error-of.ts'

describe('readCookies', () => {
  const headers: readonly (readonly [header: string | null, cookies: object])[] = [
    [null, {}],
    ['', {}],
    ['a=1; b=2', { a: '1', b: '2' }],
    ['a=1; a=2', { a: '1' }],
    ['a="quoted"', { a: '"quoted"' }],
    ['a=%C3%BC; b=%zz', { a: 'ü', b: '%zz' }],
    ['a; b=', { b: '' }],
    ['__proto__=x; constructor=y', { ['__proto__']: 'x', constructor: 'y' }],
  ]
  test.each(headers)('%j', (header, cookies) => {
    expect(Object.entries(readCookies(header))).toEqual(Object.entries(cookies))
  })
})

describe('writeCookie', () => {
  const written: readonly (readonly [options: CookieOptions | undefined, line: string])[] = [
    [undefined, 'n=v%20w; Path=/; HttpOnly; SameSite=Lax'],
    [{ path: '/a', httpOnly: false, sameSite: 'strict' }, 'n=v%20w; Path=/a; SameSite=Strict'],
    [{ sameSite: 'none' }, 'n=v%20w; Path=/; HttpOnly; Secure; SameSite=None'],
    [{ maxAge: 5, domain: 'example.org', secure: true }, 'n=v%20w; Max-Age=5; Domain=example.org; Path=/; HttpOnly; Secure; SameSite=Lax'],
    [{ expires: new Date(0) }, 'n=v%20w; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax'],
    [{ partitioned: true }, 'n=v%20w; Path=/; HttpOnly; Secure; Partitioned; SameSite=Lax'],
  ]
  test.each(written)('%o', (options, line) => {
    expect(writeCookie('n', 'v w', options)).toBe(line)
  })

  const refused: readonly (readonly [name: string, options: CookieOptions])[] = [
    ['a b', {}],
    ['', {}],
    ['a=b', {}],
    ['a', { path: '/;x' }],
    ['a', { domain: 'a\r\nb' }],
    ['a', { maxAge: 1.5 }],
    ['a', { sameSite: 'odd' as never }],
    ['a', { expires: new Date(Number.NaN) }],
  ]
  test.each(refused)('%j with %o is refused', async (name, options) => {
    expect(await microErrorOf(() => writeCookie(name, 'v', options))).toMatchObject({ code: 'MICRO_COOKIE_INVALID' })
  })
})

describe.each(DOORS)('cookies through $name', ({ open }) => {
  test('are read, set and deleted, each in a line of its own', async () => {
    const { send } = await open((app) =>
      app.get('/', (ctx) => {
        ctx.setCookie('one', '1')
        ctx.setCookie('two', 'ü', { maxAge: 5 })
        ctx.deleteCookie('three', { path: '/x' })
        return { got: ctx.cookies.a ?? null, absent: ctx.cookies.toString ?? null }
      }),
    )
    const seen = await send('/', { headers: { cookie: 'a=b' } })
    expect(seen.json).toEqual({ got: 'b', absent: null })
    expect(seen.headers.getSetCookie()).toEqual([
      'one=1; Path=/; HttpOnly; SameSite=Lax',
      'two=%C3%BC; Max-Age=5; Path=/; HttpOnly; SameSite=Lax',
      'three=; Max-Age=0; Path=/x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
    ])
  })
})
