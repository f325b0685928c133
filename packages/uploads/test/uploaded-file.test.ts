import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { isMicroError } from '@micro/core'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { diskStorage, memoryStorage, type UploadedFile, type UploadStorage } from '../src/index.ts'
import { receiveFile } from '../src/receive-file.ts'
import type { TemporaryFile } from '../src/uploaded-file.ts'
import { chunked, png } from './multipart-body.ts'
import { filesIn, temporaryDirectory } from './temporary-directory.ts'

async function receive(content: Uint8Array, directory: string, name = 'a.png'): Promise<TemporaryFile> {
  return receiveFile(diskStorage({ directory }), chunked(content, 1000), { field: 'picture', name }, () => {})
}

const gone = expect.toSatisfy((error: unknown) => isMicroError(error) && error.code === 'MICRO_UPLOADS_GONE')

describe('UploadedFile', () => {
  test('is a File whose type and hash come from its content', async () => {
    const file: UploadedFile = await receive(png(5000), await temporaryDirectory())
    expect(file).toBeInstanceOf(File)
    expect(file).toBeInstanceOf(Blob)
    expect([file.field, file.name, file.size, file.type]).toEqual(['picture', 'a.png', 5008, 'image/png'])
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(png(5000))))
    expect(file.sha256).toBe(digest.toString('hex'))
    expect(file.key).toMatch(/^[0-9a-f]{32}\.png$/)
  })

  test('is read from storage in every way a Blob is', async () => {
    const text = 'Grüße, '.repeat(20_000)
    const file = await receive(Buffer.from(text), await temporaryDirectory(), 'a.txt')
    const blob = new Blob([text])
    expect(await file.text()).toBe(text)
    expect(Buffer.from(await file.bytes()).toString()).toBe(text)
    expect((await file.arrayBuffer()).byteLength).toBe(blob.size)
    expect(await new Response(file).text()).toBe(text)
    expect(await new Response(file.stream()).text()).toBe(text)
    for (const [start, end] of [
      [0, 10],
      [5, undefined],
      [-9, undefined],
      [-9, -3],
      [3, 1],
      [undefined, -8],
      [1e9, 2e9],
      [-1e9, 4],
      [70_000, 140_001],
    ] as const) {
      const slice = file.slice(start, end, 'text/x')
      const expected = blob.slice(start, end, 'text/x')
      expect([slice.size, slice.type, await slice.text()]).toEqual([expected.size, expected.type, await expected.text()])
    }
    const nested = file.slice(10, 100).slice(5, -5)
    expect(await nested.text()).toBe(await blob.slice(10, 100).slice(5, -5).text())
    expect((await nested.arrayBuffer()).byteLength).toBe(80)
    expect(await new Response(nested.stream()).text()).toBe(await nested.text())
  })

  test('goes with a form to another server', async () => {
    const file = await receive(png(100), await temporaryDirectory())
    const form = new FormData()
    form.append('f', file)
    const echoed = (await new Response(form).formData()).get('f') as File
    expect([echoed.name, echoed.type, echoed.size]).toEqual(['a.png', 'image/png', 108])
  })

  describe.each<[storage: string, make: () => Promise<UploadStorage>]>([
    ['the disk', async () => diskStorage({ directory: await temporaryDirectory() })],
    ['memory', async () => memoryStorage()],
  ])('on %s', (_, make) => {
    const text = 'Grüße, '.repeat(20_000)
    const received = async (): Promise<TemporaryFile> =>
      receiveFile(await make(), chunked(Buffer.from(text), 1000), { field: 'f', name: 'a.txt' }, () => {})

    test.each([
      ['when it has come', async () => {}],
      ['when it is kept', async (file: TemporaryFile) => void (await file.keep())],
    ])('has its content wherever it is put %s', async (_when, meanwhile) => {
      const file = await received()
      const early = file.slice(0, 9)
      const whole = new Blob([file])
      await meanwhile(file)
      expect(await whole.text()).toBe(text)
      expect(await new Blob([file]).text()).toBe(text)
      expect(await new File([file], 'b.txt').text()).toBe(text)
      expect(await early.text()).toBe('Grüße, ')
      const form = new FormData()
      form.append('a', file)
      form.append('b', file, 'renamed.txt')
      form.append('c', file.slice(-9), 'part.txt')
      const sent = await new Response(form).formData()
      const parts = [...sent.values()].filter((part) => typeof part !== 'string')
      expect(parts.map(({ name }) => name)).toEqual(['a.txt', 'renamed.txt', 'part.txt'])
      expect(await Promise.all(parts.map((part) => part.text()))).toEqual([text, text, 'Grüße, '])
    })
  })

  test('is kept where the file system has no links too; a Blob made of it before fails from then on', async () => {
    const directory = await temporaryDirectory()
    const file = await receive(png(1000), directory)
    const copy = new Blob([file])
    const link = vi.spyOn(promises, 'link').mockRejectedValue(Object.assign(new Error('no links here'), { code: 'EPERM' }))
    syncBuiltinESMExports()
    try {
      await file.keep()
    } finally {
      link.mockRestore()
      syncBuiltinESMExports()
    }
    expect(await filesIn(directory)).toEqual([`${file.key.slice(0, 2)}/${file.key}`])
    expect((await file.bytes()).length).toBe(1008)
    await expect(copy.bytes()).rejects.toThrow()
  })

  test('fails, rather than being empty, where a Blob made of it is read after it was removed', async () => {
    const file = await receive(png(1000), await temporaryDirectory())
    const copies = [new Blob([file]), new File([file], 'b.png'), file.slice(0, 10)]
    await file.discard()
    for (const copy of copies) {
      await expect(copy.bytes()).rejects.toThrow()
    }
  })

  test('passes or fails the file checks of a schema, by its content', async () => {
    const directory = await temporaryDirectory()
    const schema = z.object({ picture: z.file().min(10).max(2000).mime(['image/png']) })
    const picture = await receive(png(1000), directory)
    expect(schema.parse({ picture }).picture).toBe(picture)
    const problems = async (file: File): Promise<unknown> => schema.safeParse({ picture: file }).error?.issues.map(({ code }) => code)
    expect(await problems(await receive(png(5000), directory))).toEqual(['too_big'])
    expect(await problems(await receive(png(0), directory))).toEqual(['too_small'])
    expect(await problems(await receive(Buffer.from('<svg>'.repeat(10)), directory))).toEqual(['invalid_value'])
  })

  test('is kept once: in place, readable, and safe from what ends the request', async () => {
    const directory = await temporaryDirectory()
    const file = await receive(png(10), directory)
    const [stored, again] = await Promise.all([file.keep(), file.keep()])
    expect(again).toBe(stored)
    expect(stored).toEqual({ key: file.key, name: 'a.png', type: 'image/png', size: 18, sha256: file.sha256 })
    expect(JSON.parse(JSON.stringify(stored))).toEqual(stored)
    await file.discard()
    expect(await filesIn(directory)).toEqual([`${file.key.slice(0, 2)}/${file.key}`])
    expect((await file.bytes()).length).toBe(18)
  })

  test('is removed by what ends the request, and says so when it is used after it', async () => {
    const directory = await temporaryDirectory()
    const file = await receive(png(10), directory)
    await file.discard()
    await file.discard()
    expect(await filesIn(directory)).toEqual([])
    for (const late of [file.keep(), file.bytes()]) {
      await expect(late).rejects.toEqual(gone)
    }
    expect(() => file.stream()).toThrow(gone)
  })

  test('is not removed while it is being kept', async () => {
    const directory = await temporaryDirectory()
    const file = await receive(png(10), directory)
    const keeping = file.keep()
    await file.discard()
    await keeping
    expect(await filesIn(directory)).toEqual([`${file.key.slice(0, 2)}/${file.key}`])
  })
})

