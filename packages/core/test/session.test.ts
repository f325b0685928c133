import type { Context, CoreConfigInput, Session } from '@micro/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { DOORS, errorsOf, type Opened } from './both.ts'
import { microErrorOf } from './micro-error-of.ts'
import { sessionOf, withCookie } from './session-cookie-of.ts'

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
  app.get('/brief', (ctx) => {
    ctx.session.set('user', 1)
    ctx.session.isPermanent = false
    return { isPermanent: ctx.session.isPermanent }
  })
  app.get('/lasting', (ctx) => {
    ctx.session.isPermanent = true
    return { keys: ctx.session.keys() }
  })
  app.get('/untouched', () => 'untouched')
  app.get('/fail', (ctx) => {
    ctx.session.set('seen', true)
    throw new Error('after the session was changed')
  })
}

const DAY = 86_400_000
const at = (time: number) => vi.useFakeTimers({ toFake: ['Date'], now: time })

afterEach(() => {
  vi.useRealTimers()
})

describe.each(DOORS)('the session through $name', ({ name, open }) => {
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

  test('is saved with an error reply too', async () => {
    const { send } = await open(routes)
    const failed = await send('/fail')
    expect([failed.status, sessionOf(failed.headers) !== '']).toEqual([500, true])
  })

  const LASTING = 'session=…; Max-Age=2678400; Path=/; HttpOnly; SameSite=Lax'
  const BRIEF = 'session=…; Path=/; HttpOnly; SameSite=Lax'
  const GONE = 'session=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax'
  type Emission = readonly [made: string | null, path: string, days: number, sent: readonly string[], config: CoreConfigInput['session']]
  const emissions: readonly Emission[] = [
    // What a session was made by, what is asked then, how many days later, and the cookies of that reply.
    [null, '/get', 0, [], {}],
    [null, '/clear', 0, [], {}],
    [null, '/set', 0, [LASTING], {}],
    [null, '/set', 0, [BRIEF], { permanent: false }],
    [null, '/brief', 0, [BRIEF], {}],
    ['/set', '/untouched', 0, [], {}],
    ['/set', '/get', 0, [], {}],
    ['/set', '/set', 0, [], {}],
    ['/set', '/inside', 0, [LASTING], {}],
    ['/set', '/clear', 0, [GONE], {}],
    ['/set', '/delete', 0, [GONE], {}],
    ['/brief', '/get', 0, [], {}],
    ['/brief', '/set', 0, [BRIEF], {}],
    ['/brief', '/lasting', 0, [LASTING], {}],
    ['/brief', '/lasting', 0, [LASTING], { permanent: false }],
    ['/set', '/lasting', 0, [LASTING], { permanent: false }],
    // In use for longer than config.session.renewAfter: sent again, as it is.
    ['/set', '/untouched', 2, [], {}],
    ['/set', '/get', 2, [LASTING], {}],
    ['/brief', '/get', 2, [BRIEF], {}],
    ['/set', '/get', 2, [], { renewAfter: 3 * 86_400 }],
    ['/set', '/get', 0, [LASTING], { renewAfter: 0 }],
    // By a server whose clock is behind that of the one that made it.
    ['/set', '/get', -0.001, [LASTING], { renewAfter: 0 }],
  ]
  test.each(emissions)('made by %s, then %s %f days later: %j, by %j', async (made, path, days, sent, config) => {
    const { send } = await open(routes, { config: { session: config } })
    const start = Date.now()
    at(start)
    const cookie = made === null ? {} : withCookie(sessionOf((await send(made)).headers))
    at(start + days * DAY)
    const lines = (await send(path, cookie)).headers.getSetCookie()
    expect(lines.map((line) => line.replace(/=[\w.-]{20,}/, '=…'))).toEqual(sent)
  })

  test.each(['/set', '/brief'])('one made by %s ends maxAge seconds after it was sent last, whatever the browser says', async (made) => {
    const { send } = await open(routes, { config: { session: { maxAge: 10 * 86_400 } } })
    const start = Date.now()
    at(start)
    const first = sessionOf((await send(made)).headers)
    const isNew = async (cookie: string, days: number) => {
      at(start + days * DAY)
      const seen = await send('/get', withCookie(cookie))
      return { isNew: (seen.json as { isNew: boolean }).isNew, next: sessionOf(seen.headers) }
    }
    expect(await isNew(first, 10.1)).toEqual({ isNew: true, next: '' })
    // Used on the ninth day, it was sent again, and lives from there.
    const { next } = await isNew(first, 9)
    expect((await isNew(next, 18)).isNew).toBe(false)
    expect((await isNew(next, 19.1)).isNew).toBe(true)
  })

  const accesses: readonly (readonly [how: string, use: (session: Session, ctx: Context) => unknown])[] = [
    ['get', (session) => session.get('a')],
    ['has', (session) => session.has('a')],
    ['keys', (session) => session.keys()],
    ['isNew', (session) => session.isNew],
    ['isPermanent', (session) => session.isPermanent],
    ['set', (session) => session.set('a', 1)],
    ['clear', (session) => session.clear()],
    ['flashes', (_, ctx) => ctx.flashes()],
  ]
  test.each(accesses)('a reply varies by cookie after %s, and a Vary that is there is kept', async (_, use) => {
    const { send } = await open((app) =>
      app.get('/', (ctx) => {
        ctx.setHeader('Vary', 'Accept, cookie')
        use(ctx.session, ctx)
        return 'x'
      }),
    )
    expect((await send('/')).headers.get('vary')).toBe('Accept, cookie')
    const plain = await open((app) => app.get('/', (ctx) => String(use(ctx.session, ctx))))
    expect((await plain.send('/', withCookie('nonsense'))).headers.get('vary')).toBe('Cookie')
  })

  test('one character altered, added or missing, anywhere: no session, no error, and the cookie is left alone', async () => {
    const { send } = await open(routes)
    const good = sessionOf((await send('/set')).headers)
    const altered = new Set<string>()
    for (let place = 0; place < good.length; place++) {
      const [before, here, after] = [good.slice(0, place), good[place], good.slice(place + 1)]
      // A socket for each is slow: one character in each place is enough there.
      for (const other of name === 'fetch' ? ['A', 'b', '_', '.', '%', '', `${here}${here}`] : [here === 'A' ? 'B' : 'A']) {
        altered.add(before + other + after)
      }
    }
    altered.delete(good)
    const seen = await Promise.all([...altered].map(async (value) => ({ value, ...(await send('/get', withCookie(value))) })))
    const wrong = seen.filter(({ status, body, headers }) => {
      const isNew = status === 200 && (JSON.parse(String(body)) as { isNew: boolean }).isNew
      return !isNew || headers.getSetCookie().length > 0
    })
    expect(wrong.map(({ value, status }) => [value, status])).toEqual([])
    expect(altered.size).toBeGreaterThan(name === 'fetch' ? 500 : good.length - 1)
  })

  test('one of another app, or nonsense, is none, and left alone', async () => {
    const { send } = await open(routes)
    const [, time, signature] = sessionOf((await send('/set')).headers).split('.')
    const other = await open(routes)
    const forged = [
      `${Buffer.from('{"user":{"id":1}}').toString('base64url')}.${time}.${signature}`,
      '',
      '...',
      '%',
      '"x"',
      '__proto__',
      sessionOf((await other.send('/set')).headers),
    ]
    for (const value of forged) {
      const seen = await send('/get', withCookie(value))
      expect([value, seen.status, (seen.json as { isNew: boolean }).isNew, seen.headers.getSetCookie()]).toEqual([value, 200, true, []])
    }
  })

  const refused: readonly (readonly [code: string, change: (ctx: Context) => void, says: string])[] = [
    ['MICRO_SESSION_TOO_LARGE', (ctx) => ctx.session.set('a', 'x'.repeat(4000)), 'browsers keep 4093'],
    ['MICRO_SESSION_VALUE', (ctx) => ctx.session.set('a', undefined), "put under 'a': it is undefined"],
    ['MICRO_SESSION_VALUE', (ctx) => ctx.session.set('born', new Date(0)), "put under 'born': it is a Date"],
    [
      'MICRO_SESSION_VALUE',
      (ctx) => {
        const cart = { items: [1], at: null as unknown }
        ctx.session.set('cart', cart)
        cart.at = new Date(0)
      },
      "put under 'cart.at': it is a Date",
    ],
    [
      'MICRO_SESSION_VALUE',
      (ctx) => {
        // JSON says the same of both.
        const cart = { items: [null as unknown] }
        ctx.session.set('cart', cart)
        cart.items[0] = Number.NaN
      },
      "put under 'cart.items[0]': it is NaN",
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
    expect(lines.map(({ fields }) => (fields.error as { code?: string }).code)).toEqual([code])
    expect(errorsOf(lines)[0]).toContain(says)
  })

  test('a cookie of 4,093 bytes, attributes and all, is sent; one of more is an error with advice', async () => {
    const { send, lines } = await open((app) =>
      app.get('/:length<int>', (ctx) => {
        ctx.session.set('a', 'x'.repeat(ctx.params.length))
        return 'x'
      }),
    )
    const lengths = Array.from({ length: 12 }, (_, index) => 2972 + index)
    const sizes = await Promise.all(lengths.map(async (length) => (await send(`/${length}`)).headers.getSetCookie()[0]?.length ?? null))
    const largest = Math.max(...sizes.map((size) => size ?? 0))
    expect([largest <= 4093, largest > 4089, sizes.at(-1)]).toEqual([true, true, null])
    expect(errorsOf(lines)[0]).toMatch(/cookie of 409[4-7] bytes; browsers keep 4093[\s\S]*Keep less in it/)
  })

  test.each([
    [100, 500],
    [0, 200],
  ])('config.limits.cookieBytes %i says how large it may be', async (cookieBytes, status) => {
    const { send } = await open(
      (app) =>
        app.get('/', (ctx) => {
          ctx.session.set('a', 'x'.repeat(4000))
          return 'x'
        }),
      { config: { limits: { cookieBytes } } },
    )
    expect((await send('/')).status).toBe(status)
  })

  test('a change after the reply has begun is an error, never a silent loss', async () => {
    const errors: unknown[] = []
    const change = (ctx: Context) => {
      try {
        ctx.session.set('late', 1)
      } catch (error) {
        errors.push((error as { code?: unknown }).code)
      }
    }
    const { send } = await open((app) =>
      app.get('/', (ctx) => {
        if (ctx.query.has('early')) {
          ctx.session.set('early', 1)
        }
        ctx.onTeardown(() => change(ctx))
        return (async function* () {
          change(ctx)
          yield `${ctx.session.get('early')}`
        })()
      }),
    )
    expect((await send('/?early')).text).toBe('1')
    // Nor where it is the first that the request has to do with its session.
    expect((await send('/')).text).toBe('undefined')
    await vi.waitFor(() => expect(errors).toEqual(Array(4).fill('MICRO_SESSION_SAVED')))
  })

  const key = 'k'.repeat(40)
  const attributes: readonly (readonly [config: CoreConfigInput['session'], line: string])[] = [
    [{}, 'session=…; Max-Age=2678400; Path=/; HttpOnly; Secure; SameSite=Lax'],
    [
      { cookieName: 'mine', maxAge: 60, domain: 'example.org', path: '/shop', sameSite: 'strict', httpOnly: false, secure: false },
      'mine=…; Max-Age=60; Domain=example.org; Path=/shop; SameSite=Strict',
    ],
    // Browsers refuse these without Secure.
    [{ partitioned: true, secure: false }, 'session=…; Max-Age=2678400; Path=/; HttpOnly; Secure; Partitioned; SameSite=Lax'],
    [{ sameSite: 'none', secure: false }, 'session=…; Max-Age=2678400; Path=/; HttpOnly; Secure; SameSite=None'],
    [{ cookieName: '__Host-s', secure: false }, '__Host-s=…; Max-Age=2678400; Path=/; HttpOnly; Secure; SameSite=Lax'],
  ]
  test.each(attributes)('config.session %j gives %s, and the same attributes delete it', async (config, line) => {
    const { send } = await open(routes, { mode: 'production', config: { secretKey: key, session: config } })
    const set = (await send('/set')).headers.getSetCookie()[0] ?? ''
    expect(set.replace(/=[^;]*/, '=…')).toBe(line)
    const deleted = (await send('/clear', { headers: { cookie: set.split(';')[0] ?? '' } })).headers.getSetCookie()[0] ?? ''
    expect(deleted.replace(/=[^;]*/, '=…').replace(' Expires=Thu, 01 Jan 1970 00:00:00 GMT;', '')).toBe(
      line.replace(/Max-Age=\d+/, 'Max-Age=0'),
    )
  })

  test('name and attributes can be chosen for each request', async () => {
    const { send } = await open((app) => {
      routes(app)
      app.session.cookie((ctx) => (ctx.headers.get('x-tenant') === null ? {} : { name: `s-${ctx.headers.get('x-tenant')}`, path: '/set' }))
    })
    const [plain = ''] = (await send('/set')).headers.getSetCookie()
    const [tenant = ''] = (await send('/set', { headers: { 'x-tenant': 'a' } })).headers.getSetCookie()
    expect(plain).toMatch(/^session=.*; Path=\/;/)
    expect(tenant).toMatch(/^s-a=.*; Path=\/set;/)
    const [cookie = ''] = tenant.split(';')
    const isNew = async (headers: { [name: string]: string }) =>
      ((await send('/get', { headers: { cookie, ...headers } })).json as { isNew: boolean }).isNew
    expect([await isNew({ 'x-tenant': 'a' }), await isNew({ 'x-tenant': 'b' }), await isNew({})]).toEqual([false, true, true])
  })

  test('a secret key can be replaced: the newest signs, older ones are accepted and sign nothing', async () => {
    const [oldest, older, newest] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)]
    const appOf = (secretKey: string, ...secretKeyFallbacks: string[]) => open(routes, { config: { secretKey, secretKeyFallbacks } })
    const during = await appOf(newest, older, oldest)
    for (const key of [oldest, older, newest]) {
      const before = await appOf(key)
      const old = sessionOf((await before.send('/set')).headers)
      expect((await during.send('/get', withCookie(old))).json).toMatchObject({ isNew: false })
      const fresh = sessionOf((await during.send('/inside', withCookie(old))).headers)
      const accepted = await Promise.all(
        [newest, older, oldest].map(async (one) => {
          const { send } = await appOf(one)
          return !((await send('/get', withCookie(fresh))).json as { isNew: boolean }).isNew
        }),
      )
      expect(accepted).toEqual([true, false, false])
    }
  })
})

describe('config.session', () => {
  const wrong: readonly (readonly [config: CoreConfigInput['session'], says: string])[] = [
    [{ cookieName: 'a b' }, "'a b'"],
    [{ path: '/;x' }, "'session'"],
    [{ cookieName: '__Host-s', path: '/x' }, '__Host-'],
    [{ cookieName: '__host-s', domain: 'example.org' }, '__Host-'],
  ]
  test.each(wrong)('a cookie that no browser takes is refused at start: %j', async (session, says) => {
    const { Micro } = await import('@micro/core')
    const error = await microErrorOf(() => new Micro(import.meta, { env: {}, mode: 'test', config: { session } }).start())
    expect(error.code).toBe('MICRO_COOKIE_INVALID')
    expect(error.message).toContain(says)
  })
})
