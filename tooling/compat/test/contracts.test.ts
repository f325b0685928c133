/** The contract suites, run on the built-in parts; and one broken part for each suite, which it must not pass. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '@micro/auth'
import type { SessionStore, StoredSession, TemplateEngine } from '@micro/core'
import { diskStorage, memoryStorage } from '@micro/uploads'
import { describe, expect, test } from 'vitest'
import { cookieStore } from '../../../packages/core/src/session/cookie-store.ts'
import { createSigner } from '../../../packages/core/src/session/signing.ts'
import { ejsEngine } from '../../../packages/core/src/templates/ejs-engine.ts'
import { testAuthStore } from '../src/auth-store.ts'
import { testKeyValueStore } from '../src/key-value-store.ts'
import { testSessionStore } from '../src/session-store.ts'
import { testTemplateEngine } from '../src/template-engine.ts'
import { testUploadStorage } from '../src/upload-storage.ts'
import { Clock, MemorySessions, MemoryValues } from './memory-stores.ts'

const cookies = (): SessionStore => cookieStore(createSigner(['a secret that is long enough to sign with'], 'session'), () => clock.now)

const texts = {
  value: '<p><%= name %></p>',
  each: '<% for (const item of list) { %><%= item %><% } %>',
  include: "[<%- include('part.html', { name }) %>]",
  filter: '<%= shout(name) %>',
  broken: '<% if (name { %>',
}

/** An engine that escapes nothing. */
const careless = (): TemplateEngine => ({
  name: 'careless',
  compile: ({ text }) => ({ render: (values) => text.replace(/<%= (\w+) %>/g, (_, name: string) => String(values[name])) }),
})

type Suite = (register: (name: string, run: () => Promise<void>) => void) => Promise<void>

/** The tests that fail, with the first line of why. */
async function failures(suite: Suite): Promise<readonly (readonly [name: string, reason: string])[]> {
  const tests: (readonly [string, () => Promise<void>])[] = []
  await suite((name, run) => tests.push([name, run]))
  const outcomes = await Promise.allSettled(tests.map(([, run]) => run()))
  return outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [[tests[index]?.[0] ?? '', String(outcome.reason).split('\n')[0] ?? ''] as const] : [],
  )
}

/** Names of the tests that fail. */
async function failing(suite: Suite): Promise<readonly string[]> {
  return (await failures(suite)).map(([name]) => name)
}

/** A clock that all stores of this file go by, and the means to let time pass on it. */
const clock = new Clock()
const pass = (ms: number) => {
  clock.now += ms
}

