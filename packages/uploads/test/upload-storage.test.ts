import { mkdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMicroError } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { diskStorage, memoryStorage, type UploadStorage } from '../src/index.ts'
import { createKey } from '../src/upload-key.ts'
import { filesIn, temporaryDirectory } from './temporary-directory.ts'

const code = (expected: string) => expect.toSatisfy((error: unknown) => isMicroError(error) && error.code === expected)

/** Keys that nobody made: paths, other alphabets, almost right ones. */
const BAD_KEYS = [
  '',
  '.',
  '..',
  '../../etc/passwd',
  '/etc/passwd',
  'ab/cd',
  '..\\x',
  'a\0b',
  '*',
  '?',
  '[a-f]',
  '{a,b}',
  '~',
  'é',
  '\ud800',
  `${'a'.repeat(32)}`,
  `${'a'.repeat(32)}.exe`,
  `${'a'.repeat(32)}.png\0`,
  `${'a'.repeat(32)}.png/..`,
  `${'A'.repeat(32)}.png`,
  `${'a'.repeat(31)}.png`,
  `${'a'.repeat(33)}.png`,
  `${'a'.repeat(32)}.png\n`,
]

async function collect(source: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) {
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

async function store(storage: UploadStorage, content: string, key = createKey('text/plain')): Promise<string> {
  const draft = await storage.create()
  await draft.write(Buffer.from(content))
  await draft.close()
  await draft.store(key)
  await draft.discard()
  return key
}

describe.each<[name: string, make: () => Promise<UploadStorage>]>([
  ['diskStorage', async () => diskStorage({ directory: join(await temporaryDirectory(), 'uploads') })],
  ['memoryStorage', async () => memoryStorage()],
])('%s', (_, make) => {
  test('keeps what was written, under its key', async () => {
    const storage = await make()
    const draft = await storage.create()
    await draft.write(Buffer.from('hello '))
    await draft.write(Buffer.from('world'))
    await draft.close()
    expect(await collect(draft.read({ start: 0, end: 11 }))).toBe('hello world')
    const key = createKey('text/plain')
    expect(await storage.size(key)).toBeUndefined()
    await draft.store(key)
    expect(await storage.size(key)).toBe(11)
    expect(await collect(storage.read(key))).toBe('hello world')
    expect(await collect(storage.read(key, { start: 3, end: 8 }))).toBe('lo wo')
    expect(await collect(storage.read(key, { start: 3, end: 3 }))).toBe('')
    expect(await collect(draft.read({ start: 6, end: 11 }))).toBe('world')
  })

  test('copies what it is given: a buffer may be used again', async () => {
    const storage = await make()
    const draft = await storage.create()
    const buffer = Buffer.from('aaa')
    await draft.write(buffer)
    buffer.fill('b')
    await draft.close()
    expect(await collect(draft.read({ start: 0, end: 3 }))).toBe('aaa')
  })

  test('deletes once', async () => {
    const storage = await make()
    const key = await store(storage, 'x')
    expect(await storage.delete(key)).toBe(true)
    expect(await storage.delete(key)).toBe(false)
    expect(await storage.size(key)).toBeUndefined()
    await expect(collect(storage.read(key))).rejects.toEqual(code('MICRO_UPLOADS_MISSING'))
  })

  test('forgets a draft that is discarded, however often', async () => {
    const storage = await make()
    const draft = await storage.create()
    await draft.write(Buffer.from('x'))
    await draft.discard()
    await draft.discard()
    expect(await storage.sweep(0)).toBe(0)
  })

  test('keeps what is stored when its draft is discarded after it', async () => {
    const storage = await make()
    const draft = await storage.create()
    await draft.close()
    const key = createKey('text/plain')
    await draft.store(key)
    await draft.discard()
    expect(await storage.size(key)).toBe(0)
  })

  test.each(BAD_KEYS)('refuses the key %j everywhere', async (key) => {
    const storage = await make()
    await expect(storage.size(key)).rejects.toEqual(code('MICRO_UPLOADS_KEY'))
    await expect(storage.delete(key)).rejects.toEqual(code('MICRO_UPLOADS_KEY'))
    await expect(collect(storage.read(key))).rejects.toEqual(code('MICRO_UPLOADS_KEY'))
    const draft = await storage.create()
    await draft.close()
    await expect(draft.store(key)).rejects.toEqual(code('MICRO_UPLOADS_KEY'))
    await draft.discard()
  })
})

describe('diskStorage', () => {
  test('is made by the first upload, for the owner alone, with random names', async () => {
    const directory = join(await temporaryDirectory(), 'deep', 'uploads')
    const storage = diskStorage({ directory })
    const draft = await storage.create()
    const [name = ''] = await filesIn(directory)
    expect(name).toMatch(/^incoming\/micro-[0-9a-f]{32}\.part$/)
    expect((await stat(join(directory, 'incoming'))).mode & 0o777).toBe(0o700)
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
    await draft.close()
    const key = createKey('image/png')
    await draft.store(key)
    await draft.discard()
    expect(await filesIn(directory)).toEqual([`${key.slice(0, 2)}/${key}`])
    expect((await stat(join(directory, key.slice(0, 2)))).mode & 0o777).toBe(0o700)
    expect((await stat(join(directory, key.slice(0, 2), key))).mode & 0o777).toBe(0o600)
    expect(await storage.path?.(key)).toBe(join(directory, key.slice(0, 2), key))
  })

  test('never follows a link in the place of a shard or a file', async () => {
    const outside = await temporaryDirectory()
    const directory = await temporaryDirectory()
    const storage = diskStorage({ directory })
    const key = createKey('text/plain')
    await writeFile(join(outside, key), 'secret')
    await symlink(outside, join(directory, key.slice(0, 2)))
    for (const attempt of [
      () => storage.size(key),
      () => storage.delete(key),
      () => collect(storage.read(key)),
      () => store(storage, 'x', key),
    ]) {
      await expect(attempt()).rejects.toEqual(code('MICRO_UPLOADS_UNSAFE'))
    }
    expect(await readFile(join(outside, key), 'utf8')).toBe('secret')

    const other = createKey('text/plain').replace(/^../, key.startsWith('00') ? '11' : '00')
    await mkdir(join(directory, other.slice(0, 2)))
    await symlink(join(outside, key), join(directory, other.slice(0, 2), other))
    await expect(storage.size(other)).rejects.toEqual(code('MICRO_UPLOADS_UNSAFE'))
    await expect(collect(storage.read(other))).rejects.toEqual(code('MICRO_UPLOADS_UNSAFE'))
  })

  test('sweeps its own old drafts and nothing else', async () => {
    const directory = await temporaryDirectory()
    const storage = diskStorage({ directory })
    const incoming = join(directory, 'incoming')
    await mkdir(join(incoming, `micro-${'d'.repeat(32)}.part`), { recursive: true })
    const old = new Date(Date.now() - 60_000)
    const names = [
      `micro-${'a'.repeat(32)}.part`,
      `micro-${'b'.repeat(32)}.part`,
      `other-${'a'.repeat(32)}.part`,
      `micro-${'a'.repeat(32)}.part.txt`,
      'micro-short.part',
      `micro-${'G'.repeat(32)}.part`,
    ]
    for (const name of names) {
      await writeFile(join(incoming, name), 'x')
      await utimes(join(incoming, name), old, old)
    }
    await utimes(join(incoming, names[1] as string), new Date(), new Date())
    const key = await store(storage, 'kept')
    expect(await storage.sweep(30_000)).toBe(1)
    expect(await filesIn(directory)).toEqual([`${key.slice(0, 2)}/${key}`, ...names.slice(1).map((name) => `incoming/${name}`)].sort())
  })

  test('sweeps nothing where there is no directory yet', async () => {
    const directory = join(await temporaryDirectory(), 'none')
    expect(await diskStorage({ directory }).sweep(0)).toBe(0)
    expect(await filesIn(directory)).toEqual([])
  })

  test('waits for a write that is under way when it discards', async () => {
    const directory = await temporaryDirectory()
    const draft = await diskStorage({ directory }).create()
    const writing = draft.write(Buffer.alloc(5_000_000))
    await draft.discard()
    await Promise.allSettled([writing])
    expect(await filesIn(directory)).toEqual([])
  })
})
