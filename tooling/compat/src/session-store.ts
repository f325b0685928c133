/** The contract of session stores: what `app.session.store()` takes. */
import assert from 'node:assert/strict'
import type { SessionStore, StoredSession } from '@micro/core'
import { type ContractRule, type ContractSubject, testContract } from './contract.ts'
import type { TestFunction } from './running-test.ts'

/** How a session store is had, and of which kind it is. */
export interface SessionStoreSubject extends ContractSubject<SessionStore> {
  /** The cookie is all there is of a session, so that the server cannot end it: what is promised of ended sessions does not apply. */
  readonly inCookie?: boolean
}

/** What a cookie's value may consist of (RFC 6265 section 4.1.1). */
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/

const HOUR = 3600
const TEXT = '{"user":1}'
const GARBAGE = [
  ...['', 'x', '.', '..', 'a.b.c', '%00', '__proto__', 'constructor', '../../etc/passwd', 'eyJhIjoxfQ', '*', '"', "' OR 1=1 --"],
  ...['ü', '\u0000', 'x'.repeat(5000), 'A'.repeat(43)],
]

const RULES: readonly ContractRule<SessionStore>[] = [
  {
    title: 'what is saved is loaded, character by character',
    async check(store) {
      for (const text of [
        TEXT,
        '{"a":"Grüße, 世界 \\"\\\\ ;,\\u0000 \\ud800 😀"}',
        `{"a":"${'x'.repeat(2000)}"}`,
        '{"n":-1.5e-7, "b":[null]}',
      ]) {
        assert.equal(textOf(await store.load(await saved(store, text), HOUR)), text)
      }
    },
  },
  {
    title: 'the value it gives may stand in a cookie as it is (RFC 6265 section 4.1.1)',
    async check(store) {
      assert.match(await saved(store, TEXT), COOKIE_VALUE)
    },
  },
  {
    title: 'a value it never gave is no session: null, nothing thrown',
    async check(store) {
      for (const cookie of GARBAGE) {
        assert.equal(await store.load(cookie, HOUR), null, `load(${JSON.stringify(cookie.slice(0, 40))})`)
      }
    },
  },
  {
    title: 'a value that was altered in any one place is no session',
    async check(store) {
      const cookie = await saved(store, TEXT)
      for (let at = 0; at < cookie.length; at++) {
        const altered = cookie.slice(0, at) + (cookie[at] === 'A' ? 'B' : 'A') + cookie.slice(at + 1)
        assert.equal(await store.load(altered, HOUR), null, `altered at ${at} of ${cookie.length}`)
      }
      assert.equal(await store.load(cookie.slice(0, -1), HOUR), null, 'cut off')
      assert.equal(await store.load(`${cookie}A`, HOUR), null, 'made longer')
    },
  },
  {
    title: 'sessions do not know each other, however many are saved at once',
    async check(store) {
      const texts = Array.from({ length: 50 }, (_, index) => `{"user":${index}}`)
      const cookies = await Promise.all(texts.map((text) => saved(store, text)))
      assert.equal(new Set(cookies).size, texts.length, 'each has a value of its own')
      assert.deepEqual(await Promise.all(cookies.map(async (cookie) => textOf(await store.load(cookie, HOUR)))), texts)
    },
  },
  {
    title: 'saving again replaces all that was there; of several at once, one wins whole',
    async check(store) {
      const first = await saved(store, '{"user":1,"cart":[1]}')
      const second = await saved(store, TEXT, first)
      assert.equal(textOf(await store.load(second, HOUR)), TEXT)
      const texts = Array.from({ length: 20 }, (_, index) => `{"user":${index},"more":"${'x'.repeat(index * 20)}"}`)
      const [third = ''] = await Promise.all(texts.map((text) => saved(store, text, second)))
      assert.ok(texts.includes(textOf(await store.load(third, HOUR)) ?? ''), 'what is loaded is one of the texts saved')
    },
  },
  {
    title: 'a session without a previous value gets one that was not there: none is planted',
    async check(store) {
      const planted = await saved(store, '{"planted":1}')
      await store.load(planted, HOUR)
      assert.notEqual(await saved(store, TEXT), planted)
      assert.equal(textOf(await store.load(planted, HOUR)), '{"planted":1}')
    },
  },
  {
    title: 'a session is no older than the time since it was saved, and ends after maxAge seconds unless it is renewed',
    async check(store, pass) {
      const [brief, renewed, lasting] = [await saved(store, TEXT, null, 1), await saved(store, TEXT, null, 1), await saved(store, TEXT)]
      assert.ok((await ageOf(store, lasting)) <= 2, 'its age is in seconds')
      const again = await store.renew(renewed, HOUR)
      assert.equal(typeof again, 'string', 'renew() gives the value of a session that is there')
      // Seconds may be counted whole.
      for (let waited = 0; waited < 23 && (await store.load(brief, 1)) !== null; waited++) {
        await pass(100)
      }
      assert.equal(await store.load(brief, 1), null, 'it is loaded after its time')
      assert.equal(textOf(await store.load(again as string, HOUR)), TEXT, 'one that was renewed is loaded')
      const age = await ageOf(store, lasting)
      assert.ok(age >= 0.5 && age <= 10, `after a second or two its age is ${age}`)
      const young = await store.renew(lasting, HOUR)
      assert.ok((await ageOf(store, young as string)) <= 1, 'renewing begins its age anew')
    },
  },
  {
    title: 'if it says that it is synchronous, load() gives no promise',
    check(store) {
      if (store.isSynchronous === true) {
        for (const cookie of ['x', '']) {
          assert.equal(store.load(cookie, HOUR) instanceof Promise, false)
        }
      }
    },
  },
]

