import { PassThrough } from 'node:stream'
import { isHttpError, isMicroError } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { ByteSource } from '../src/byte-source.ts'
import type { IncomingField, IncomingFile } from '../src/incoming-part.ts'
import { multipart } from '../src/multipart.ts'
import { BOUNDARY, CONTENT_TYPE, chunked, multipartBody, type PartSpec } from './multipart-body.ts'
import { LIMITS, parseForm } from './parse-form.ts'

const file = (bytes: number, name = 'f'): PartSpec => ({ name, filename: 'a.bin', content: 'x'.repeat(bytes) })
const field = (bytes: number, name = 'a'): PartSpec => ({ name, content: 'x'.repeat(bytes) })

function parts(
  body: Uint8Array,
  limits: Partial<typeof LIMITS> = {},
  chunkBytes = 65_536,
): AsyncGenerator<IncomingField | IncomingFile, void, undefined> {
  const all = { ...LIMITS, ...limits }
  return multipart(new ByteSource(chunked(body, chunkBytes), all), BOUNDARY, all)
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0
  for await (const chunk of content) {
    bytes += chunk.length
  }
  return bytes
}

describe('multipart', () => {
  test.each([1, 2, 3, 7, 41, 65_536])('gives the same parts whatever the chunks: %i bytes each', async (chunkBytes) => {
    const body = multipartBody([
      field(3),
      file(500),
      { name: 'ü%22', content: 'ä\r\n--x-test' },
      file(0, 'empty'),
      { name: 'f', filename: 'b.txt', content: '\r\n--' },
    ])
    const form = await parseForm(CONTENT_TYPE, body, {}, chunkBytes)
    expect(form.status).toBeUndefined()
    expect(form.fields).toEqual([
      ['a', 'xxx'],
      ['ü"', 'ä\r\n--x-test'],
    ])
    expect(form.files.map(({ name, filename, size }) => [name, filename, size])).toEqual([
      ['f', 'a.bin', 500],
      ['empty', 'a.bin', 0],
      ['f', 'b.txt', 4],
    ])
  })

  /** Each limit at its last allowed value, and one further. */
  test.each<[limit: keyof typeof LIMITS, value: number, fits: PartSpec[], over: PartSpec[]]>([
    ['parts', 2, [field(1), file(1)], [field(1), file(1), field(1)]],
    ['parts', 0, [], [field(1)]],
    ['files', 1, [file(1)], [file(1), file(1)]],
    ['files', 0, [field(1)], [file(1)]],
    ['fields', 1, [field(1), file(1)], [field(1), field(1)]],
    ['fields', 0, [file(1)], [field(1)]],
    ['nameBytes', 4, [field(1, 'ääx'.slice(0, 2))], [field(1, 'ääx')]],
    ['nameBytes', 4, [file(1, 'name')], [file(1, 'names')]],
    ['fieldBytes', 5, [field(5)], [field(6)]],
    ['fieldBytes', 0, [field(0)], [field(1)]],
    ['fileBytes', 5, [file(5)], [file(6)]],
    ['fileBytes', 0, [file(0)], [file(1)]],
    ['fileBytes', 70_000, [file(70_000)], [file(70_001)]],
    [
      'headerBytes',
      60,
      [{ ...field(1), header: `!Content-Disposition: form-data; name="a"${' '.repeat(20)}` }],
      [{ ...field(1), header: `!Content-Disposition: form-data; name="a"${' '.repeat(21)}` }],
    ],
  ])('holds %s at %i: not one less, not one more', async (limit, value, fits, over) => {
    for (const chunkBytes of [65_536, value > 1000 ? 100 : 1]) {
      const allowed = await parseForm(CONTENT_TYPE, multipartBody(fits), { [limit]: value }, chunkBytes)
      expect(allowed.message).toBeUndefined()
      expect(allowed.fields.length + allowed.files.length).toBe(fits.length)
      const refused = await parseForm(CONTENT_TYPE, multipartBody(over), { [limit]: value }, chunkBytes)
      expect(refused.status).toBe(413)
    }
  })

  test('holds totalBytes to the byte', async () => {
    const body = multipartBody([file(1000)])
    expect((await parseForm(CONTENT_TYPE, body, { totalBytes: body.length }, 100)).status).toBeUndefined()
    expect((await parseForm(CONTENT_TYPE, body, { totalBytes: body.length - 1 }, 100)).status).toBe(413)
  })

  test('counts parts that the parser passes over', async () => {
    const unreadable: PartSpec = { name: '', content: '', header: '!X: y' }
    expect((await parseForm(CONTENT_TYPE, multipartBody(Array(3).fill(unreadable)), { parts: 2 })).status).toBe(413)
  })

  test('refuses a part that the parser passes over', async () => {
    const quote: PartSpec = { name: 'f', content: 'x', header: '!Content-Disposition: form-data; name="f"; filename="a"b.txt"' }
    const form = await parseForm(CONTENT_TYPE, multipartBody([field(1), quote]))
    expect(form.status).toBe(400)
    expect(form.message).toContain('Content-Disposition')
  })

  test.each(['base64', 'quoted-printable', 'x-gzip'])('refuses Content-Transfer-Encoding %s', async (encoding) => {
    for (const part of [file(4), field(4)]) {
      expect((await parseForm(CONTENT_TYPE, multipartBody([{ ...part, header: `Content-Transfer-Encoding: ${encoding}` }]))).status).toBe(
        415,
      )
    }
  })

  test('leaves out file inputs in which nothing was chosen, and keeps files without a name', async () => {
    const form = await parseForm(
      CONTENT_TYPE,
      multipartBody([
        { name: 'none', filename: '', type: 'application/octet-stream', content: '' },
        { name: 'unnamed', filename: '', type: 'application/octet-stream', content: 'x' },
      ]),
    )
    expect(form.files.map(({ name, filename, size }) => [name, filename, size])).toEqual([['unnamed', '', 1]])
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''])('takes %j for a name like any other', async (name) => {
    const form = await parseForm(CONTENT_TYPE, multipartBody([field(1, name), file(1, name)]))
    expect(form.fields).toEqual([[name, 'x']])
    expect(form.files[0]?.name).toBe(name)
    expect({}).not.toHaveProperty('x')
  })

  test('decodes values by the charset of their part', async () => {
    const latin: PartSpec = { name: 'a', content: Buffer.from('café', 'latin1'), type: 'text/plain; charset=iso-8859-1' }
    expect((await parseForm(CONTENT_TYPE, multipartBody([latin]))).fields).toEqual([['a', 'café']])
  })

  test('skips a file that nobody reads, and goes on', async () => {
    const names: string[] = []
    for await (const part of parts(multipartBody([file(200_000, 'one'), field(1, 'two'), file(10, 'three')]), {}, 1000)) {
      names.push(part.name)
    }
    expect(names).toEqual(['one', 'two', 'three'])
  })

  test('counts a file that nobody reads', async () => {
    const read = async (): Promise<void> => {
      for await (const part of parts(multipartBody([file(2000)]), { fileBytes: 1999 }, 100)) {
        void part
      }
    }
    await expect(read()).rejects.toSatisfy((error) => isHttpError(error) && error.status === 413)
  })

  test('refuses to read a part once the loop has gone on', async () => {
    const seen: IncomingFile[] = []
    for await (const part of parts(multipartBody([file(10), field(1)]))) {
      if (part.kind === 'file') {
        seen.push(part)
      }
    }
    const late = seen[0]?.[Symbol.asyncIterator]().next()
    await expect(late).rejects.toSatisfy((error) => isMicroError(error) && error.code === 'MICRO_UPLOADS_PART_PASSED')
  })

  test('fails each who waits when a part is read while the loop goes on', async () => {
    const stream = new PassThrough()
    const body = multipartBody([file(1000), field(1)])
    const reads: Promise<unknown>[] = []
    const names: string[] = []
    stream.write(body.subarray(0, 500))
    for await (const part of multipart(new ByteSource(stream, LIMITS), BOUNDARY, LIMITS)) {
      names.push(part.name)
      if (part.kind === 'file') {
        reads.push(collect(part))
        await new Promise((resolve) => setTimeout(resolve, 5))
        // The rest comes when the loop has gone on, however slow the machine is.
        setImmediate(() => stream.end(body.subarray(500)))
      }
    }
    expect(names).toEqual(['f', 'a'])
    await expect(reads[0]).rejects.toSatisfy((error) => isMicroError(error) && error.code === 'MICRO_UPLOADS_PART_PASSED')
  })

  test.each<Partial<typeof LIMITS>>([{ fileBytes: 999 }, { parts: 1 }, { totalBytes: 1000 }])(
    'fails again for who goes on after a failure: %o',
    async (limits) => {
      const statuses: unknown[] = []
      const note = (error: unknown): void => {
        statuses.push(isHttpError(error) ? error.status : error)
      }
      try {
        for await (const part of parts(multipartBody([file(1000), field(1)]), limits, 100)) {
          if (part.kind === 'file') {
            await collect(part).catch(note)
          }
        }
      } catch (error) {
        note(error)
      }
      expect(statuses).toEqual([413, 413])
    },
  )

  test('pulls no more than it needs while a part is being handled', async () => {
    let pulled = 0
    const body = multipartBody([file(1_000_000)])
    async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of chunked(body, 1000)) {
        pulled += chunk.length
        yield chunk
      }
    }
    for await (const part of multipart(new ByteSource(counted(), LIMITS), BOUNDARY, LIMITS)) {
      if (part.kind === 'file') {
        let read = 0
        for await (const chunk of part) {
          read += chunk.length
          await new Promise((resolve) => setImmediate(resolve))
          expect(pulled - read).toBeLessThan(5000)
        }
        expect(read).toBe(1_000_000)
      }
    }
  })

  test('stops the source when the loop is left', async () => {
    let returned = false
    async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        yield multipartBody([field(1), file(10)])
        for (;;) {
          yield Buffer.alloc(10)
        }
      } finally {
        returned = true
      }
    }
    for await (const part of multipart(new ByteSource(endless(), LIMITS), BOUNDARY, LIMITS)) {
      expect(part.name).toBe('a')
      break
    }
    await new Promise((resolve) => setImmediate(resolve))
    expect(returned).toBe(true)
  })

  test('passes on what the source throws, in the middle of a file too', async () => {
    async function* broken(): AsyncGenerator<Uint8Array, void, undefined> {
      yield multipartBody([file(1000)]).subarray(0, 600)
      throw new Error('cable cut')
    }
    const read = async (): Promise<void> => {
      for await (const part of multipart(new ByteSource(broken(), LIMITS), BOUNDARY, LIMITS)) {
        if (part.kind === 'file') {
          for await (const chunk of part) {
            void chunk
          }
        }
      }
    }
    await expect(read()).rejects.toSatisfy((error) => isHttpError(error) && error.status === 400 && error.headers.Connection === 'close')
  })
})