describe('testSessionStore', () => {
  describe('signed cookies', () => testSessionStore({ create: cookies, inCookie: true, pass }))
  describe('memory', () => testSessionStore({ create: () => new MemorySessions(clock), pass }))

  const TIME = 'a session is no older than the time since it was saved, and ends after maxAge seconds unless it is renewed'
  const BACK = 'a session that has ended is not brought back by who still had it: save() and renew() give null'
  const PLANTED = 'a session without a previous value gets one that was not there: none is planted'
  const OWN = 'sessions do not know each other, however many are saved at once'
  const GUESSED = 'its values cannot be guessed: 128 bits at least, and none grows out of another'
  const broken: readonly (readonly [what: string, change: (store: MemorySessions) => Partial<SessionStore>, rules: readonly string[]])[] = [
    [
      'takes whatever comes',
      () => ({ load: async (cookie) => ({ text: cookie, age: 0 }) }),
      [
        'what is saved is loaded, character by character',
        'a value it never gave is no session: null, nothing thrown',
        'a value that was altered in any one place is no session',
        OWN,
        'saving again replaces all that was there; of several at once, one wins whole',
        PLANTED,
        TIME,
        'a destroyed session is none, and another one is not touched by it',
        BACK,
      ],
    ],
    [
      'throws at what it does not know',
      (store) => ({
        load: async (cookie: string) => {
          if (!store.kept.has(cookie)) {
            throw new Error('unknown')
          }
          return MemorySessions.prototype.load.call(store, cookie)
        },
      }),
      [
        'a value it never gave is no session: null, nothing thrown',
        'a value that was altered in any one place is no session',
        'a destroyed session is none, and another one is not touched by it',
        BACK,
      ],
    ],
    ['never ends a session by itself', (store) => ({ find: (cookie: string) => store.kept.get(cookie) }), [TIME]],
    ['is older than it was saved', (store) => aged(store, (age) => age + 3), [TIME]],
    ['counts milliseconds', (store) => aged(store, (age) => age * 1000), [TIME]],
    ['never ages', (store) => aged(store, () => 0), [TIME]],
    [
      'brings back what has ended',
      (store) => ({
        save: async (text: string, previous: string | null) => {
          const cookie = previous ?? store.newValue()
          store.kept.set(cookie, { text, since: store.clock.now, until: store.clock.now + 1e6 })
          return cookie
        },
      }),
      [TIME, BACK],
    ],
    ['renews nothing', () => ({ renew: async (cookie: string) => cookie }), [TIME, BACK]],
    [
      'ends nothing',
      () => ({ destroy: async () => undefined }),
      ['a destroyed session is none, and another one is not touched by it', BACK],
    ],
    [
      'refuses to destroy what is not there',
      (store) => ({
        destroy: async (cookie: string) => {
          if (!store.kept.delete(cookie)) {
            throw new Error('unknown')
          }
        },
      }),
      ['destroying what is not there is no error'],
    ],
    ['counts its sessions', counted, [GUESSED]],
    [
      'has one session for all',
      () => ({ newValue: () => 'x'.repeat(40) }),
      [OWN, PLANTED, TIME, 'a destroyed session is none, and another one is not touched by it', GUESSED],
    ],
    ['gives what no cookie can be', spaced, ['the value it gives may stand in a cookie as it is (RFC 6265 section 4.1.1)']],
    ['lies of itself', () => ({ isSynchronous: true }), ['if it says that it is synchronous, load() gives no promise']],
  ]
  test.each(broken)('does not pass a store that %s', async (_, change, rules) => {
    const create = () => {
      const store = new MemorySessions(clock)
      return Object.assign(store, change(store))
    }
    const failed = await failing((register) => testSessionStore({ create, pass }, register))
    expect(failed).toEqual(rules)
  })

  test('does not wait for a store that never answers, and names the call', async () => {
    const create = () => Object.assign(new MemorySessions(clock), { load: () => new Promise<null>(() => {}) })
    const seen = await failures((register) => testSessionStore({ create, pass, patienceMs: 50 }, register))
    expect(seen).toContainEqual([
      'a value it never gave is no session: null, nothing thrown',
      "Error: load('', 3600) gave no answer within 50 ms",
    ])
  })
})

/** Another age for every session. */
function aged(store: MemorySessions, change: (age: number) => number): Partial<SessionStore> {
  return {
    load: async (cookie): Promise<StoredSession | null> => {
      const stored = await MemorySessions.prototype.load.call(store, cookie)
      return stored === null ? null : { text: stored.text, age: change(stored.age) }
    },
  }
}

function counted(): object {
  let count = 0
  return { newValue: () => `session-number-${String(count++).padStart(20, '0')}` }
}

function spaced(store: MemorySessions): object {
  return { newValue: () => `${MemorySessions.prototype.newValue.call(store)} ;` }
}