const SERVER_RULES: readonly ContractRule<SessionStore>[] = [
  {
    title: 'a destroyed session is none, and another one is not touched by it',
    async check(store) {
      const [one, two] = [await saved(store, TEXT), await saved(store, '{"user":2}')]
      await store.destroy(one)
      assert.equal(await store.load(one, HOUR), null)
      assert.equal(textOf(await store.load(two, HOUR)), '{"user":2}')
    },
  },
  {
    title: 'a session that has ended is not brought back by who still had it: save() and renew() give null',
    async check(store) {
      const cookie = await saved(store, TEXT)
      await store.destroy(cookie)
      assert.equal(await store.save('{"user":2}', cookie, HOUR), null, 'save()')
      assert.equal(await store.renew(cookie, HOUR), null, 'renew()')
      assert.equal(await store.load(cookie, HOUR), null, 'load()')
      assert.equal(await store.save(TEXT, 'x', HOUR), null, 'save() under a value that it never gave')
    },
  },
  {
    title: 'destroying what is not there is no error',
    async check(store) {
      for (const cookie of GARBAGE) {
        await store.destroy(cookie)
      }
      const cookie = await saved(store, TEXT)
      await store.destroy(cookie)
      await store.destroy(cookie)
    },
  },
  {
    title: 'its values cannot be guessed: 128 bits at least, and none grows out of another',
    async check(store) {
      const cookies = await Promise.all(Array.from({ length: 20 }, () => saved(store, TEXT)))
      assert.equal(new Set(cookies).size, cookies.length)
      for (const cookie of cookies) {
        assert.ok(cookie.length >= 22, `${cookie.length} characters are too few`)
        const same = cookies.filter((other) => other !== cookie && other.slice(0, 12) === cookie.slice(0, 12))
        assert.equal(same.length, 0, 'two values begin alike')
      }
    },
  },
]

/** Registers a named test for each promise of a session store. `create` makes one that holds nothing. */
export function testSessionStore({ inCookie = false, ...subject }: SessionStoreSubject, test?: TestFunction): Promise<void> {
  return testContract(inCookie ? RULES : [...RULES, ...SERVER_RULES], { patienceMs: 4000, ...subject }, test)
}

async function saved(store: SessionStore, text: string, previous: string | null = null, maxAge = HOUR): Promise<string> {
  const cookie = await store.save(text, previous, maxAge)
  assert.equal(typeof cookie, 'string', `save() gave ${String(cookie)} for a session that is there`)
  return cookie as string
}

async function ageOf(store: SessionStore, cookie: string): Promise<number> {
  const stored = await store.load(cookie, HOUR)
  assert.equal(typeof stored?.age, 'number', 'load() gives the age of a session that is there')
  return (stored as StoredSession).age
}

function textOf(stored: StoredSession | null): string | null {
  return stored === null ? null : stored.text
}
