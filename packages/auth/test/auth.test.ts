import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { dbApp, memoryApp, PASSWORD, type Running, type SignInAppOptions, signedIn, throughFetch, throughSocket } from './sign-in-app.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const WAYS: readonly [name: string, run: (options?: SignInAppOptions) => Promise<Running>][] = [
  ['a memory store through fetch', (options) => throughFetch(memoryApp(options))],
  ['a database through a socket', (options) => throughSocket(dbApp(options))],
]

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
    client.cookies.set('auth', planted)
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

  it('A-2: a new password ends all sessions of its account, and gives a fresh one to who set it', async () => {
    const email = 'renewed@example.com'
    const [one, other] = [await signedIn(running, email), await signedIn(running, 'untouched@example.com')]
    const second = running.client()
    await second.post('/login', { json: { email, password: PASSWORD } })
    const copied = `auth=${one.cookies.get('auth')}`
    const response = await one.post('/password', { json: { password: 'another battery staple' } })
    expect([response.status, await response.json()]).toEqual([200, { ok: true, user: expect.objectContaining({ email }) }])
    expect([(await one.get('/me')).status, (await second.get('/me')).status, (await other.get('/me')).status]).toEqual([200, 401, 200])
    expect((await running.client().get('/me', { headers: { cookie: copied } })).status).toBe(401)
    expect((await second.post('/login', { json: { email, password: PASSWORD } })).status).toBe(401)
    expect((await second.post('/login', { json: { email, password: 'another battery staple' } })).status).toBe(303)
  })

  it('A-2: a new password for another account than one’s own signs nobody in to it', async () => {
    const email = 'forgetful@example.com'
    const { user } = await (await running.client().post('/register', { json: { email, password: PASSWORD } })).json()
    for (const [number, caller] of [running.client(), await signedIn(running, 'admin@example.com')].entries()) {
      const thief = running.client()
      await thief.post('/login', { json: { email, password: number === 0 ? PASSWORD : 'new password 0' } })
      const before = await (await caller.get('/who')).json()
      expect((await caller.post('/password', { json: { user, password: `new password ${number}` } })).status).toBe(200)
      expect((await thief.get('/me')).status).toBe(401)
      expect(await (await caller.get('/who')).json()).toEqual(before)
    }
    expect((await running.client().post('/login', { json: { email, password: 'new password 1' } })).status).toBe(303)
  })

  it('A-9: refuses a new password that cannot be one, as registering does, and changes nothing', async () => {
    const client = await signedIn(running, 'picky@example.com')
    for (const password of ['ábcdefg', 'p'.repeat(1025), '', null, { $ne: 1 }]) {
      const response = await client.post('/password', { json: { password } })
      const { code, errors } = await response.json()
      expect([response.status, code, Object.keys(errors)]).toEqual([422, 'invalid', ['password']])
    }
    expect((await client.get('/me')).status).toBe(200)
    expect((await client.post('/login', { json: { email: 'picky@example.com', password: PASSWORD } })).status).toBe(303)
  })

  it('A-13: leaves one password of twenty that are set at the same time', async () => {
    const email = 'undecided@example.com'
    const client = await signedIn(running, email)
    const headers = { cookie: `auth=${client.cookies.get('auth')}` }
    const passwords = Array.from({ length: 20 }, (_, number) => `new password ${number}`)
    await Promise.all(passwords.map((password) => running.client().post('/password', { json: { password }, headers })))
    const statuses = await Promise.all(
      [PASSWORD, ...passwords].map(async (password) => (await running.client().post('/login', { json: { email, password } })).status),
    )
    expect(statuses.filter((status) => status === 303)).toHaveLength(1)
    expect((await running.client().get('/me', { headers })).status).toBe(401)
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

  it('A-24: sets no password for another site', async () => {
    const client = await signedIn(running, 'guarded@example.com')
    const json = { password: 'another battery staple' }
    expect((await client.post('/password', { json, headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
    expect((await client.post('/login', { json: { email: 'guarded@example.com', password: PASSWORD } })).status).toBe(303)
  })

  it('A-24: signs nobody out for another site, or in a GET request', async () => {
    const client = await signedIn(running, 'stays@example.com')
    expect((await client.post('/logout', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
    expect((await client.get('/bye')).status).toBe(500)
    expect((await client.get('/me')).status).toBe(200)
  })
})

function tokenOf(response: Response): string | undefined {
  return /^auth=([\w-]+);/.exec(response.headers.getSetCookie()[0] ?? '')?.[1]
}
