import { isMicroError, micro, type SessionStore } from '@micro/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { tableNames } from '../src/auth-tables.ts'
import { DbStore } from '../src/db-store.ts'
import { type AuthStore, auth, memoryStore, oidc, type User } from '../src/index.ts'
import { keyDerivation } from '../src/key-derivation.ts'
import { PasswordHasher } from '../src/password-hasher.ts'
import { dbApp, memoryApp, PASSWORD, type Running, type SignInAppOptions, signedIn, throughFetch } from './sign-in-app.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const YEAR_2100 = 4_102_444_800

describe('RequestAuth', () => {
  const stops: (() => Promise<unknown>)[] = []

  afterEach(async () => {
    vi.useRealTimers()
    await Promise.all(stops.splice(0).map((stop) => stop()))
  })

  async function running(options: SignInAppOptions = {}): Promise<Running> {
    const made = await throughFetch(memoryApp(options))
    stops.push(made.stop)
    return made
  }

  it('A-3: stores nothing that opens anything', async () => {
    const app = dbApp()
    const made = await throughFetch(app)
    stops.push(made.stop)
    const client = await signedIn(made, 'dump@example.com')
    const token = client.cookies.get('auth') ?? ''
    const tables = app.db.tables<{ [name: string]: { [column: string]: string } }>()
    const dump = [
      ...(await tables.selectFrom('user').selectAll().execute()),
      ...(await tables.selectFrom('auth_password').selectAll().execute()),
      ...(await tables.selectFrom('auth_session').selectAll().execute()),
    ]
    const values = dump.flatMap((row) => Object.values(row).map(String))
    expect(dump).toHaveLength(3)
    expect(values.some((value) => value.includes(token) || value.includes(PASSWORD))).toBe(false)
    for (const value of values) {
      expect((await made.client().get('/me', { headers: { cookie: `auth=${value}` } })).status).toBe(401)
    }
  })

  it.each<[what: string, down: (fail: () => void) => Promise<Running>]>([
    ['a store that fails', async (fail) => throughFetch(memoryApp({ store: failing(memoryStore(), fail) }))],
  ])('A-6: answers 503 over %s, and takes nobody for anonymous', async (_what, start) => {
    let down = false
    const made = await start(() => {
      if (down) {
        throw new Error('ECONNREFUSED 10.0.0.7')
      }
    })
    stops.push(made.stop)
    const client = await signedIn(made, 'outage@example.com')
    down = true
    for (const [method, path] of [
      ['GET', '/me'],
      ['GET', '/who'],
      ['POST', '/login'],
      ['POST', '/register'],
      ['POST', '/logout'],
    ] as const) {
      const response = await client.request(
        method,
        path,
        method === 'POST' ? { json: { email: 'outage@example.com', password: PASSWORD } } : {},
      )
      expect([path, response.status, response.headers.get('retry-after'), response.headers.get('set-cookie')]).toEqual([
        path,
        503,
        '5',
        null,
      ])
    }
    down = false
    expect((await client.get('/me')).status).toBe(200)
  })

  it('A-6: answers 503 over a database that has gone, and says nothing of it in production', async () => {
    const app = dbApp({ mode: 'production', config: { secure: false } })
    await app.db.open()
    await app.db.migrate()
    const made = await throughFetch(app)
    stops.push(made.stop)
    const client = await signedIn(made, 'gone@example.com')
    await app.db.close()
    const response = await client.get('/me')
    expect(response.status).toBe(503)
    expect(await response.text()).not.toMatch(/open|MICRO|read/)
  })

  it('A-32: sets a cookie that scripts, other hosts and plain HTTP do not see', async () => {
    const cookies = async (options: SignInAppOptions): Promise<string | undefined> => {
      const client = (await running(options)).client()
      await client.post('/register', { json: { email: 'c@example.com', password: PASSWORD } })
      return (await client.post('/login', { json: { email: 'c@example.com', password: PASSWORD } })).headers
        .getSetCookie()[0]
        ?.replace(/=[\w-]{43};/, '=…;')
    }
    expect(await cookies({ mode: 'production' })).toBe('__Host-auth=…; Max-Age=7776000; Path=/; HttpOnly; Secure; SameSite=Lax')
    expect(await cookies({ mode: 'development' })).toBe('auth=…; Max-Age=7776000; Path=/; HttpOnly; SameSite=Lax')
    expect(await cookies({ mode: 'development', config: { secure: true, cookieName: 'sid' } })).toMatch(/^__Host-sid=/)
  })

  it('ends a session that has not been used for its idle time, and any session after its whole time', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: YEAR_2100 * 1000 })
    const made = await running({ config: { idleSeconds: 10_000, maxAge: 25_000 } })
    const client = await signedIn(made, 'time@example.com')
    const cookie = `auth=${client.cookies.get('auth')}`
    const at = async (seconds: number): Promise<number> => {
      vi.setSystemTime((YEAR_2100 + seconds) * 1000)
      return (await made.client().get('/me', { headers: { cookie } })).status
    }
    expect([await at(9_000), await at(18_000), await at(24_999), await at(25_000)]).toEqual([200, 200, 200, 401])
    const idle = await signedIn(made, 'idle@example.com')
    const other = `auth=${idle.cookies.get('auth')}`
    vi.setSystemTime((YEAR_2100 + 25_000 + 10_000) * 1000)
    expect((await made.client().get('/me', { headers: { cookie: other } })).status).toBe(401)
  })

  it('asks the store once in a request that asks for the user often, and never in one that does not', async () => {
    const asked: string[] = []
    const store = failing(memoryStore(), (name) => asked.push(name))
    const theAuth = auth({ store })
    const app = micro(import.meta, { mode: 'test', env: {} }).use(theAuth)
    app.get('/untouched', () => 'nothing')
    app.get('/often', [theAuth.loginRequired, theAuth.loginRequired], async (ctx) => {
      const users = await Promise.all([ctx.auth.user(), ctx.auth.user(), ctx.auth.user()])
      return { same: users.every((user) => user === ctx.user) }
    })
    app.post('/in', async (ctx) => {
      const result = await ctx.auth.register({ email: 'once@example.com', password: PASSWORD })
      if (result.ok) {
        await ctx.auth.login(result.user)
      }
      return 'in'
    })
    stops.push(() => app.stop())
    const client = app.client()
    await client.post('/in')
    asked.length = 0
    await client.get('/untouched')
    expect(asked).toEqual([])
    expect(await (await client.get('/often')).json()).toEqual({ same: true })
    expect(asked).toEqual(['findSession'])
  })

  it('notes once an hour that a session is in use', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: YEAR_2100 * 1000 })
    const asked: string[] = []
    const made = await running({ store: failing(memoryStore(), (name) => asked.push(name)) })
    const client = await signedIn(made, 'hour@example.com')
    const touches = async (seconds: number): Promise<number> => {
      asked.length = 0
      vi.setSystemTime((YEAR_2100 + seconds) * 1000)
      await client.get('/who')
      return asked.filter((name) => name === 'touchSession').length
    }
    expect([await touches(3599), await touches(3600), await touches(3700), await touches(7200)]).toEqual([0, 1, 0, 1])
  })

  it('A-1: gives ctx.session another cookie when somebody signs in or out: one that was planted is worth nothing after', async () => {
    const kept = new Map<string, string>()
    const store: SessionStore = {
      load: async (cookie) => (kept.has(cookie) ? { text: kept.get(cookie) ?? '', age: 0 } : null),
      save: async (text, previous) => {
        const cookie = previous ?? crypto.randomUUID()
        kept.set(cookie, text)
        return cookie
      },
      renew: async (cookie) => cookie,
      destroy: async (cookie) => void kept.delete(cookie),
    }
    const app = memoryApp()
    app.session.store(store)
    app.get('/cart', (ctx) => {
      ctx.session.set('cart', ctx.session.get('cart') ?? ['book'])
      return { cart: ctx.session.get('cart') }
    })
    const made = await throughFetch(app)
    stops.push(made.stop)
    const client = made.client()
    const planted = (await client.get('/cart')) && (client.cookies.get('session') ?? '')
    await client.post('/register', { json: { email: 'fix@example.com', password: PASSWORD } })
    expect(client.cookies.get('session')).toBe(planted)
    await client.post('/login', { json: { email: 'fix@example.com', password: PASSWORD } })
    const signedIn = client.cookies.get('session') ?? ''
    await client.post('/logout')
    const signedOut = client.cookies.get('session') ?? ''
    expect(new Set([planted, signedIn, signedOut]).size).toBe(3)
    expect([...kept]).toEqual([[signedOut, '{"cart":["book"]}']])
    // Who has no session gets none by signing in.
    const other = made.client()
    await other.post('/login', { json: { email: 'fix@example.com', password: PASSWORD } })
    expect(other.cookies.get('session')).toBeUndefined()
  })

  it('hashes an outdated password anew when its owner signs in', async () => {
    const store = memoryStore()
    const old = await outdatedHashOf(PASSWORD)
    await store.createUser({ email: 'old@example.com', created: 1, values: {}, password: old })
    const client = (await running({ store })).client()
    expect((await client.post('/login', { json: { email: 'old@example.com', password: 'wrong password' } })).status).toBe(401)
    expect((await store.findAccount('old@example.com'))?.password).toBe(old)
    expect((await client.post('/login', { json: { email: 'old@example.com', password: PASSWORD } })).status).toBe(303)
    expect((await store.findAccount('old@example.com'))?.password).toMatch(/^\$argon2id\$/)
    expect((await client.post('/login', { json: { email: 'old@example.com', password: PASSWORD } })).status).toBe(303)
  })

  it('signs in though the hash cannot be renewed', async () => {
    const store = memoryStore()
    const old = await outdatedHashOf(PASSWORD)
    await store.createUser({ email: 'old@example.com', created: 1, values: {}, password: old })
    const refusing = failing(store, (name) => {
      if (name === 'replacePassword') {
        throw new Error('read-only')
      }
    })
    const client = (await running({ store: refusing })).client()
    expect((await client.post('/login', { json: { email: 'old@example.com', password: PASSWORD } })).status).toBe(303)
    expect((await client.get('/me')).status).toBe(200)
  })

  it.each<[where: string, make: () => Promise<AuthStore<User>>]>([
    ['memory', async () => memoryStore()],
    [
      'SQLite',
      async () => {
        const app = dbApp()
        stops.push((await throughFetch(app)).stop)
        return new DbStore<User>(app.db.default, tableNames('auth'))
      },
    ],
  ])('lets nobody in by the old password who was on the way when a new one was set (%s)', async (_where, make) => {
    const store = await make()
    for (const [method, when] of [
      ['findAccount', 'after'],
      ['createSession', 'before'],
      ['createSession', 'after'],
    ] as const) {
      const email = `${method}.${when}@example.com`
      const race = interrupted(store, method, when)
      const made = await running({ store: race.store })
      const owner = await signedIn(made, email)
      const thief = made.client()
      race.meanwhile(() => owner.post('/password', { json: { password: 'a new password' } }))
      const late = await thief.post('/login', { json: { email, password: PASSWORD } })
      expect([late.status, (await late.json()).code, late.headers.get('set-cookie')]).toEqual([401, 'credentials', null])
      expect(race.made).toHaveLength(3)
      const alive = await Promise.all(race.made.map(async (key) => (await store.findSession(key)) !== undefined))
      expect(alive.filter(Boolean)).toHaveLength(1)
      expect([(await owner.get('/me')).status, (await thief.get('/me')).status]).toEqual([200, 401])
    }
  })

  it('signs in twice at once where the hash is outdated', async () => {
    const store = memoryStore()
    await store.createUser({ email: 'old@example.com', created: 1, values: {}, password: await outdatedHashOf(PASSWORD) })
    const race = interrupted(store, 'findAccount', 'after')
    const made = await running({ store: race.store })
    const signIn = () => made.client().post('/login', { json: { email: 'old@example.com', password: PASSWORD } })
    race.meanwhile(signIn)
    expect((await signIn()).status).toBe(303)
  })

  it('A-10: takes no account for the one asked for whose address merely compares equal in the store', async () => {
    const store = memoryStore()
    await store.createUser({ email: 'victim@example.com', created: 1, values: {}, password: await hashOf(PASSWORD) })
    const loose: AuthStore<User> = { ...bound(store), findAccount: () => store.findAccount('victim@example.com') }
    const client = (await running({ store: loose })).client()
    expect((await client.post('/login', { json: { email: 'vıctim@example.com', password: PASSWORD } })).status).toBe(401)
    expect((await client.post('/login', { json: { email: 'victim@example.com', password: PASSWORD } })).status).toBe(303)
  })

  it('lets nobody choose an id by registering', async () => {
    const store = memoryStore<User & { name?: string }>()
    const app = micro(import.meta, { mode: 'test', env: {} }).use(auth({ store }))
    app.post('/register', async (ctx) => ctx.auth.register((await ctx.readJson()) as never))
    stops.push(() => app.stop())
    const json = { email: 'new@example.com', password: PASSWORD, values: { id: 77, email: 'x@example.com', created: 0, name: 'Ada' } }
    const { user } = await (await app.client().post('/register', { json })).json()
    expect(user).toEqual({ id: 1, email: 'new@example.com', created: expect.any(Number), name: 'Ada' })
    expect(user.created).toBeGreaterThan(1_700_000_000)
  })

  it('says what is wrong with signing in something that is no account, or setting its password', async () => {
    const app = micro(import.meta, { mode: 'test', env: {} }).use(auth({ store: memoryStore() }))
    const errors: unknown[] = []
    app.post('/in', async (ctx) => {
      for (const what of [undefined, null, {}, { id: {} }, 7]) {
        await ctx.auth.login(what as never).catch((error: unknown) => errors.push(isMicroError(error) && error.code))
        await ctx.auth.setPassword(what as never, PASSWORD).catch((error: unknown) => errors.push(isMicroError(error) && error.code))
      }
      return 'in'
    })
    stops.push(() => app.stop())
    await app.client().post('/in')
    expect(errors).toEqual(Array(10).fill('MICRO_AUTH_USER_INVALID'))
  })

  it('refuses another site by a promise, never at once', async () => {
    const theAuth = auth({ store: memoryStore() })
    const app = micro(import.meta, { mode: 'test', env: {} }).use(theAuth)
    app.post('/', async (ctx) => {
      const refused = [ctx.auth.register({} as never), ctx.auth.signIn({} as never), ctx.auth.setPassword({} as never, '')]
      return (await Promise.allSettled(refused)).map(({ status }) => status)
    })
    const response = await app.client().post('/', { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(await response.json()).toEqual(['rejected', 'rejected', 'rejected'])
    await app.stop()
  })

  it('is one value for two apps that know nothing of each other', async () => {
    const theAuth = auth({ store: memoryStore() })
    const make = (cookieName: string) => {
      const app = micro(import.meta, { mode: 'test', env: {}, config: { auth: { cookieName } } }).use(theAuth)
      app.post('/in', async (ctx) => {
        await ctx.auth.login({ id: 1, email: 'a@example.com', created: 1 })
        return 'in'
      })
      return app
    }
    const [one, two] = [make('one'), make('two')]
    const names = [await one.client().post('/in'), await two.client().post('/in')].map(
      (response) => response.headers.get('set-cookie')?.split('=')[0],
    )
    expect(names).toEqual(['one', 'two'])
    await one.stop()
    expect((await two.client().post('/in')).status).toBe(200)
    await two.stop()
    expect(Object.isFrozen(theAuth)).toBe(true)
  })

  it('stands under another name with accounts, cookie and configuration of its own', async () => {
    const app = micro(import.meta, { mode: 'test', env: {} })
      .use(auth({ store: memoryStore() }))
      .use(auth({ store: memoryStore() }).as('staff'))
    app.post('/in', async (ctx) => {
      for (const [member, email] of [
        [ctx.auth, 'ada@example.com'],
        [ctx.staff, 'boss@example.com'],
      ] as const) {
        const result = await member.register({ email, password: PASSWORD })
        if (result.ok) {
          await member.login(result.user)
        }
      }
      return 'in'
    })
    app.get('/who', async (ctx) => ({ auth: (await ctx.auth.user())?.email, staff: (await ctx.staff.user())?.email }))
    stops.push(() => app.stop())
    const client = app.client()
    expect((await client.post('/in')).headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual(['auth', 'staff'])
    expect(await (await client.get('/who')).json()).toEqual({ auth: 'ada@example.com', staff: 'boss@example.com' })
  })

  it('refuses configuration it does not know', () => {
    const make = (config: object) => () =>
      micro(import.meta, { mode: 'test', env: {}, config: { auth: config } }).use(auth({ store: memoryStore() }))
    expect(make({ idleSecond: 7 })).toThrow(/idleSecond/)
    expect(make({ idleSeconds: 7 })).toThrow(/60/)
    expect(make({ loginPath: '//evil.example' })).toThrow(/loginPath/)
    expect(make({ baseUrl: 'https://example.com/app' })).toThrow(/baseUrl/)
    expect(make({ github: { clientId: 'x' } })).toThrow(/github/)
  })

  it.each(['https://x.com/', 'HTTPS://X.com', '*', 'x.com'])('refuses the trusted origin %s, which no browser ever sends', (origin) => {
    const make = (trustedOrigins: string[]) => () =>
      micro(import.meta, { mode: 'test', env: {}, config: { auth: { trustedOrigins } } }).use(auth({ store: memoryStore() }))
    expect(make(['https://x.com', origin])).toThrow(`'${origin}' is no origin`)
    expect(make(['https://x.com', 'http://localhost:8080'])).not.toThrow()
  })

  it.each<[names: string[]]>([[['secure']], [['work', 'work']], [['Work']], [['my-work']], [['__proto__']], [['']]])(
    'refuses providers named %j',
    (names) => {
      const make = () => auth({ store: memoryStore(), providers: names.map((name) => oidc({ name, issuer: 'https://id.example' })) })
      expect(make).toThrow(/provider name/)
    },
  )

  it('does not compile, or install, before the database it needs', () => {
    const app = micro(import.meta, { mode: 'test', env: {} })
    // @ts-expect-error 'auth' needs 'db': install it first with .use()
    expect(() => app.use(auth())).toThrow(/'auth' needs 'db'/)
  })
})

/** A store that runs something before each of its methods. */
function failing(store: AuthStore<User>, before: (name: string) => void): AuthStore<User> {
  return new Proxy(store, {
    get:
      (target, name) =>
      async (...args: unknown[]) => {
        before(String(name))
        return (Reflect.get(target, name) as (...args: unknown[]) => unknown).apply(target, args)
      },
  })
}

/** A store in which something may happen once before or after one of its methods, and the keys of the sessions that it has made. */
function interrupted(store: AuthStore<User>, method: keyof AuthStore<User>, when: 'before' | 'after') {
  let happens: (() => Promise<unknown>) | undefined
  const made: string[] = []
  const once = async (name: unknown, at: string) => {
    const run = name === method && at === when ? happens : undefined
    if (run !== undefined) {
      happens = undefined
      await run()
    }
  }
  const wrapped = new Proxy(store, {
    get:
      (target, name) =>
      async (...args: [{ readonly key: string }]) => {
        if (name === 'createSession') {
          made.push(args[0].key)
        }
        await once(name, 'before')
        const answer = await (Reflect.get(target, name) as (...args: unknown[]) => unknown).apply(target, args)
        await once(name, 'after')
        return answer
      },
  })
  return { store: wrapped, made, meanwhile: (run: () => Promise<unknown>) => (happens = run) }
}

/** The methods of a store, to spread. */
function bound(store: AuthStore<User>): AuthStore<User> {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(store)).filter((name) => name !== 'constructor')
  return Object.fromEntries(names.map((name) => [name, (Reflect.get(store, name) as (...args: never[]) => unknown).bind(store)])) as never
}

function outdatedHashOf(password: string): Promise<string> {
  return new PasswordHasher({ concurrency: 1, queueLimit: 1 }, () => keyDerivation([])).hash(password)
}

function hashOf(password: string): Promise<string> {
  return new PasswordHasher({ concurrency: 1, queueLimit: 1 }).hash(password)
}