describe('testKeyValueStore', () => {
  describe('memory', () => testKeyValueStore({ create: () => new MemoryValues(clock), pass }))

  const ENDS = 'a value ends after maxAge seconds; setting it again sets its time too'
  const broken: readonly (readonly [what: string, change: (store: MemoryValues) => object, rules: readonly string[]])[] = [
    ['never ends a value', () => ({ set: setFor(Infinity) }), [ENDS]],
    [
      'looks before it adds',
      (store) => ({
        add: async (key: string, value: unknown) => {
          const isThere = (await store.get(key)) !== undefined
          await store.set(key, value)
          return !isThere
        },
      }),
      [ENDS, 'of many that add a value at once, one does'],
    ],
    [
      'looks before it takes',
      (store) => ({
        take: async (key: string) => {
          const value = await store.get(key)
          await store.delete(key)
          return value
        },
      }),
      ['of many that take a value at once, one gets it'],
    ],
    [
      'reads and writes to add',
      (store) => ({
        increment: async (key: string, { by = 1 } = {}) => {
          const sum = ((await store.get<number>(key)) ?? 0) + by
          await store.set(key, sum)
          return sum
        },
      }),
      [ENDS, 'of many that add to a number at once, none is lost', 'adding to what is no number is refused, and leaves it'],
    ],
    [
      'cuts its keys',
      (store) => ({ get: (key: string) => MemoryValues.prototype.get.call(store, key.trim()) }),
      ['keys do not know each other'],
    ],
    [
      'keeps what it is given',
      () => {
        const kept = new Map<string, unknown>()
        return { get: async (key: string) => kept.get(key), set: async (key: string, value: unknown) => void kept.set(key, value) }
      },
      ['it keeps neither what it was given nor what it gave'],
    ],
  ]
  test.each(broken)('does not pass a store that %s', async (_, change, rules) => {
    const create = () => {
      const store = new MemoryValues(clock)
      return Object.assign(store, change(store))
    }
    expect(await failing((register) => testKeyValueStore({ create, pass }, register))).toEqual(expect.arrayContaining([...rules]))
  })
})

function setFor(maxAge: number): MemoryValues['set'] {
  return function (this: MemoryValues, key, value) {
    return MemoryValues.prototype.set.call(this, key, value, { maxAge })
  }
}

describe('testTemplateEngine', () => {
  describe('EJS', () => testTemplateEngine({ create: () => ejsEngine(), texts }))
  test('does not pass an engine that escapes nothing', async () => {
    expect(await failing((register) => testTemplateEngine({ create: careless, texts }, register))).toContain(
      'a value is escaped: it opens no tag, no attribute, no entity',
    )
  })
})

describe('testUploadStorage', () => {
  const folders = new WeakMap<object, string>()
  const onDisk = async () => {
    const directory = await mkdtemp(join(tmpdir(), 'micro-storage-'))
    const storage = diskStorage({ directory })
    folders.set(storage, directory)
    return storage
  }
  describe('memory', () => testUploadStorage({ create: memoryStorage }))
  describe('disk', () => testUploadStorage({ create: onDisk, end: (storage) => rm(folders.get(storage) as string, { recursive: true }) }))
  test('does not pass a storage that takes any key', async () => {
    const open = () => {
      const storage = memoryStorage()
      return Object.assign(Object.create(storage), {
        create: () => storage.create(),
        size: async (key: string) => (key.length === 36 ? storage.size(key) : undefined),
        delete: (key: string) => storage.delete(key),
        read: (key: string) => storage.read(key),
        sweep: () => storage.sweep(0),
      }) as typeof storage
    }
    expect(await failing((register) => testUploadStorage({ create: open }, register))).toEqual([
      'a range is read from its start up to and without its end',
      'what is no key is refused everywhere: MICRO_UPLOADS_KEY',
    ])
  })
})

describe('testAuthStore', () => {
  describe('memory', () => testAuthStore({ create: memoryStore }))
  test('does not pass a store that hands out tickets again', async () => {
    const generous = () => {
      const store = memoryStore()
      const tickets = new Map<string, string>()
      return Object.assign(store, {
        createTicket: async (key: string, value: string) => void tickets.set(key, value),
        takeTicket: async (key: string) => tickets.get(key),
      })
    }
    expect(await failing((register) => testAuthStore({ create: generous }, register))).toEqual([
      'a ticket is for one use, also when many ask at the same time',
      'an expired ticket is none',
    ])
  })
  test('does not pass a store that sets no password where there was none', async () => {
    const timid = () => {
      const store = memoryStore()
      return Object.assign(store, {
        setPassword: async (owner: number, password: string) => {
          await store.replacePassword(owner, '$one', password)
        },
      })
    }
    expect(await failing((register) => testAuthStore({ create: timid }, register))).toEqual([
      'a password is set whether or not there was one, of one account alone',
    ])
  })
})
