/** The contract of session stores: what `app.session.store()` takes. */
import assert from 'node:assert/strict'
import type { SessionData, SessionStore } from '@micro/core'
import { type ContractRule, type ContractSubject, testContract } from './contract.ts'
import type { TestFunction } from './running-test.ts'

/** What a cookie's value may consist of (RFC 6265 section 4.1.1). */
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/

/** Values of every kind that JSON has. */
const VALUES: SessionData = {
  text: 'Grüße, 世界 "\\ ;,\u0000',
  number: -1.5e-7,
  yes: true,
  nothing: null,
  list: [1, [2, {}]],
  tree: { a: { b: 'c' } },
}

const RULES: readonly ContractRule<SessionStore>[] = [
  {
    title: 'what is saved is loaded, whatever JSON can say',
    async check(store) {
      const cookie = await saved(store, VALUES)
      assert.deepEqual(plain(await store.load(cookie)), VALUES)
    },
  },
  {
    title: 'the value it gives may stand in a cookie as it is (RFC 6265 section 4.1.1)',
    async check(store) {
      assert.match(await saved(store, VALUES), COOKIE_VALUE)
    },
  },
  {
    title: 'a value it never gave is no session: null, nothing thrown',
    async check(store) {
      for (const cookie of [
        '',
        'x',
        '.',
        '..',
        'a.b.c',
        '%00',
        '__proto__',
        'constructor',
        '../../etc/passwd',
        'x'.repeat(5000),
        'eyJhIjoxfQ',
      ]) {
        assert.equal(await store.load(cookie), null, `load(${JSON.stringify(cookie.slice(0, 40))})`)
      }
    },
  },
  {
    title: 'a value that was altered in any place is no session',
    async check(store) {
      const cookie = await saved(store, { user: 1 })
      // The last characters of Base64 may hold bits that nobody reads: what is altered is in front of them.
      for (const at of [0, Math.floor(cookie.length / 3), Math.floor(cookie.length / 2), cookie.length - 3]) {
        const altered = cookie.slice(0, at) + (cookie[at] === 'A' ? 'B' : 'A') + cookie.slice(at + 1)
        assert.equal(await store.load(altered), null, `altered at ${at} of ${cookie.length}`)
      }
      assert.equal(await store.load(cookie.slice(0, -4)), null, 'cut off')
    },
  },
  {
    title: 'sessions do not know each other',
    async check(store) {
      const [one, two] = [await saved(store, { user: 1 }), await saved(store, { user: 2 })]
      assert.notEqual(one, two)
      assert.deepEqual(plain(await store.load(one)), { user: 1 })
      assert.deepEqual(plain(await store.load(two)), { user: 2 })
    },
  },
  {
    title: 'saving again replaces all that was there',
    async check(store) {
      const first = await saved(store, { user: 1, cart: [1] })
      const second = await saved(store, { user: 1 }, first)
      assert.deepEqual(plain(await store.load(second)), { user: 1 })
    },
  },
  {
    title: 'it keeps neither what it was given nor what it gave',
    async check(store) {
      const given: SessionData = { list: [1] }
      const cookie = await saved(store, given)
      ;(given.list as number[]).push(2)
      const loaded = await store.load(cookie)
      assert.ok(Array.isArray(loaded?.list))
      loaded.list.push(3)
      assert.deepEqual(plain(await store.load(cookie)), { list: [1] })
    },
  },
  {
    title: 'a key such as __proto__ is a key',
    async check(store) {
      const cookie = await saved(store, JSON.parse('{"__proto__":{"admin":true},"a":1}') as SessionData)
      const loaded = await store.load(cookie)
      assert.equal(({} as { admin?: boolean }).admin, undefined)
      assert.equal(loaded?.a, 1)
    },
  },
]

/** Registers a named test for each promise of a session store. `create` makes one that holds nothing. */
export function testSessionStore(subject: ContractSubject<SessionStore>, test?: TestFunction): Promise<void> {
  return testContract(RULES, subject, test)
}

async function saved(store: SessionStore, data: SessionData, previous: string | null = null): Promise<string> {
  const cookie = await store.save(data, previous)
  assert.equal(typeof cookie, 'string', 'save() gives a value for a session that is not empty')
  return cookie as string
}

/** Session data may inherit nothing; what counts is what it holds. */
function plain(data: SessionData | null): unknown {
  return data === null ? null : JSON.parse(JSON.stringify(data))
}
