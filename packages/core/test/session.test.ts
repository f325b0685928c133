import type { Context, SessionStore } from '@micro/core'
import { describe, expect, test, vi } from 'vitest'
import { cookieStore } from '../src/session.ts'
import { createSigner } from '../src/signing.ts'
import { DOORS, errorsOf, type Opened } from './both.ts'

/** The session cookie of a reply, as the next request sends it. */
const sessionOf = (headers: Headers): string =>
  /^session=([^;]*)/.exec(headers.getSetCookie().find((line) => line.startsWith('session=')) ?? '')?.[1] ?? ''
const withCookie = (value: string) => ({ headers: { cookie: `other=1; session=${value}` } })

const routes = (app: Opened['app']) => {
  app.get('/set', (ctx) => {
    ctx.session.set('user', { id: 5, name: 'ü' })
    return 'set'
  })
  app.get('/get', (ctx) => ({
    user: ctx.session.get('user') ?? null,
    isNew: ctx.session.isNew,
    keys: ctx.session.keys(),
    has: ctx.session.has('user'),
  }))
  app.get('/inside', (ctx) => {
    const user = ctx.session.get<{ id: number }>('user')
    if (user !== undefined) {
      user.id++
    }
    return 'changed inside'
  })
  app.get('/clear', (ctx) => {
    ctx.session.clear()
    return 'cleared'
  })
  app.get('/delete', (ctx) => {
    ctx.session.delete('user')
    return 'deleted'
  })
  app.get('/untouched', () => 'untouched')
  app.get('/fail', (ctx) => {
    ctx.session.set('seen', true)
    throw new Error('after the session was changed')
  })
}

