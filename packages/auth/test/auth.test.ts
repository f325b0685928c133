import { type Client, isMicroError, micro } from '@micro/core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type AuthStore, auth, memoryStore, type User } from '../src/index.ts'
import { keyDerivation } from '../src/key-derivation.ts'
import { PasswordHasher } from '../src/password-hasher.ts'
import { dbApp, memoryApp, type Running, type SignInAppOptions, throughFetch, throughSocket } from './sign-in-app.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const PASSWORD = 'correct horse battery staple'
const YEAR_2100 = 4_102_444_800

const WAYS: readonly [name: string, run: (options?: SignInAppOptions) => Promise<Running>][] = [
  ['a memory store through fetch', (options) => throughFetch(memoryApp(options))],
  ['a database through a socket', (options) => throughSocket(dbApp(options))],
]

/** Registers an account and signs it in. */
async function signedIn(running: Running, email: string): Promise<Client> {
  const client = running.client()
  await client.post('/register', { json: { email, password: PASSWORD } })
  expect((await client.post('/login', { json: { email, password: PASSWORD } })).status).toBe(303)
  return client
}

describe.each(WAYS)('auth with %s', (_, run) => {
  let running: Running
  let token: string

  beforeAll(async () => {
    running = await run()
    token = (await signedIn(running, 'cookie@example.com')).cookies.get('auth') ?? ''
  })

  afterAll(() => running.stop())

  it('registers, signs in and signs out', async () => {
    const client = running.client()
    expect((await client.get('/me')).status).toBe(401)
    const registered = await client.post('/register', { json: { email: ' Ada@Example.com ', password: PASSWORD } })
    expect(registered.status).toBe(201)
    expect(await registered.json()).toEqual({
      ok: true,
      user: { id: expect.any(Number), email: 'ada@example.com', created: expect.any(Number) },
    })
    expect((await client.get('/me')).status).toBe(401)
    const signedIn = await client.post('/login?next=/me', { json: { email: 'ADA@example.com', password: PASSWORD } })
    expect([signedIn.status, signedIn.headers.get('location'), signedIn.headers.get('cache-control')]).toEqual([303, '/me', 'no-store'])
    const me = await client.get('/me')
    expect([me.status, await me.json(), me.headers.get('vary')]).toEqual([200, { email: 'ada@example.com' }, 'Cookie'])
    expect((await client.post('/logout')).status).toBe(200)
    expect((await client.get('/me')).status).toBe(401)
  })

  it('says the same of a wrong password and of an unknown address', async () => {
    await signedIn(running, 'known@example.com')
    const wrong = await running.client().post('/login', { json: { email: 'known@example.com', password: 'wrong password' } })
    const unknown = await running.client().post('/login', { json: { email: 'unknown@example.com', password: 'wrong password' } })
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(await wrong.json()).toEqual(await unknown.json())
    expect(wrong.headers.get('set-cookie')).toBeNull()
  })

  it('makes no second account of an address', async () => {
    await signedIn(running, 'twice@example.com')
    const again = await running.client().post('/register', { json: { email: 'TWICE@example.com', password: PASSWORD } })
    expect([again.status, (await again.json()).code]).toEqual([409, 'taken'])
  })

  it.each<[what: string, body: unknown, fields: string[]]>([
    ['a query object for an address', { email: { $ne: 1 }, password: PASSWORD }, ['email']],
    ['a query object for a password', { email: 'a@example.com', password: { $ne: 1 } }, ['password']],
    ['lists', { email: ['a@example.com'], password: [PASSWORD] }, ['email', 'password']],
    ['numbers', { email: 1, password: 2 }, ['email', 'password']],
    ['nothing', {}, ['email', 'password']],
    ['no object', null, ['email', 'password']],
    ['a password of 900 kB', { email: 'a@example.com', password: 'p'.repeat(900_000) }, ['password']],
    ['an address of 900 kB', { email: `${'a'.repeat(900_000)}@example.com`, password: PASSWORD }, ['email']],
    ['no address', { email: 'a@b@example.com', password: PASSWORD }, ['email']],
  ])('answers 422 to %s, in signing in and registering', async (_what, json, fields) => {
    for (const path of ['/login', '/register']) {
      const response = await running.client().post(path, { json })
      const body = await response.json()
      expect([response.status, body.code, Object.keys(body.errors)]).toEqual([422, 'invalid', fields])
    }
  })

  it('answers 422 to a new password of seven characters, but not of eight', async () => {
    const short = await running.client().post('/register', { json: { email: 'short@example.com', password: 'ábcdefg' } })
    expect([short.status, Object.keys((await short.json()).errors)]).toEqual([422, ['password']])
    expect((await running.client().post('/register', { json: { email: 'short@example.com', password: 'ábcdefgh' } })).status).toBe(201)
  })

  it('takes a password for the same however its characters are composed', async () => {
    const client = running.client()
    await client.post('/register', { json: { email: 'nfc@example.com', password: 'Übergrößen'.normalize('NFD') } })
    expect((await client.post('/login', { json: { email: 'nfc@example.com', password: 'Übergrößen'.normalize('NFC') } })).status).toBe(303)
  })

  it('A-1: never adopts a cookie it did not make, and gives another one at each sign-in', async () => {
    const client = running.client()
    const planted = 'A'.repeat(43)
    client.cookies.set('auth', planted, client.history[0] ?? 'http://localhost/')
    await client.post('/register', { json: { email: 'fixed@example.com', password: PASSWORD } })
    const first = await client.post('/login', {
      json: { email: 'fixed@example.com', password: PASSWORD },
      headers: { cookie: `auth=${planted}` },
    })
    const token = tokenOf(first)
    expect(token).not.toBe(planted)
    expect((await client.get('/me', { headers: { cookie: `auth=${planted}` } })).status).toBe(401)
    const second = await client.post('/login', {
      json: { email: 'fixed@example.com', password: PASSWORD },
      headers: { cookie: `auth=${token}` },
    })
    expect(tokenOf(second)).not.toBe(token)
    expect((await client.get('/me', { headers: { cookie: `auth=${token}` } })).status).toBe(401)
    expect((await client.get('/me', { headers: { cookie: `auth=${tokenOf(second)}` } })).status).toBe(200)
  })

  it('A-2: a copied cookie is worth nothing after signing out', async () => {
    const client = await signedIn(running, 'copied@example.com')
    const cookie = `auth=${client.cookies.get('auth')}`
    expect((await running.client().get('/me', { headers: { cookie } })).status).toBe(200)
    await client.post('/logout')
    expect((await running.client().get('/me', { headers: { cookie } })).status).toBe(401)
  })

  it('A-2: signs out everywhere, of one account alone', async () => {
    const [one, other] = [await signedIn(running, 'everywhere@example.com'), await signedIn(running, 'elsewhere@example.com')]
    const second = running.client()
    await second.post('/login', { json: { email: 'everywhere@example.com', password: PASSWORD } })
    await one.post('/logout/everywhere')
    expect([(await one.get('/me')).status, (await second.get('/me')).status, (await other.get('/me')).status]).toEqual([401, 401, 200])
  })

  it.each<[what: string, cookie: (token: string) => string]>([
    ['empty', () => 'auth='],
    ['too short', (token) => `auth=${token.slice(1)}`],
    ['too long', (token) => `auth=${token}A`],
    ['of other characters', (token) => `auth=${token.slice(1)}%`],
    ['badly encoded', () => 'auth=%E0%A4%A'],
    ['seven kilobytes', () => `auth=${'A'.repeat(7000)}`],
    ['altered', (token) => `auth=${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`],
    ['sent twice', (token) => `auth=${'A'.repeat(43)}; auth=${token}`],
    ['sent twice alike', (token) => `auth=${token}; auth=${token}`],
    ['named like an inherited property', (token) => `__proto__=${token}; constructor=${token}`],
  ])('A-4: takes whoever has a cookie that is %s for anonymous', async (_what, cookie) => {
    const headers = { cookie: cookie(token) }
    expect((await running.client().get('/me', { headers })).status).toBe(401)
    expect(await (await running.client().get('/who', { headers })).json()).toEqual({ email: null })
    expect((await running.client().get('/me', { headers: { cookie: `auth=${token}` } })).status).toBe(200)
  })

  it.each<[what: string, headers: { [name: string]: string }, status: number]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a neighbour', { 'sec-fetch-site': 'same-site' }, 403],
    ['another origin, in a browser without Fetch Metadata', { origin: 'https://evil.example' }, 403],
    ['a sandboxed page', { origin: 'null' }, 403],
    ['this site', { 'sec-fetch-site': 'same-origin' }, 422],
    ['the address bar', { 'sec-fetch-site': 'none' }, 422],
    ['no browser', {}, 422],
  ])('A-24: answers requests to sign in or up that come from %s', async (_what, headers, status) => {
    for (const path of ['/login', '/register']) {
      expect((await running.client().post(path, { json: {}, headers })).status).toBe(status)
    }
  })

  it('A-24: signs nobody out for another site, or in a GET request', async () => {
    const client = await signedIn(running, 'stays@example.com')
    expect((await client.post('/logout', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
    expect((await client.get('/bye')).status).toBe(500)
    expect((await client.get('/me')).status).toBe(200)
  })
})

describe('auth', () => {
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

  it('hashes an outdated password anew when its owner signs in', async () => {
    const store = memoryStore()
    const old = await new PasswordHasher({ concurrency: 1, queueLimit: 1 }, () => keyDerivation([])).hash(PASSWORD)
    await store.createUser({ email: 'old@example.com', created: 1, values: {}, password: old })
    const client = (await running({ store })).client()
    expect((await client.post('/login', { json: { email: 'old@example.com', password: 'wrong password' } })).status).toBe(401)
    expect((await store.findAccount('old@example.com'))?.password).toBe(old)
    expect((await client.post('/login', { json: { email: 'old@example.com', password: PASSWORD } })).status).toBe(303)
    expect((await store.findAccount('old@example.com'))?.password).toMatch(/^\$argon2id\$/)
    expect((await client.post('/login', { json: { email: 'old@example.com', password: PASSWORD } })).status).toBe(303)
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

  it('says what is wrong with signing in something that is no account', async () => {
    const app = micro(import.meta, { mode: 'test', env: {} }).use(auth({ store: memoryStore() }))
    const errors: unknown[] = []
    app.post('/in', async (ctx) => {
      for (const what of [undefined, null, {}, { id: {} }, 7]) {
        await ctx.auth.login(what as never).catch((error: unknown) => errors.push(isMicroError(error) && error.code))
      }
      return 'in'
    })
    stops.push(() => app.stop())
    await app.client().post('/in')
    expect(errors).toEqual(Array(5).fill('MICRO_AUTH_USER_INVALID'))
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
    const app = micro(import.meta, { mode: 'test', env: {}, config: { staff: { cookieName: 'staff' } } })
      .use(auth({ store: memoryStore() }))
      .use(auth({ store: memoryStore() }).as('staff'))
    app.post('/in', async (ctx) => {
      const result = await ctx.staff.register({ email: 'boss@example.com', password: PASSWORD })
      if (result.ok) {
        await ctx.staff.login(result.user)
      }
      return { auth: await ctx.auth.user(), staff: (await ctx.staff.user())?.email }
    })
    stops.push(() => app.stop())
    const response = await app.client().post('/in')
    expect(await response.json()).toEqual({ auth: null, staff: 'boss@example.com' })
    expect(response.headers.getSetCookie()[0]).toMatch(/^staff=/)
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

/** The methods of a store, to spread. */
function bound(store: AuthStore<User>): AuthStore<User> {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(store)).filter((name) => name !== 'constructor')
  return Object.fromEntries(names.map((name) => [name, (Reflect.get(store, name) as (...args: never[]) => unknown).bind(store)])) as never
}

function hashOf(password: string): Promise<string> {
  return new PasswordHasher({ concurrency: 1, queueLimit: 1 }).hash(password)
}

function tokenOf(response: Response): string | undefined {
  return /^auth=([\w-]+);/.exec(response.headers.getSetCookie()[0] ?? '')?.[1]
}
