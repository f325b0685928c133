import { micro } from '@micro/core'
import { db } from '@micro/db'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeDatabase, noPostgres } from '../../db/test/postgres-server.ts'
import { tableNames } from '../src/auth-tables.ts'
import { DbStore } from '../src/db-store.ts'
import { type AuthStore, type AuthTables, auth, memoryStore, type User } from '../src/index.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

interface Person extends User {
  readonly name: string | null
}

interface Schema extends AuthTables {
  user: AuthTables['user'] & { name: string | null }
}

/** An app with a database, migrated, with a column of its own in the table `user`. */
async function started(url: string) {
  const app = micro(import.meta, { mode: 'test', config: { db: { url }, log: { level: 'silent' } }, env: {} })
    .use(db<Schema>())
    .use(auth<Person>())
  await app.start()
  await app.db.migrate()
  await app.db.default.schema.alterTable('user').addColumn('name', 'text').execute()
  return app
}

const stops: (() => Promise<unknown>)[] = []

const STORES: readonly [name: string, make: () => Promise<AuthStore<Person>>][] = [
  ['memoryStore', async () => memoryStore<Person>()],
  [
    'DbStore on SQLite',
    async () => {
      const app = await started(':memory:')
      stops.push(() => app.stop())
      return new DbStore<Person>(app.db.default, tableNames('auth'))
    },
  ],
  [
    'DbStore on PostgreSQL',
    async () => {
      const { url, drop } = await makeDatabase()
      const app = await started(url)
      stops.push(async () => {
        await app.stop()
        await drop()
      })
      return new DbStore<Person>(app.db.default, tableNames('auth'))
    },
  ],
]

afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()))
})

