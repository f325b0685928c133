/** The contract of auth stores: what `auth({ store })` takes. */
import assert from 'node:assert/strict'
import type { AuthStore, StoredSession, User } from '@micro/auth'
import { type ContractRule, type ContractSubject, testContract } from './contract.ts'
import type { TestFunction } from './running-test.ts'

type Store = AuthStore<User>

const NOW = 1_800_000_000
const ADA = { email: 'ada@example.com', created: NOW, values: {} } as const
const GITHUB = { issuer: 'https://github.com', subject: '1' } as const

const RULES: readonly ContractRule<Store>[] = [
  {
    title: 'an account is found by its address, with the hash of its password',
    async check(store) {
      const user = await store.createUser({ ...ADA, password: '$one' })
      assert.ok(user)
      assert.equal(user.email, ADA.email)
      const found = await store.findAccount(ADA.email)
      assert.equal(found?.user.id, user.id)
      assert.equal(found?.password, '$one')
      assert.equal(await store.findAccount('nobody@example.com'), undefined)
    },
  },
  {
    title: 'an address is taken once, however many ask at the same time',
    async check(store) {
      const made = await Promise.all(Array.from({ length: 5 }, () => store.createUser({ ...ADA, password: '$x' })))
      assert.equal(made.filter((user) => user !== undefined).length, 1)
      assert.equal(await store.createUser({ ...ADA, password: '$y' }), undefined)
    },
  },
  {
    title: 'an account is made all or nothing: with an identity that is taken there is none',
    async check(store) {
      assert.ok(await store.createUser({ ...ADA, identity: GITHUB }))
      assert.equal(await store.createUser({ ...ADA, email: 'bea@example.com', identity: GITHUB }), undefined)
      assert.equal(await store.findAccount('bea@example.com'), undefined)
    },
  },
  {
    title: 'people are told apart by issuer and subject together',
    async check(store) {
      const user = await store.createUser({ ...ADA, identity: GITHUB })
      assert.equal((await store.findIdentity(GITHUB))?.id, user?.id)
      assert.equal(await store.findIdentity({ ...GITHUB, subject: '2' }), undefined)
      assert.equal(await store.findIdentity({ ...GITHUB, issuer: 'https://gitlab.com' }), undefined)
    },
  },
  {
    title: 'an identity is added once',
    async check(store) {
      const ada = await made(store)
      const bea = await made(store, 'bea@example.com')
      assert.equal(await store.addIdentity(ada.id, GITHUB), true)
      assert.equal(await store.addIdentity(bea.id, GITHUB), false)
      assert.equal((await store.findIdentity(GITHUB))?.id, ada.id)
    },
  },
  {
    title: 'a password is replaced only where the one before is still there',
    async check(store) {
      const { id } = await made(store)
      await store.replacePassword(id, '$one', '$two')
      await store.replacePassword(id, '$one', '$three')
      assert.equal((await store.findAccount(ADA.email))?.password, '$two')
    },
  },
  {
    title: 'a password is set whether or not there was one, of one account alone',
    async check(store) {
      const ada = await store.createUser({ ...ADA, identity: GITHUB })
      assert.ok(ada)
      const bea = await made(store, 'bea@example.com')
      await store.setPassword(ada.id, '$two')
      assert.equal((await store.findAccount(ADA.email))?.password, '$two')
      await store.setPassword(ada.id, '$three')
      assert.equal((await store.findAccount(ADA.email))?.password, '$three')
      assert.equal((await store.findAccount(bea.email))?.password, '$one')
    },
  },
  {
    title: 'a session is found with its owner, in use, and gone when it is deleted',
    async check(store) {
      const user = await made(store)
      const session = sessionOf(user, 'one')
      await store.createSession(session)
      await store.touchSession('one', NOW + 3600, NOW + 9000)
      const found = await store.findSession('one')
      assert.equal(found?.user.id, user.id)
      assert.deepEqual({ ...found?.session }, { ...session, seen: NOW + 3600, expires: NOW + 9000 })
      await store.deleteSession('one')
      assert.equal(await store.findSession('one'), undefined)
      await store.touchSession('one', NOW + 7200, NOW + 9999)
      assert.equal(await store.findSession('one'), undefined, 'a deleted session does not come back by use')
    },
  },
  {
    title: 'all sessions of one owner are deleted, nobody else’s',
    async check(store) {
      const [ada, bea] = [await made(store), await made(store, 'bea@example.com')]
      for (const session of [sessionOf(ada, 'a1'), sessionOf(ada, 'a2'), sessionOf(bea, 'b1')]) {
        await store.createSession(session)
      }
      await store.deleteSessionsOf(ada.id)
      assert.equal(await store.findSession('a1'), undefined)
      assert.equal(await store.findSession('a2'), undefined)
      assert.equal((await store.findSession('b1'))?.user.id, bea.id)
    },
  },
  {
    title: 'a ticket is for one use, also when many ask at the same time',
    async check(store) {
      await store.createTicket('t', 'value', NOW + 60)
      const taken = await Promise.all(Array.from({ length: 5 }, () => store.takeTicket('t', NOW)))
      assert.deepEqual(
        taken.filter((value) => value !== undefined),
        ['value'],
      )
      assert.equal(await store.takeTicket('t', NOW), undefined)
    },
  },
  {
    title: 'an expired ticket is none',
    async check(store) {
      await store.createTicket('t', 'value', NOW + 60)
      assert.equal(await store.takeTicket('t', NOW + 60), undefined)
    },
  },
  {
    title: 'deleting what has expired leaves the rest',
    async check(store) {
      const user = await made(store)
      await store.createSession({ ...sessionOf(user, 'old'), expires: NOW - 1 })
      await store.createSession(sessionOf(user, 'new'))
      await store.createTicket('old', 'x', NOW - 1)
      await store.createTicket('new', 'y', NOW + 60)
      await store.deleteExpired(NOW)
      assert.equal(await store.findSession('old'), undefined)
      assert.ok(await store.findSession('new'))
      assert.equal(await store.takeTicket('new', NOW), 'y')
    },
  },
]

/** Registers a named test for each promise of an auth store. `create` makes one that holds nothing. */
export function testAuthStore(subject: ContractSubject<Store>, test?: TestFunction): Promise<void> {
  return testContract(RULES, subject, test)
}

async function made(store: Store, email: string = ADA.email): Promise<User> {
  const user = await store.createUser({ ...ADA, email, password: '$one' })
  assert.ok(user, 'createUser() makes an account')
  return user
}

function sessionOf(user: User, key: string): StoredSession<User> {
  return { key, owner: user.id, created: NOW, seen: NOW, expires: NOW + 3600 }
}