describe.each(DOORS)('the session through $name', ({ open }) => {
  test('travels in a signed cookie, set where it has changed', async () => {
    const { send } = await open(routes)
    const set = await send('/set')
    expect(set.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^session=[\w.-]+; Max-Age=2678400; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
    expect(set.headers.get('vary')).toBe('Cookie')
    const cookie = withCookie(sessionOf(set.headers))
    const get = await send('/get', cookie)
    expect(get.json).toEqual({ user: { id: 5, name: 'ü' }, isNew: false, keys: ['user'], has: true })
    // Read, but not changed: no cookie, and the reply varies all the same.
    expect([get.headers.getSetCookie(), get.headers.get('vary')]).toEqual([[], 'Cookie'])
    const untouched = await send('/untouched', cookie)
    expect([untouched.headers.getSetCookie(), untouched.headers.get('vary')]).toEqual([[], null])
  })

  test('a change inside of a value is noticed', async () => {
    const { send } = await open(routes)
    const first = sessionOf((await send('/set')).headers)
    const second = sessionOf((await send('/inside', withCookie(first))).headers)
    expect((await send('/get', withCookie(second))).json).toMatchObject({ user: { id: 6 } })
  })

  test.each(['/clear', '/delete'])('%s of everything deletes the cookie, if there was one', async (path) => {
    const { send } = await open(routes)
    const cookie = sessionOf((await send('/set')).headers)
    expect((await send(path, withCookie(cookie))).headers.getSetCookie()).toEqual([
      'session=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
    ])
    expect((await send(path)).headers.getSetCookie()).toEqual([])
  })

  test('one that is altered, of another app, or nonsense is none, and left alone', async () => {
    const { send } = await open(routes)
    const good = sessionOf((await send('/set')).headers)
    const [data = '', time = '', signature = ''] = good.split('.')
    const other = await open(routes)
    const forged = [
      `${Buffer.from('{"user":{"id":1}}').toString('base64url')}.${time}.${signature}`,
      `${data}.zzzzzz.${signature}`,
      `${data}.${time}.${signature.slice(0, -1)}${signature.endsWith('A') ? 'E' : 'A'}`,
      `${data}.${time}`,
      data,
      '',
      '...',
      '%',
      '"x"',
      sessionOf((await other.send('/set')).headers),
    ]
    for (const value of forged) {
      const seen = await send('/get', withCookie(value))
      expect([value, seen.status, (seen.json as { isNew: boolean }).isNew, seen.headers.getSetCookie()]).toEqual([value, 200, true, []])
    }
  })

  test('is saved with an error reply too', async () => {
    const { send } = await open(routes)
    const failed = await send('/fail')
    expect([failed.status, sessionOf(failed.headers) !== '']).toEqual([500, true])
  })

  const refused: readonly (readonly [code: string, change: (ctx: Context) => void, says: string])[] = [
    ['MICRO_SESSION_TOO_LARGE', (ctx) => ctx.session.set('a', 'x'.repeat(4000)), 'browsers keep 4093'],
    ['MICRO_SESSION_VALUE', (ctx) => ctx.session.set('a', undefined), "put under 'a': it is undefined"],
    ['MICRO_SESSION_VALUE', (ctx) => ctx.session.set('a', () => 1), 'it is a function'],
    ['MICRO_SESSION_VALUE', (ctx) => ctx.session.set('a', 5n), 'it is a bigint'],
    ['MICRO_SESSION_VALUE', (ctx) => ctx.session.set('deep', { n: 5n }), "put under 'deep'"],
    [
      'MICRO_SESSION_VALUE',
      (ctx) => {
        const loop: { self?: unknown } = {}
        loop.self = loop
        ctx.session.set('loop', loop)
      },
      "put under 'loop'",
    ],
  ]
  test.each(refused)('%s is a logged 500 without a cookie', async (code, change, says) => {
    const { send, lines } = await open((app) =>
      app.get('/', (ctx) => {
        change(ctx)
        return 'x'
      }),
    )
    const seen = await send('/')
    expect([seen.status, seen.headers.getSetCookie()]).toEqual([500, []])
    expect(lines[0]?.fields.error).toMatchObject({ code })
    expect(errorsOf(lines)[0]).toContain(says)
  })

  test('attributes and name come from config.session; in production the cookie is for HTTPS', async () => {
    const key = 'k'.repeat(40)
    const { send } = await open(routes, {
      mode: 'production',
      env: {
        MICRO_SECRET_KEY: key,
        MICRO_SESSION__COOKIE_NAME: 'mine',
        MICRO_SESSION__MAX_AGE: '60',
        MICRO_SESSION__DOMAIN: 'example.org',
        MICRO_SESSION__SAME_SITE: 'strict',
      },
    })
    expect((await send('/set')).headers.getSetCookie()).toEqual([
      expect.stringMatching(/^mine=[\w.-]+; Max-Age=60; Domain=example\.org; Path=\/; HttpOnly; Secure; SameSite=Strict$/),
    ])
  })

  test('a secret key can be replaced: older ones are accepted, the new one signs', async () => {
    const [older, newer] = ['o'.repeat(40), 'n'.repeat(40)]
    const before = await open(routes, { config: { secretKey: older } })
    const during = await open(routes, { config: { secretKey: newer, secretKeyFallbacks: [older] } })
    const after = await open(routes, { config: { secretKey: newer } })
    const old = sessionOf((await before.send('/set')).headers)
    expect((await during.send('/get', withCookie(old))).json).toMatchObject({ isNew: false })
    expect((await after.send('/get', withCookie(old))).json).toMatchObject({ isNew: true })
    const fresh = sessionOf((await during.send('/inside', withCookie(old))).headers)
    expect((await after.send('/get', withCookie(fresh))).json).toMatchObject({ user: { id: 6 } })
  })

  test('flash keeps messages for the next page that shows them', async () => {
    const { send } = await open((app) => {
      app.post('/', (ctx) => {
        ctx.flash('Saved.')
        ctx.flash('Careful.', 'warning')
        return ctx.redirect('/')
      })
      app.get('/', (ctx) => ctx.flashes())
    })
    expect((await send('/')).json).toEqual([])
    const cookie = sessionOf((await send('/', { method: 'POST' })).headers)
    const shown = await send('/', withCookie(cookie))
    expect(shown.json).toEqual([
      { category: 'message', message: 'Saved.' },
      { category: 'warning', message: 'Careful.' },
    ])
    expect(sessionOf(shown.headers)).toBe('')
    expect(shown.headers.getSetCookie()).toHaveLength(1)
  })

  test('a store of another kind is asked with the cookie, and told when it ends', async () => {
    const saved: unknown[] = []
    const store: SessionStore = {
      load: (cookie) => (cookie === 'id-1' ? { user: 'kept' } : null),
      save: (data, previous) => {
        saved.push([{ ...data }, previous])
        return 'id-1'
      },
    }
    const { send } = await open((app) => {
      routes(app)
      app.session.store(store)
    })
    expect(sessionOf((await send('/set')).headers)).toBe('id-1')
    expect((await send('/get', withCookie('id-1'))).json).toMatchObject({ user: 'kept', isNew: false })
    expect((await send('/clear', withCookie('id-1'))).headers.getSetCookie()).toHaveLength(1)
    expect(saved).toEqual([
      [{ user: { id: 5, name: 'ü' } }, null],
      [{}, 'id-1'],
    ])
  })
})

describe('cookieStore', () => {
  test('accepts a session until it is maxAge seconds old, by the time it was saved', () => {
    const now = vi.fn(() => 1_000_000_000_000)
    const config = {
      cookieName: 's',
      maxAge: 60,
      path: '/',
      domain: undefined,
      secure: undefined,
      httpOnly: true,
      sameSite: 'lax' as const,
    }
    const store = cookieStore(createSigner(['k'.repeat(40)], 'session'), config, now)
    const cookie = store.save({ a: 1 }, null) as string
    for (const [seconds, isAccepted] of [
      [0, true],
      [60, true],
      [61, false],
      [-5, true],
    ] as const) {
      now.mockReturnValue(1_000_000_000_000 + seconds * 1000)
      expect([seconds, store.load(cookie) !== null]).toEqual([seconds, isAccepted])
    }
  })
})