describe.each(STORES)('%s', (name, make) => {
  let store: AuthStore<Person>
  const missing = name.includes('PostgreSQL') ? noPostgres : undefined

  beforeAll(async () => {
    if (missing === undefined) {
      store = await make()
    }
  })
  beforeEach((context) => context.skip(missing !== undefined, missing))

  /** Makes an account of its own for one test. */
  async function person(
    email: string,
    more: { password?: string; identity?: { issuer: string; subject: string } } = { password: 'hash' },
  ): Promise<Person> {
    const user = await store.createUser({ email, created: 1000, values: { name: 'Ada' }, ...more })
    expect(user).toBeDefined()
    return user as Person
  }

  it('makes an account and finds it by its address, with the app’s own columns and without its password', async () => {
    const user = await person('find@example.com')
    expect(user).toEqual({ id: expect.any(Number), email: 'find@example.com', created: 1000, name: 'Ada' })
    expect(await store.findAccount('find@example.com')).toEqual({ user, password: 'hash' })
    expect(await store.findAccount('FIND@example.com')).toBeUndefined()
  })

  it('makes one account of an address, also of fifty at the same time', async () => {
    const made = await Promise.all(
      Array.from({ length: 50 }, () => store.createUser({ email: 'once@example.com', created: 1, values: {}, password: 'hash' })),
    )
    expect(made.filter((user) => user !== undefined)).toHaveLength(1)
  })

  it('makes no account, and none by halves, of an identity that is taken', async () => {
    const identity = { issuer: 'https://id.example', subject: 'taken' }
    const user = await person('first@example.com', { identity })
    expect(await store.findAccount('first@example.com')).toEqual({ user, password: undefined })
    expect(await store.createUser({ email: 'second@example.com', created: 1, values: {}, identity })).toBeUndefined()
    expect(await store.findAccount('second@example.com')).toBeUndefined()
  })

  it('tells identities apart by issuer and subject together', async () => {
    const user = await person('identity@example.com', { identity: { issuer: 'https://a.example', subject: '1' } })
    expect(await store.findIdentity({ issuer: 'https://a.example', subject: '1' })).toEqual(user)
    expect(await store.findIdentity({ issuer: 'https://b.example', subject: '1' })).toBeUndefined()
    expect(await store.findIdentity({ issuer: 'https://a.example', subject: '2' })).toBeUndefined()
    expect(await store.addIdentity(user.id, { issuer: 'https://b.example', subject: '1' })).toBe(true)
    expect(await store.findIdentity({ issuer: 'https://b.example', subject: '1' })).toEqual(user)
    const other = await person('other@example.com')
    expect(await store.addIdentity(other.id, { issuer: 'https://b.example', subject: '1' })).toBe(false)
  })

  it('replaces a password only where it is still the one that was read', async () => {
    const user = await person('replace@example.com')
    await store.replacePassword(user.id, 'other', 'new')
    expect((await store.findAccount('replace@example.com'))?.password).toBe('hash')
    await store.replacePassword(user.id, 'hash', 'new')
    expect((await store.findAccount('replace@example.com'))?.password).toBe('new')
  })

  it('sets a password, whether or not there is one', async () => {
    const bare = await person('bare@example.com', { identity: { issuer: 'https://id.example', subject: 'bare' } })
    const other = await person('kept@example.com')
    for (const password of ['first', 'second']) {
      await store.setPassword(bare.id, password)
      expect((await store.findAccount('bare@example.com'))?.password).toBe(password)
    }
    expect(await store.findAccount('kept@example.com')).toEqual({ user: other, password: 'hash' })
  })

  it('keeps sessions by key', async () => {
    const user = await person('session@example.com')
    const session = { key: 'k1', owner: user.id, created: 10, seen: 20, expires: 4_000_000_000 }
    await store.createSession(session)
    expect(await store.findSession('k1')).toEqual({ session, user })
    await store.touchSession('k1', 30, 4_000_000_010)
    expect((await store.findSession('k1'))?.session).toEqual({ ...session, seen: 30, expires: 4_000_000_010 })
    await store.deleteSession('k1')
    expect(await store.findSession('k1')).toBeUndefined()
    await store.touchSession('k1', 40, 4_000_000_020)
    expect(await store.findSession('k1')).toBeUndefined()
  })

  it('ends all sessions of an account, and of no other', async () => {
    const [one, two] = [await person('one@example.com'), await person('two@example.com')]
    for (const [key, owner] of [
      ['a', one.id],
      ['b', one.id],
      ['c', two.id],
    ] as const) {
      await store.createSession({ key, owner, created: 1, seen: 1, expires: 4_000_000_000 })
    }
    await store.deleteSessionsOf(one.id)
    expect([await store.findSession('a'), await store.findSession('b')]).toEqual([undefined, undefined])
    expect((await store.findSession('c'))?.user.id).toBe(two.id)
  })

  it('gives a ticket to one of fifty that ask at the same time, and to nobody afterwards', async () => {
    await store.createTicket('t', 'value', 100)
    const taken = await Promise.all(Array.from({ length: 50 }, () => store.takeTicket('t', 50)))
    expect(taken.filter((value) => value !== undefined)).toEqual(['value'])
    expect(await store.takeTicket('t', 50)).toBeUndefined()
  })

  it('gives no ticket that has ended', async () => {
    await store.createTicket('late', 'value', 100)
    expect(await store.takeTicket('late', 100)).toBeUndefined()
  })

  it('deletes what has ended, and nothing else', async () => {
    const user = await person('expired@example.com')
    await store.createSession({ key: 'old', owner: user.id, created: 1, seen: 1, expires: 500 })
    await store.createSession({ key: 'young', owner: user.id, created: 1, seen: 1, expires: 501 })
    await store.createTicket('old', 'value', 500)
    await store.createTicket('young', 'value', 501)
    await store.deleteExpired(500)
    expect(await store.findSession('old')).toBeUndefined()
    expect(await store.findSession('young')).toBeDefined()
    expect([await store.takeTicket('old', 1), await store.takeTicket('young', 1)]).toEqual([undefined, 'value'])
  })
})
