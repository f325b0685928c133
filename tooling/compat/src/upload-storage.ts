/** The contract of upload storages: what `uploads({ storage })` takes. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { isMicroError } from '@micro/core'
import type { UploadDraft, UploadStorage } from '@micro/uploads'
import { type ContractRule, type ContractSubject, testContract } from './contract.ts'
import type { TestFunction } from './running-test.ts'

const freshKey = (): string => `${randomBytes(16).toString('hex')}.png`

/** What no storage may take for a key. */
const NO_KEYS: readonly string[] = [
  '',
  '.',
  '..',
  '../up.png',
  '/etc/passwd',
  'a/b.png',
  'a\\b.png',
  'x\u0000.png',
  `${'0'.repeat(32)}.`,
  `${'0'.repeat(32)}.PNG`,
  `${'G'.repeat(32)}.png`,
]

const RULES: readonly ContractRule<UploadStorage>[] = [
  {
    title: 'what is written in parts is read as it was',
    async check(storage) {
      const content = randomBytes(300_000)
      const key = await stored(storage, content.subarray(0, 1), content.subarray(1, 70_000), new Uint8Array(), content.subarray(70_000))
      assert.equal(await storage.size(key), content.length)
      assert.deepEqual(await bytesOf(storage.read(key)), content)
    },
  },
  {
    title: 'a range is read from its start up to and without its end',
    async check(storage) {
      const key = await stored(storage, Buffer.from('0123456789'))
      for (const [start, end, text] of [
        [0, 1, '0'],
        [3, 7, '3456'],
        [9, 10, '9'],
        [0, 10, '0123456789'],
      ] as const) {
        assert.equal((await bytesOf(storage.read(key, { start, end }))).toString(), text)
      }
    },
  },
  {
    title: 'nothing may be stored too',
    async check(storage) {
      const key = await stored(storage)
      assert.equal(await storage.size(key), 0)
      assert.equal((await bytesOf(storage.read(key))).length, 0)
    },
  },
  {
    title: 'a draft is seen under no key before it is stored, and can be read itself',
    async check(storage) {
      const draft = await written(storage, Buffer.from('draft'))
      const key = freshKey()
      assert.equal(await storage.size(key), undefined)
      assert.equal((await bytesOf(draft.read({ start: 1, end: 3 }))).toString(), 'ra')
      const blob = await draft.blob()
      assert.equal(await new File([blob.slice(1)], 'part').text(), 'raft')
      await draft.store(key)
      assert.equal(await storage.size(key), 5)
      assert.equal((await bytesOf(draft.read({ start: 0, end: 5 }))).toString(), 'draft')
      assert.equal(await new File([blob], 'whole').text(), 'draft')
      await draft.discard()
      assert.equal(await storage.size(key), 5)
    },
  },
  {
    title: 'a draft is discarded at any point, and again',
    async check(storage) {
      const open = await storage.create()
      await open.write(Buffer.from('x'))
      await open.discard()
      await open.discard()
      const closed = await written(storage, Buffer.from('x'))
      await closed.discard()
      await closed.discard()
    },
  },
  {
    title: 'it keeps no hold of the chunks it was given',
    async check(storage) {
      const chunk = Buffer.from('before')
      const draft = await storage.create()
      await draft.write(chunk)
      chunk.fill('x')
      await draft.close()
      const key = freshKey()
      await draft.store(key)
      assert.equal((await bytesOf(storage.read(key))).toString(), 'before')
    },
  },
  {
    title: 'delete says whether there was something, and nothing is there afterwards',
    async check(storage) {
      const key = await stored(storage, Buffer.from('x'))
      assert.equal(await storage.delete(key), true)
      assert.equal(await storage.delete(key), false)
      assert.equal(await storage.size(key), undefined)
      await assert.rejects(() => bytesOf(storage.read(key)), codeIs('MICRO_UPLOADS_MISSING'))
    },
  },
  {
    title: 'what is no key is refused everywhere: MICRO_UPLOADS_KEY',
    async check(storage) {
      for (const key of NO_KEYS) {
        await assert.rejects(async () => storage.size(key), codeIs('MICRO_UPLOADS_KEY'), `size(${JSON.stringify(key)})`)
        await assert.rejects(async () => storage.delete(key), codeIs('MICRO_UPLOADS_KEY'), `delete(${JSON.stringify(key)})`)
        await assert.rejects(() => bytesOf(storage.read(key)), codeIs('MICRO_UPLOADS_KEY'), `read(${JSON.stringify(key)})`)
      }
      const draft = await written(storage, Buffer.from('x'))
      await assert.rejects(async () => draft.store('../up.png'), codeIs('MICRO_UPLOADS_KEY'))
      await draft.discard()
    },
  },
  {
    title: 'many at once do not disturb each other',
    async check(storage) {
      const contents = Array.from({ length: 12 }, (_, index) => randomBytes(1000 + index))
      const keys = await Promise.all(contents.map((content) => stored(storage, content.subarray(0, 500), content.subarray(500))))
      for (const [index, key] of keys.entries()) {
        assert.deepEqual(await bytesOf(storage.read(key)), contents[index])
      }
    },
  },
  {
    title: 'sweeping leaves what is stored, and drafts that are young',
    async check(storage) {
      const key = await stored(storage, Buffer.from('kept'))
      const draft = await written(storage, Buffer.from('young'))
      assert.equal(await storage.sweep(60_000), 0)
      assert.equal(await storage.size(key), 4)
      assert.equal((await bytesOf(draft.read({ start: 0, end: 5 }))).toString(), 'young')
      await draft.discard()
    },
  },
]

/** Registers a named test for each promise of an upload storage. `create` makes one that holds nothing. */
export function testUploadStorage(subject: ContractSubject<UploadStorage>, test?: TestFunction): Promise<void> {
  return testContract(RULES, subject, test)
}

async function written(storage: UploadStorage, ...chunks: readonly Uint8Array[]): Promise<UploadDraft> {
  const draft = await storage.create()
  for (const chunk of chunks) {
    await draft.write(chunk)
  }
  await draft.close()
  return draft
}

async function stored(storage: UploadStorage, ...chunks: readonly Uint8Array[]): Promise<string> {
  const key = freshKey()
  await (await written(storage, ...chunks)).store(key)
  return key
}

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) {
    chunks.push(Uint8Array.from(chunk))
  }
  return Buffer.concat(chunks)
}

function codeIs(code: string): (error: unknown) => boolean {
  return (error) => isMicroError(error) && error.code === code
}
