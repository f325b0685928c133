import type { Client } from '@micro/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { oidc } from '../src/index.ts'
import { keyOf } from '../src/secret-token.ts'
import { walk } from './open-id-provider.ts'
import { ProviderSite, plain } from './provider-site.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

let site: ProviderSite

beforeAll(async () => {
  site = await ProviderSite.start((issuer) => [
    oidc({ name: 'work', label: 'Work', issuer }),
    plain(issuer),
    oidc({ name: 'absent', issuer: 'https://absent.example' }),
  ])
})

afterAll(() => site.stop())

beforeEach(() => site.idp.behave())

describe.each(['work', 'plain'])('signing in at a provider (%s)', (provider) => {
  const prefix = provider === 'plain' ? 'plain-' : ''

  it('goes there with PKCE, comes back with a code, and signs a new account in', async () => {
    const browser = site.running.client()
    const to = new URL(await site.begin(browser, provider, '?next=/who'))
    expect(to.origin + to.pathname).toBe(`${site.idp.issuer}/auth`)
    expect(Object.fromEntries(to.searchParams)).toEqual({
      client_id: 'notes',
      response_type: 'code',
      redirect_uri: `${site.base}/auth/${provider}/callback`,
      scope: 'openid email profile',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      ...(provider === 'work' ? { nonce: expect.stringMatching(/^[\w-]{43}$/) } : {}),
    })
    const back = await walk(browser, to.href, `${provider}-new`, site.idp.issuer)
    const response = await browser.get(back)
    expect([response.status, response.headers.get('location'), response.headers.get('referrer-policy')]).toEqual([
      303,
      '/who',
      'no-referrer',
    ])
    expect(await site.who(browser)).toBe(`${prefix}${provider}-new@example.com`)
    const { body } = site.idp.requests.find(({ path }) => path === '/token') ?? { body: '' }
    expect(keyOf(new URLSearchParams(body).get('code_verifier') ?? '')).toBe(to.searchParams.get('code_challenge'))
  })

  it('knows who comes a second time', async () => {
    const one = site.running.client()
    await site.signIn(one, provider, `${provider}-twice`)
    const other = site.running.client()
    await site.signIn(other, provider, `${provider}-twice`)
    expect(await site.who(other)).toBe(await site.who(one))
  })

  it.each<[what: string, change: (parameters: URLSearchParams, state: string) => void]>([
    ['missing', (parameters) => parameters.delete('state')],
    ['empty', (parameters) => parameters.set('state', '')],
    ['another one', (parameters) => parameters.set('state', 'A'.repeat(43))],
    ['altered at its end', (parameters, state) => parameters.set('state', `${state.slice(0, -1)}${state.endsWith('A') ? 'B' : 'A'}`)],
    ['given twice', (parameters, state) => parameters.append('state', state)],
    ['given a second time', (parameters) => parameters.append('state', 'A'.repeat(43))],
  ])('A-15: refuses a state that is %s', async (_what, change) => {
    const browser = site.running.client()
    const back = new URL(await walk(browser, await site.begin(browser, provider), `${provider}-state`, site.idp.issuer))
    change(back.searchParams, back.searchParams.get('state') ?? '')
    await refused(browser, back.href)
  })

  it('A-15: refuses a state in another browser than the one that began', async () => {
    const browser = site.running.client()
    const back = await walk(browser, await site.begin(browser, provider), `${provider}-state`, site.idp.issuer)
    await refused(site.running.client(), back)
  })

  it('A-15: refuses the state of another provider', async () => {
    const browser = site.running.client()
    const back = await walk(browser, await site.begin(browser, provider), `${provider}-state`, site.idp.issuer)
    await refused(browser, back.replace(`/auth/${provider}/`, provider === 'work' ? '/auth/plain/' : '/auth/work/'))
  })

  it('A-15: refuses a state that another browser began, planted together with its code', async () => {
    const [attacker, victim] = [site.running.client(), site.running.client()]
    const back = await walk(attacker, await site.begin(attacker, provider), `${provider}-attacker`, site.idp.issuer)
    await site.begin(victim, provider)
    expect((await victim.get(back)).status).toBe(400)
    expect(await site.who(victim)).toBeNull()
  })

  it('A-13: accepts one of twenty that come back at the same time, and none afterwards', async () => {
    const browser = site.running.client()
    const back = await walk(browser, await site.begin(browser, provider), `${provider}-reused`, site.idp.issuer)
    const cookie = browser.cookies.header(new URL(back))
    const responses = await Promise.all(Array.from({ length: 20 }, () => site.running.client().get(back, { headers: { cookie } })))
    expect(responses.map(({ status }) => status).sort()).toEqual([303, ...Array(19).fill(400)])
    expect((await site.running.client().get(back, { headers: { cookie } })).status).toBe(400)
  })

  it('A-15: refuses to finish after ten minutes', async () => {
    const browser = site.running.client()
    const back = await walk(browser, await site.begin(browser, provider), `${provider}-late`, site.idp.issuer)
    const cookie = browser.cookies.header(new URL(back))
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 })
    try {
      expect((await site.running.client().get(back, { headers: { cookie } })).status).toBe(400)
    } finally {
      vi.useRealTimers()
    }
  })

  it('lets two tabs of a browser sign in side by side', async () => {
    const browser = site.running.client()
    const [first, second] = [await site.begin(browser, provider), await site.begin(browser, provider)]
    const back = await walk(browser, first, `${provider}-tabs`, site.idp.issuer)
    const again = await walk(browser, second, `${provider}-tabs`, site.idp.issuer)
    expect([(await browser.get(again)).status, (await browser.get(back)).status]).toEqual([303, 303])
  })

  it('A-24: begins in a POST request from this site alone', async () => {
    expect((await site.running.client().get(`/auth/${provider}`)).status).toBe(405)
    expect((await site.running.client().post(`/auth/${provider}`, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
    expect((await site.running.client().post(`/auth/${provider}`, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
  })

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)'])(
    'A-25: comes back to / and not to %s',
    async (next) => {
      const response = await site.signIn(site.running.client(), provider, `${provider}-next`, `?next=${encodeURIComponent(next)}`)
      expect(response.headers.get('location')).toBe('/')
    },
  )

  it('goes back to the sign-in page when somebody cancels', async () => {
    const browser = site.running.client()
    const to = new URL(await site.begin(browser, provider))
    const back = `${site.base}/auth/${provider}/callback?error=access_denied&state=${to.searchParams.get('state')}`
    const response = await browser.get(back)
    expect([response.status, response.headers.get('location')]).toEqual([303, '/login'])
    expect((await browser.get(back)).status).toBe(400)
  })

  it('A-1: gives a new session, and ends the one there was', async () => {
    const browser = site.running.client()
    await site.signIn(browser, provider, `${provider}-first`)
    const before = browser.cookies.get('auth')
    await site.signIn(browser, provider, `${provider}-first`)
    expect(browser.cookies.get('auth')).not.toBe(before)
    expect((await site.running.client().get('/me', { headers: { cookie: `auth=${before}` } })).status).toBe(401)
  })

  it('leaves no cookie of the flow behind', async () => {
    const browser = site.running.client()
    await site.signIn(browser, provider, `${provider}-tidy`)
    expect(Object.keys(browser.cookies.all()).filter((name) => name.startsWith('auth'))).toEqual(['auth'])
  })
})

describe('accounts of providers', () => {
  it('offers those alone that have a client id; the others are not there', async () => {
    const { providers: offered } = await (await site.running.client().get('/providers')).json()
    expect(offered).toEqual([
      { name: 'work', label: 'Work', path: '/auth/work' },
      { name: 'plain', label: 'plain', path: '/auth/plain' },
    ])
    expect((await site.running.client().post('/auth/absent')).status).toBe(404)
    expect((await site.running.client().get('/auth/absent/callback')).status).toBe(404)
  })

  it('A-21: never signs in to an account that has the address, verified there or not', async () => {
    const json = { email: 'victim@example.com', password: 'correct horse battery staple' }
    await site.running.client().post('/register', { json })
    const browser = site.running.client()
    const response = await site.signIn(browser, 'work', 'victim')
    expect([response.status, response.headers.get('location')]).toEqual([303, '/login'])
    expect(await site.who(browser)).toBeNull()
  })

  it('A-21: makes no account of an address that the provider has not verified', async () => {
    const browser = site.running.client()
    expect((await site.signIn(browser, 'work', 'unverified-eve')).headers.get('location')).toBe('/login')
    expect(await site.who(browser)).toBeNull()
  })

  it('A-21: knows people by subject, also after their address has changed to that of somebody else', async () => {
    const [ada, bob] = [site.running.client(), site.running.client()]
    await site.signIn(ada, 'work', 'ada')
    await site.signIn(bob, 'work', 'bob')
    site.idp.tamper('/me', (answer) => ({
      ...answer,
      body: JSON.stringify({ ...JSON.parse(String(answer.body)), email: 'bob@example.com' }),
    }))
    const again = site.running.client()
    await site.signIn(again, 'work', 'ada')
    expect(await site.who(again)).toBe('ada@example.com')
  })

  it('A-21: connects a provider to an account that has just signed in, and to no other', async () => {
    const json = { email: 'linker@example.com', password: 'correct horse battery staple' }
    const browser = site.running.client()
    await browser.post('/register', { json })
    await browser.post('/login', { json })
    expect((await site.signIn(browser, 'work', 'linked', '?link=yes&next=/who')).headers.get('location')).toBe('/who')
    const other = site.running.client()
    await site.signIn(other, 'work', 'linked')
    expect(await site.who(other)).toBe('linker@example.com')

    const thief = site.running.client()
    await thief.post('/register', { json: { ...json, email: 'thief@example.com' } })
    await thief.post('/login', { json: { ...json, email: 'thief@example.com' } })
    expect((await site.signIn(thief, 'work', 'linked', '?link=yes')).status).toBe(409)
    expect(await site.who(thief)).toBe('thief@example.com')
  })

  it('goes back to where connecting began when somebody cancels it', async () => {
    const browser = site.running.client()
    await site.signIn(browser, 'work', 'hesitant')
    const to = new URL(await site.begin(browser, 'plain', '?link=yes&next=/me'))
    const response = await browser.get(`/auth/plain/callback?error=access_denied&state=${to.searchParams.get('state')}`)
    expect([response.status, response.headers.get('location')]).toEqual([303, '/me'])
    expect(await site.who(browser)).toBe('hesitant@example.com')
  })

  it('A-22: connects nothing for who has not signed in, or not lately, or has changed accounts meanwhile', async () => {
    const nobody = await site.running.client().post('/auth/work?link=yes')
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Session realm="/)])
    const browser = site.running.client()
    await site.signIn(browser, 'work', 'stale')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 })
    try {
      const cookie = `auth=${browser.cookies.get('auth')}`
      expect((await site.running.client().post('/auth/work?link=yes', { headers: { cookie } })).status).toBe(403)
    } finally {
      vi.useRealTimers()
    }
    const back = await walk(browser, await site.begin(browser, 'work', '?link=yes'), 'another', site.idp.issuer)
    await site.signIn(browser, 'plain', 'switched')
    expect((await browser.get(back)).status).toBe(400)
  })
})

/** A callback is answered 400, signs nobody in, and asks the provider for nothing. */
async function refused(browser: Client, back: string): Promise<void> {
  site.idp.requests.length = 0
  const response = await browser.get(back)
  expect(response.status).toBe(400)
  expect(response.headers.getSetCookie().filter((cookie) => cookie.startsWith('auth='))).toEqual([])
  expect(site.idp.requests).toEqual([])
  expect(await site.who(browser)).toBeNull()
}
