/** What the app's own columns refuse is no outage: the app learns which constraint it was. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isHttpError, micro } from '@micro/core'
import { db, violationOf } from '@micro/db'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeDatabase, noPostgres } from '../../db/test/postgres-server.ts'
import { failClosed } from '../src/fail-closed.ts'
import { type AuthStore, type AuthTables, auth, memoryStore, oauth2, type User } from '../src/index.ts'
import { dbApp, PASSWORD } from './sign-in-app.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

interface Account extends User {
  readonly username: string | null
}

interface Schema extends AuthTables {
  user: AuthTables['user'] & { username: string | null }
}

let provider: Server
let issuer: string

beforeAll(async () => {
  provider = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.url === '/token' ? { access_token: 'token', token_type: 'bearer' } : {}))
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
})

afterAll(async () => {
  provider.closeAllConnections()
  await new Promise((resolve) => provider.close(resolve))
})

/** An app whose accounts have a name that nobody else may have; whoever comes from the provider is called ada. */
async function started(url: string) {
  const plain = oauth2({
    name: 'plain',
    scope: 'profile',
    clientId: 'id',
    endpoints: { issuer, authorization: `${issuer}/authorize`, token: `${issuer}/token` },
    async profile(read) {
      await read(`${issuer}/me`)
      return { subject: '1', verifiedEmail: 'plain@example.com', name: 'ada', claims: {} }
    },
  })
  const theAuth = auth<Account>({
    providers: [plain],
    allowPrivateNetworks: true,
    accountFrom: ({ name }) => ({ username: name ?? null }),
  })
  const app = micro(import.meta, { mode: 'test', env: {}, config: { db: { url }, log: { level: 'silent' } } })
    .use(db<Schema>())
    .use(theAuth)
  app.onError(Error, (error, ctx) => ctx.json({ violation: violationOf(error) ?? null }, isHttpError(error) ? error.status : 409))
  app.post('/register', async (ctx) => {
    const { email, username } = (await ctx.readJson()) as { email: string; username: string }
    return ctx.auth.register({ email, password: PASSWORD, values: { username } })
  })
  await app.start()
  await app.db.migrate()
  await app.db.default.schema.alterTable('user').addColumn('username', 'text').execute()
  await app.db.default.schema.createIndex('user_username').on('user').column('username').unique().execute()
  return app
}

describe.each(['SQLite', 'PostgreSQL'])('a unique column on %s', (name) => {
  it('is for the app to tell of, in registering and in the first sign-in by a provider', async (context) => {
    context.skip(name === 'PostgreSQL' && noPostgres !== undefined, noPostgres)
    const { url, drop } = name === 'SQLite' ? { url: ':memory:', drop: async () => {} } : await makeDatabase()
    const app = await started(url)
    try {
      const browser = app.client({ redirects: false })
      const register = (email: string, username: string) => browser.post('/register', { json: { email, username } })
      expect((await register('ada@example.com', 'ada')).status).toBe(200)
      const again = await register('other@example.com', 'ada')
      expect([again.status, await again.json()]).toEqual([409, { violation: 'unique' }])
      const to = new URL((await browser.post('/auth/plain')).headers.get('location') ?? '')
      const back = await browser.get(`/auth/plain/callback?code=c&state=${to.searchParams.get('state')}`)
      expect([back.status, await back.json()]).toEqual([409, { violation: 'unique' }])
      expect((await register('other@example.com', 'bea')).status).toBe(200)
    } finally {
      await app.stop()
      await drop()
    }
  })
})

describe('failClosed', () => {
  const coded = (message: string, more: object) => Object.assign(new Error(message), more)
  const sqlite = (message: string, errcode: number) => coded(message, { code: 'ERR_SQLITE_ERROR', errcode })

  it.each<[what: string, error: unknown, passes: boolean]>([
    ['a unique column in SQLite', sqlite('UNIQUE', 2067), true],
    ['a foreign key in PostgreSQL', coded('fk', { code: '23503' }), true],
    ['an exclusion constraint in PostgreSQL', coded('exclusion', { code: '23P01' }), true],
    ['a database that is busy', sqlite('busy', 5), false],
    ['a mistake in SQL for SQLite', sqlite('near "selct": syntax error', 1), true],
    ['a mistake in SQL for PostgreSQL', coded('syntax error', { code: '42601' }), true],
    ['a table that this user may not read', coded('permission denied', { code: '42501' }), true],
    ['a parameter that no column holds', coded('no column', { code: 'MICRO_DB_BIND', [Symbol.for('micro.error')]: true }), true],
    ['a database that is closed', coded('closed', { code: 'MICRO_DB_NOT_OPEN', [Symbol.for('micro.error')]: true }), false],
    ['a database that cannot be opened', coded('closed', { code: 'MICRO_DB_OPEN', [Symbol.for('micro.error')]: true }), false],
    ['a service that does not answer', new TypeError('fetch failed'), false],
    ['a connection that was refused', coded('refused', { code: 'ECONNREFUSED' }), false],
    ['a number', 23_505, false],
  ])('A-6: takes %s for what it is', async (_what, error, passes) => {
    const broken: AuthStore<User> = { ...memoryStore(), findIdentity: () => Promise.reject(error) }
    const thrown = await failClosed(() => broken)
      .findIdentity({ issuer, subject: '1' })
      .catch((reason: unknown) => reason)
    expect(passes ? thrown === error : isHttpError(thrown) && thrown.status === 503).toBe(true)
  })

  it.each<[what: string, error: Error]>([
    ['a table in SQLite', sqlite('no such table: user', 1)],
    ['a column in SQLite', sqlite('table user has no column named nope', 1)],
    ['another column in SQLite', sqlite('no such column: nope', 1)],
    ['a table in PostgreSQL', coded('relation "user" does not exist', { code: '42P01' })],
    ['a column in PostgreSQL', coded('column "nope" does not exist', { code: '42703' })],
  ])('says what to do where %s is missing', async (_what, error) => {
    const broken: AuthStore<User> = { ...memoryStore(), findAccount: () => Promise.reject(error) }
    const failed = failClosed(() => broken).findAccount('ada@example.com')
    await expect(failed).rejects.toMatchObject({ code: 'MICRO_AUTH_TABLES', cause: error })
    await expect(failed).rejects.toThrow(/micro db migrate/)
    await expect(failed).rejects.toThrow(error.message)
  })

  it.each([
    ['a table of it', 'no such table: auth_password', {}],
    ['a column of the app’s own', 'no column named nope', { values: { nope: 1 } }],
  ])('refuses with 500 where a database lacks %s', async (what, reason, more) => {
    const app = dbApp()
    app.onError(Error, (error, ctx) => ctx.json({ message: error.message }, isHttpError(error) ? error.status : 500))
    await app.start()
    if (what === 'a table of it') {
      await app.db.default.schema.dropTable('auth_password').execute()
    }
    const reply = await app.client().post('/register', { json: { email: 'ada@example.com', password: PASSWORD, ...more } })
    expect([reply.status, reply.headers.get('retry-after'), (await reply.json()).message]).toEqual([
      500,
      null,
      expect.stringContaining(reason),
    ])
    await app.stop()
  })
})