describe('receiveFile', () => {
  test('leaves nothing when its content fails, or a check does', async () => {
    const directory = await temporaryDirectory()
    async function* broken(): AsyncGenerator<Uint8Array, void, undefined> {
      yield png(1000)
      throw new Error('cut')
    }
    await expect(receiveFile(diskStorage({ directory }), broken(), { field: 'f', name: '' }, () => {})).rejects.toThrow('cut')
    const check = (size: number): void => {
      if (size > 2000) {
        throw new Error('too large')
      }
    }
    await expect(receiveFile(diskStorage({ directory }), chunked(png(5000), 1000), { field: 'f', name: '' }, check)).rejects.toThrow(
      'too large',
    )
    expect(await filesIn(directory)).toEqual([])
  })

  test.each([0, 1, 4095, 4096, 4097, 10_000])('shows the head once for a file of %i bytes: as soon as it tells the type', async (bytes) => {
    const heads: [size: number, head: number][] = []
    const content = Buffer.alloc(bytes, 'x')
    await receiveFile(
      diskStorage({ directory: await temporaryDirectory() }),
      chunked(content, 1000),
      { field: 'f', name: '' },
      (size, head) => {
        if (head !== undefined) {
          heads.push([size, head.length])
        }
      },
    )
    expect(heads).toEqual([bytes <= 4096 ? [bytes, bytes] : [Math.min(5000, bytes), 4096]])
  })
})
