/** The contract suites, held against the built-in parts; and one broken part for each suite, which it must not pass. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '@micro/auth'
import type { ConfigSchema, SessionStore, TemplateEngine } from '@micro/core'
import { diskStorage, memoryStorage } from '@micro/uploads'
import { describe, expect, test } from 'vitest'
import { CORE_NAMESPACES } from '../../../packages/core/src/core-config.ts'
import { ejsEngine } from '../../../packages/core/src/ejs-engine.ts'
import { cookieStore } from '../../../packages/core/src/session.ts'
import { createSigner } from '../../../packages/core/src/signing.ts'
import { testAuthStore } from '../src/auth-store.ts'
import { testSessionStore } from '../src/session-store.ts'
import { testTemplateEngine } from '../src/template-engine.ts'
import { testUploadStorage } from '../src/upload-storage.ts'

const config = (CORE_NAMESPACES.session as ConfigSchema)['~standard'].validate({})
const session = !(config instanceof Promise) && 'value' in config ? config.value : {}
const cookies = (): SessionStore => cookieStore(createSigner(['a secret that is long enough to sign with'], 'session'), session as never)

/** A session store that trusts whatever comes. */
const trusting = (): SessionStore => ({
  load: (cookie) => (cookie === '' ? null : (JSON.parse(decodeURIComponent(cookie)) as never)),
  save: (data) => encodeURIComponent(JSON.stringify(data)),
})

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

/** Names of the tests that fail. */
async function failing(suite: (register: (name: string, run: () => Promise<void>) => void) => Promise<void>): Promise<readonly string[]> {
  const tests: (readonly [string, () => Promise<void>])[] = []
  await suite((name, run) => tests.push([name, run]))
  const failed: string[] = []
  for (const [name, run] of tests) {
    await run().catch(() => failed.push(name))
  }
  return failed
}

describe('testSessionStore', () => {
  describe('signed cookies', () => testSessionStore({ create: cookies }))
  test('does not pass a store that trusts what comes', async () => {
    expect(await failing((register) => testSessionStore({ create: trusting }, register))).toEqual([
      'a value it never gave is no session: null, nothing thrown',
      'a value that was altered in any place is no session',
    ])
  })
})

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
})
