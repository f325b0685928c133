import { type Client, micro } from '@micro/core'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { auth, memoryStore, type User } from '../src/index.ts'
import { memoryApp, type Running, throughFetch, throughSocket } from './sign-in-app.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const CREDENTIALS = { email: 'ada@example.com', password: 'correct horse battery staple' }
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe.each([
  ['fetch', () => throughFetch(memoryApp())],
  ['a socket', () => throughSocket(memoryApp())],
] as const)('loginRequired through %s', (_, run) => {
  let running: Running
  let client: Client

  beforeAll(async () => {
    running = await run()
    client = running.client()
    await client.post('/register', { json: CREDENTIALS })
  })

  afterAll(() => running.stop())

  it('sends browsers to the sign-in page, and back to where they were', async () => {
    const refused = await client.get('/me?tab=a%20b&x=1', { headers: HTML })
    expect([refused.status, refused.headers.get('location')]).toEqual([302, '/login?next=%2Fme%3Ftab%3Da%2520b%26x%3D1'])
    const signedIn = await client.post(refused.headers.get('location') ?? '', { json: CREDENTIALS })
    expect(signedIn.headers.get('location')).toBe('/me?tab=a%20b&x=1')
    const me = await client.get('/me?tab=a%20b&x=1', { headers: HTML })
    expect([me.status, await me.json(), me.headers.get('cache-control')]).toEqual([200, { email: 'ada@example.com' }, 'private, no-cache'])
  })

  it('sends a browser that posts to the sign-in page, and does not ask it to come back', async () => {
    const refused = await running.client().post('/me', { headers: HTML })
    expect([refused.status, refused.headers.get('location')]).toEqual([303, '/login'])
  })

  it.each([{ accept: 'application/json' }, { accept: '*/*' }, {}])('answers 401 to a program (%j)', async (headers) => {
    const refused = await running.client().get('/me', { headers: headers as { [name: string]: string } })
    expect([refused.status, refused.headers.get('location')]).toEqual([401, null])
    expect(refused.headers.get('www-authenticate')).toBe('Session realm="sign-in-app"')
  })

  it.each([
    ['TEXT/HTML', 302],
    ['text/html, application/json', 302],
    ['text/html;q=0, application/json', 401],
    ['application/json, text/html;q=0.5', 401],
    ['text/plain', 401],
  ])('answers what the client likes best (%s: %d), and says to caches that it may be another', async (accept, status) => {
    const refused = await running.client().get('/me', { headers: { accept } })
    expect([refused.status, refused.headers.get('vary')?.split(/, ?/)]).toEqual([status, expect.arrayContaining(['Accept', 'Cookie'])])
  })

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/%2Fevil.example', '\t//evil.example', ''])(
    'F-14: does not come back to %j',
    async (next) => {
      const page = await client.get('/next', { query: { next } })
      expect(await page.json()).toEqual({ next: '/fallback' })
      const signedIn = await client.post(`/login?next=${encodeURIComponent(next)}`, { json: CREDENTIALS })
      expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, '/'])
    },
  )
})

describe('loginRequired', () => {
  it('gives the application’s own type of account to the handler', async () => {
    interface Person extends User {
      readonly name?: string
    }
    const theAuth = auth<Person>({ store: memoryStore<Person>(), loginPath: '/enter?from=app' })
    const app = micro(import.meta, { mode: 'test', env: {} }).use(theAuth)
    app.get('/', [theAuth.loginRequired], (ctx) => {
      expectTypeOf(ctx.user).toEqualTypeOf<Person>()
      return { name: ctx.user.name ?? 'nobody' }
    })
    const client = app.client({ redirects: false })
    expect((await client.get('/', { headers: HTML })).headers.get('location')).toBe('/enter?from=app&next=%2F')
    await app.stop()
  })

  it.each([
    ['notes', 'notes'],
    ['a "b" \\c', 'a \\"b\\" \\\\c'],
    ['Café ☕', 'Caf? ?'],
  ])('names the app %s as the realm', async (name, realm) => {
    const theAuth = auth({ store: memoryStore() })
    const app = micro(import.meta, { mode: 'test', env: {}, name }).use(theAuth)
    app.get('/', [theAuth.loginRequired], () => 'in')
    expect((await app.client().get('/')).headers.get('www-authenticate')).toBe(`Session realm="${realm}"`)
    await app.stop()
  })

  it('finds its member under another name', async () => {
    const staff = auth({ store: memoryStore() }).as('staff')
    const app = micro(import.meta, { mode: 'test', env: {} }).use(staff)
    app.get('/', [staff.loginRequired], (ctx) => ({ id: ctx.user.id }))
    expect((await app.client().get('/')).status).toBe(401)
    await app.stop()
  })
})
