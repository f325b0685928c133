import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isHttpError, micro, type Reply } from '@micro/core'
import { serve } from '@micro/core/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FileOptions, type FileRequest, sendFile } from '../src/files.ts'
import { type ReplyServer, replyServer, timesOpen } from './reply-server.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'micro-files-')))
const at = (name: string): string => join(root, name)

const MIB = 1024 * 1024
const LONG_AGO = new Date('2020-02-02T02:02:02.250Z')
const LONG_AGO_DATE = 'Sun, 02 Feb 2020 02:02:02 GMT'

const letters = Buffer.from('abcdefghijklmnopqrstuvwxyz')
const large = Buffer.alloc(MIB + 17, 'The quick brown fox jumps over the lazy dog. ')
const hasProc = readdirSync('/').includes('proc') && process.platform === 'linux'

let server: ReplyServer
let options: FileOptions = {}

beforeAll(async () => {
  put('letters.txt', letters)
  put('large.bin', large)
  put('empty.txt', Buffer.alloc(0))
  server = await replyServer((request, path) => sendFile(request, at(path), options))
})

afterAll(async () => {
  await server.close()
  rmSync(root, { recursive: true })
})

/** Writes a file that was last changed long ago, unless another time is given. */
function put(name: string, content: Buffer, modified: Date = LONG_AGO): string {
  writeFileSync(at(name), content)
  utimesSync(at(name), modified, modified)
  return at(name)
}

/** A request as handlers have it. */
const asked = (headers: { readonly [name: string]: string } = {}, method = 'GET'): FileRequest => ({
  method,
  header: (name) => headers[name],
})

const headersOf = (reply: Reply): Map<string, string> => {
  const list = reply.headers ?? []
  return new Map(list.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), list[index + 1] ?? ''] as const] : [])))
}

const tagOf = async (name: string): Promise<string> => (await server.ask(`/${name}`)).headers.etag ?? ''

describe('sendFile', () => {
  test('sends a small file whole, with everything that describes it', async () => {
    const { status, headers, body } = await server.ask('/letters.txt')
    expect(status).toBe(200)
    expect(body).toEqual(letters)
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '26',
      'last-modified': LONG_AGO_DATE,
      'accept-ranges': 'bytes',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    })
    expect(headers.etag).toMatch(/^"[\w-]+"$/)
    expect(headers['content-disposition']).toBeUndefined()
    expect(headers['content-encoding']).toBeUndefined()
  })

  test('sends a large file as a stream of its exact length', async () => {
    const { status, headers, body } = await server.ask('/large.bin')
    expect(status).toBe(200)
    expect(headers['content-length']).toBe(String(large.length))
    expect(headers['transfer-encoding']).toBeUndefined()
    expect(digest(body)).toBe(digest(large))
  })

  test.each([0, 1, 65_535, 65_536, 65_537, 131_072, 200_001])('sends %i bytes', async (length) => {
    const content = Buffer.alloc(length, 'abcdefg')
    put('sized.bin', content)
    const { headers, body } = await server.ask('/sized.bin')
    expect(headers['content-length']).toBe(String(length))
    expect(digest(body)).toBe(digest(content))
  })

  test('holds up to 64 KiB in memory, and streams what is longer', async () => {
    put('small.bin', Buffer.alloc(65_536))
    put('longer.bin', Buffer.alloc(65_537))
    expect((await sendFile(asked(), at('small.bin'))).body).toBeInstanceOf(Uint8Array)
    const { body } = await sendFile(asked(), at('longer.bin'))
    expect(body).not.toBeInstanceOf(Uint8Array)
    expect(Symbol.asyncIterator in Object(body)).toBe(true)
  })

  test('answers HEAD with the headers of GET and without reading', async () => {
    for (const name of ['letters.txt', 'large.bin', 'empty.txt']) {
      const get = await server.ask(`/${name}`)
      const head = await server.ask(`/${name}`, {}, 'HEAD')
      const { date: _, ...expected } = get.headers
      expect(head.headers).toMatchObject(expected)
      expect(head.body).toHaveLength(0)
      expect((await sendFile(asked({}, 'HEAD'), at(name))).body).toBeNull()
    }
  })

  test('disregards conditions and ranges of other methods', async () => {
    const headers = { 'if-none-match': '*', 'if-match': '"other"', range: 'bytes=0-1' }
    const { status, body } = await server.ask('/letters.txt', headers, 'POST')
    expect(status).toBe(200)
    expect(body).toEqual(letters)
  })

  describe('types', () => {
    const rows: readonly (readonly [name: string, type: string])[] = [
      ['a.html', 'text/html; charset=utf-8'],
      ['a.CSS', 'text/css; charset=utf-8'],
      ['a.js', 'text/javascript; charset=utf-8'],
      ['a.json', 'application/json'],
      ['a.svg', 'image/svg+xml'],
      ['a.b.png', 'image/png'],
      ['a.woff2', 'font/woff2'],
      ['html', 'application/octet-stream'],
      ['.html', 'application/octet-stream'],
      ['a.unknown', 'application/octet-stream'],
      ['a.constructor', 'application/octet-stream'],
      ['a.__proto__', 'application/octet-stream'],
    ]

    test.each(rows)('%s', async (name, type) => {
      put(name, letters)
      expect((await sendFile(asked(), at(name))).type).toBe(type)
    })

    test('the one that is given goes first', async () => {
      expect((await sendFile(asked(), at('letters.txt'), { type: 'application/x-abc' })).type).toBe('application/x-abc')
    })

    test('an extension of a directory is none of its files', async () => {
      mkdirSync(at('dir.html'))
      put('dir.html/plain', letters)
      expect((await sendFile(asked(), at('dir.html/plain'))).type).toBe('application/octet-stream')
    })
  })

  describe('options', () => {
    const caching: readonly (readonly [maxAge: number | undefined, value: string])[] = [
      [undefined, 'no-cache'],
      [0, 'no-cache'],
      [60, 'max-age=60'],
      [1.9, 'max-age=1'],
      [-5, 'no-cache'],
      [Number.NaN, 'no-cache'],
      [Number.POSITIVE_INFINITY, 'max-age=31536000'],
    ]

    test.each(caching)('a maximal age of %s is %s', async (maxAge, value) => {
      const reply = await sendFile(asked(), at('letters.txt'), maxAge === undefined ? {} : { maxAge })
      expect(headersOf(reply).get('cache-control')).toBe(value)
    })

    test('a download has its name, over the wire', async () => {
      options = { download: 'Größe\r\nX-Evil: 1.txt' }
      const { headers } = await server.ask('/letters.txt')
      options = {}
      expect(headers['content-disposition']).toBe(
        `attachment; filename="Gro_e__X-Evil: 1.txt"; filename*=UTF-8''Gr%C3%B6%C3%9Fe__X-Evil%3A%201.txt`,
      )
      expect(headers['x-evil']).toBeUndefined()
    })

    test('are not written to', async () => {
      const given = Object.freeze({ maxAge: 5, download: 'x', type: 'text/x' })
      await sendFile(asked(), at('letters.txt'), given)
      expect(given).toEqual({ maxAge: 5, download: 'x', type: 'text/x' })
    })
  })

  describe('what is not sent', () => {
    const rows: readonly (readonly [what: string, path: () => string])[] = [
      ['a missing file', () => at('missing.txt')],
      ['a directory', () => root],
      ['a file with a slash behind it', () => `${at('letters.txt')}/`],
      ['something below a file', () => at('letters.txt/x')],
      ['a name with a NUL', () => `${at('letters.txt')}\0.png`],
      ['a name that is too long', () => at('x'.repeat(5000))],
      ['a pipe, without waiting for its writer', pipe],
      ['a device', () => '/dev/zero'],
    ]

    test.each(rows)('%s is 404', async (_, path) => {
      const error = await sendFile(asked(), path()).catch((reason: unknown) => reason)
      expect(isHttpError(error) && error.status).toBe(404)
    })

    test.runIf(hasProc)('a file without permission is 404, the reason being its cause', async () => {
      // Nobody may read it, not even root.
      const error = await sendFile(asked(), '/proc/sys/vm/compact_memory').catch((reason: unknown) => reason)
      expect(error).toMatchObject({ status: 404, cause: { code: 'EACCES' } })
    })

    test('says nothing about the disk', async () => {
      const { status, body } = await server.ask('/missing.txt')
      expect(status).toBe(404)
      expect(body.toString()).not.toContain(root)
    })
  })

  describe('conditions', () => {
    const rows: readonly (readonly [what: string, headers: (tag: string) => { readonly [name: string]: string }, status: number])[] = [
      ['If-None-Match with the tag', (tag) => ({ 'If-None-Match': tag }), 304],
      ['If-None-Match with the weak tag', (tag) => ({ 'If-None-Match': `W/${tag}` }), 304],
      ['If-None-Match with another', () => ({ 'If-None-Match': '"other"' }), 200],
      ['If-None-Match with another, and the date', () => ({ 'If-None-Match': '"other"', 'If-Modified-Since': LONG_AGO_DATE }), 200],
      ['If-Modified-Since with the date', () => ({ 'If-Modified-Since': LONG_AGO_DATE }), 304],
      ['If-Modified-Since with an earlier one', () => ({ 'If-Modified-Since': 'Sat, 01 Feb 2020 02:02:02 GMT' }), 200],
      ['If-Match with the tag', (tag) => ({ 'If-Match': tag }), 200],
      ['If-Match with another', () => ({ 'If-Match': '"other"' }), 412],
      ['If-Unmodified-Since with an earlier date', () => ({ 'If-Unmodified-Since': 'Sat, 01 Feb 2020 02:02:02 GMT' }), 412],
      ['a condition goes before a range', (tag) => ({ 'If-None-Match': tag, Range: 'bytes=0-1' }), 304],
      ['a condition goes before a range that cannot be satisfied', (tag) => ({ 'If-None-Match': tag, Range: 'bytes=900-' }), 304],
    ]

    test.each(rows)('%s: %#', async (_, headers, status) => {
      const tag = await tagOf('letters.txt')
      for (const method of ['GET', 'HEAD']) {
        const seen = await server.ask('/letters.txt', headers(tag), method)
        expect(seen.status).toBe(status)
        if (status !== 200) {
          expect(seen.body).toHaveLength(0)
        }
      }
    })

    test('a 304 has what a cache needs, and nothing about a body', async () => {
      const { headers } = await server.ask('/letters.txt', { 'If-None-Match': '*' })
      expect(headers).toMatchObject({ etag: expect.any(String), 'last-modified': LONG_AGO_DATE, 'cache-control': 'no-cache' })
      expect(headers['content-type']).toBeUndefined()
      expect(headers['content-length']).toBeUndefined()
    })
  })

  describe('tags', () => {
    test('change with the size and with the time of change, and with nothing else', async () => {
      put('tagged.txt', letters)
      const first = await tagOf('tagged.txt')
      put('tagged.txt', letters)
      expect(await tagOf('tagged.txt')).toBe(first)
      put('tagged.txt', letters.subarray(1))
      const shorter = await tagOf('tagged.txt')
      put('tagged.txt', letters, new Date(LONG_AGO.getTime() + 1))
      const later = await tagOf('tagged.txt')
      expect(new Set([first, shorter, later]).size).toBe(3)
    })

    test('are weak until the file has been left alone for two seconds', async () => {
      put('fresh.txt', letters, new Date())
      expect(await tagOf('fresh.txt')).toMatch(/^W\/"/)
      put('fresh.txt', letters, new Date(Date.now() + 3_600_000))
      expect(await tagOf('fresh.txt')).toMatch(/^W\/"/)
      put('fresh.txt', letters, new Date(Date.now() - 3000))
      expect(await tagOf('fresh.txt')).toMatch(/^"/)
    })

    test('a weak one serves a 304, but joins no parts', async () => {
      put('fresh.txt', letters, new Date())
      const tag = await tagOf('fresh.txt')
      expect((await server.ask('/fresh.txt', { 'If-None-Match': tag })).status).toBe(304)
      expect((await server.ask('/fresh.txt', { 'If-Range': tag, Range: 'bytes=0-1' })).status).toBe(200)
    })

    test('a time of change in the future is not told', async () => {
      put('future.txt', letters, new Date(Date.now() + 3_600_000))
      const { headers } = await server.ask('/future.txt')
      expect(Date.parse(headers['last-modified'] ?? '')).toBeLessThanOrEqual(Date.now())
    })

    test('files with the constant time of a package are told apart by when they came here', async () => {
      const packed = new Date('1985-10-26T08:15:00Z')
      put('packed.txt', Buffer.from('version 1'), packed)
      const first = await server.ask('/packed.txt')
      await sleep(20)
      put('packed.txt', Buffer.from('version 2'), packed)
      const second = await server.ask('/packed.txt', { 'If-None-Match': first.headers.etag ?? '' })
      expect(second.status).toBe(200)
      expect(second.body.toString()).toBe('version 2')
      expect(Date.parse(second.headers['last-modified'] ?? '')).toBeGreaterThan(Date.now() - 60_000)
    })
  })

  describe('ranges', () => {
    const rows: readonly (readonly [range: string, status: number, contentRange: string | undefined, body: string])[] = [
      ['bytes=0-4', 206, 'bytes 0-4/26', 'abcde'],
      ['bytes=5-5', 206, 'bytes 5-5/26', 'f'],
      ['bytes=24-', 206, 'bytes 24-25/26', 'yz'],
      ['bytes=20-999', 206, 'bytes 20-25/26', 'uvwxyz'],
      ['bytes=-3', 206, 'bytes 23-25/26', 'xyz'],
      ['bytes=-999', 206, 'bytes 0-25/26', 'abcdefghijklmnopqrstuvwxyz'],
      ['bytes=0-1,2-4', 206, 'bytes 0-4/26', 'abcde'],
      ['bytes=0-0,900-', 206, 'bytes 0-0/26', 'a'],
      ['bytes=26-', 416, 'bytes */26', ''],
      ['bytes=-0', 416, 'bytes */26', ''],
      ['bytes=900-999,1000-', 416, 'bytes */26', ''],
      ['bytes=x', 200, undefined, 'abcdefghijklmnopqrstuvwxyz'],
      ['lines=0-1', 200, undefined, 'abcdefghijklmnopqrstuvwxyz'],
      ['bytes=0-0,2-2,4-4,6-6,8-8,10-10', 200, undefined, 'abcdefghijklmnopqrstuvwxyz'],
    ]

    test.each(rows)('%s is %i', async (range, status, contentRange, text) => {
      const { headers, ...seen } = await server.ask('/letters.txt', { Range: range })
      expect(seen.status).toBe(status)
      expect(headers['content-range']).toBe(contentRange)
      expect(seen.body.toString()).toBe(text)
      expect(headers['content-length'] ?? '0').toBe(String(text.length))
    })

    test('HEAD has none', async () => {
      const { status, headers } = await server.ask('/letters.txt', { Range: 'bytes=0-4' }, 'HEAD')
      expect(status).toBe(200)
      expect(headers['content-length']).toBe('26')
      expect(headers['content-range']).toBeUndefined()
    })

    test('an empty file is sent whole', async () => {
      const { status, body } = await server.ask('/empty.txt', { Range: 'bytes=0-' })
      expect(status).toBe(200)
      expect(body).toHaveLength(0)
    })

    test('a part of a large file is right at every edge of a read', async () => {
      const edges = [0, 1, 65_535, 65_536, 65_537, 196_607, 196_608, 458_752, large.length - 1]
      for (const start of edges) {
        for (const length of [1, 65_536, 65_537, 300_000]) {
          const { status, body } = await server.ask('/large.bin', { Range: `bytes=${start}-${start + length - 1}` })
          expect(status).toBe(206)
          expect(digest(body)).toBe(digest(large.subarray(start, start + length)))
        }
      }
    })

    test('several come as multipart/byteranges of the length told', async () => {
      for (const [name, content] of [
        ['letters.txt', letters],
        ['large.bin', large],
      ] as const) {
        const last = content.length - 1
        const { status, headers, body } = await server.ask(`/${name}`, { Range: 'bytes=-1,0-2,5-9' })
        expect(status).toBe(206)
        expect(headers['content-range']).toBeUndefined()
        expect(headers['content-length']).toBe(String(body.length))
        const type = name === 'letters.txt' ? 'text/plain; charset=utf-8' : 'application/octet-stream'
        expect(partsOf(headers['content-type'], body)).toEqual([
          { type, range: `bytes ${last}-${last}/${content.length}`, body: content.subarray(last).toString() },
          { type, range: `bytes 0-2/${content.length}`, body: content.subarray(0, 3).toString() },
          { type, range: `bytes 5-9/${content.length}`, body: content.subarray(5, 10).toString() },
        ])
      }
    })

    const ifRange: readonly (readonly [what: string, header: (tag: string) => string, status: number])[] = [
      ['the tag', (tag) => tag, 206],
      ['the weak tag', (tag) => `W/${tag}`, 200],
      ['another tag', () => '"other"', 200],
      ['the date', () => LONG_AGO_DATE, 206],
      ['another date', () => 'Sun, 02 Feb 2020 02:02:03 GMT', 200],
    ]

    test.each(ifRange)('If-Range with %s', async (_, header, status) => {
      const seen = await server.ask('/letters.txt', { 'If-Range': header(await tagOf('letters.txt')), Range: 'bytes=0-4' })
      expect(seen.status).toBe(status)
      expect(seen.body.toString()).toBe(status === 206 ? 'abcde' : letters.toString())
    })

    test('If-Range with the date of a change a moment ago is no proof', async () => {
      put('fresh.txt', letters, new Date())
      const { headers } = await server.ask('/fresh.txt')
      const seen = await server.ask('/fresh.txt', { 'If-Range': headers['last-modified'] ?? '', Range: 'bytes=0-4' })
      expect(seen.status).toBe(200)
    })

    test('If-Range that fails makes no 416', async () => {
      expect((await server.ask('/letters.txt', { 'If-Range': '"other"', Range: 'bytes=900-' })).status).toBe(200)
    })
  })

  describe.runIf(hasProc)('open files', () => {
    const big = at('big.bin')

    beforeAll(() => {
      writeFileSync(big, '')
      truncateSync(big, 50 * MIB)
      utimesSync(big, LONG_AGO, LONG_AGO)
    })

    test('a client that goes away in the middle leaves none', async () => {
      const response = await server.open('/big.bin')
      await once(response, 'readable')
      expect(timesOpen(big)).toBe(1)
      response.destroy()
      await expect.poll(() => timesOpen(big), { timeout: 2000 }).toBe(0)
    })

    test('twenty that go away at once leave none, and the server answers', async () => {
      const responses = await Promise.all(Array.from({ length: 20 }, () => server.open('/big.bin')))
      await Promise.all(responses.map((response) => once(response, 'readable')))
      expect(timesOpen(big)).toBe(20)
      for (const response of responses) {
        response.destroy()
      }
      await expect.poll(() => timesOpen(big), { timeout: 2000 }).toBe(0)
      expect((await server.ask('/letters.txt')).status).toBe(200)
    })

    test('a reply that is never sent keeps none', async () => {
      const replies = [
        await sendFile(asked(), big),
        await sendFile(asked({ range: 'bytes=0-1,9-' }), big),
        await sendFile(asked({}, 'HEAD'), big),
      ]
      expect(replies.map(({ status }) => status)).toEqual([200, 206, 200])
      expect(timesOpen(big)).toBe(0)
    })

    test('an iteration that ends early leaves none', async () => {
      const { body } = await sendFile(asked(), big)
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        expect(chunk).toHaveLength(65_536)
        expect(timesOpen(big)).toBe(1)
        break
      }
      expect(timesOpen(big)).toBe(0)
    })

    test('an iteration that is ended while a read is under way leaves none', async () => {
      const { body } = await sendFile(asked(), big)
      const iterator = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
      await iterator.next()
      const reading = iterator.next()
      await iterator.return?.()
      await reading
      expect(timesOpen(big)).toBe(0)
    })

    test('a reply of every kind that is sent leaves none', async () => {
      const every = [
        {},
        { Range: 'bytes=0-1' },
        { Range: 'bytes=0-1,5-6' },
        { Range: 'bytes=99999999-' },
        { 'If-None-Match': '*' },
        { 'If-Match': '"x"' },
      ]
      for (const name of ['letters.txt', 'large.bin']) {
        const seen = await Promise.all(every.map((headers) => server.ask(`/${name}`, headers)))
        expect(seen.map(({ status }) => status)).toEqual([200, 206, 206, 416, 304, 412])
        expect(timesOpen(at(name))).toBe(0)
      }
      await sendFile(asked(), root).catch(() => undefined)
      expect(timesOpen(root)).toBe(0)
    })

    test('slow clients get small pieces, fast ones large', async () => {
      const { body } = await sendFile(asked(), big)
      const lengths: number[] = []
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        lengths.push(chunk.length / 1024)
        if (lengths.length === 6) {
          break
        }
        await (lengths.length === 5 ? sleep(80) : undefined)
      }
      expect(lengths).toEqual([64, 128, 256, 512, 512, 64])
    })
  })

  describe('files that change while they are sent', () => {
    test('one that is replaced before it is read is not mixed with its headers', async () => {
      put('moving.bin', large)
      const { body } = await sendFile(asked(), at('moving.bin'))
      put('moving.new', Buffer.alloc(large.length, 'x'))
      renameSync(at('moving.new'), at('moving.bin'))
      await expect(Array.fromAsync(body as AsyncIterable<Uint8Array>)).rejects.toMatchObject({ status: 503 })
    })

    test('one that is changed in its place before it is read, too', async () => {
      put('moving.bin', large)
      const { body } = await sendFile(asked(), at('moving.bin'))
      put('moving.bin', large, new Date(LONG_AGO.getTime() + 1000))
      await expect(Array.fromAsync(body as AsyncIterable<Uint8Array>)).rejects.toMatchObject({ status: 503 })
    })

    test('one that is removed before it is read, too', async () => {
      put('moving.bin', large)
      const { body } = await sendFile(asked(), at('moving.bin'))
      rmSync(at('moving.bin'))
      await expect(Array.fromAsync(body as AsyncIterable<Uint8Array>)).rejects.toMatchObject({ status: 503 })
    })

    test('one that grows is sent at the length told', async () => {
      const path = put('growing.bin', large)
      const { body, headers } = await sendFile(asked(), path)
      const chunks: Uint8Array[] = []
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        if (chunks.push(chunk) === 1) {
          appendFileSync(path, large)
        }
      }
      expect(Buffer.concat(chunks).length).toBe(large.length)
      expect(headers?.slice(-2)).toEqual(['Content-Length', String(large.length)])
    })

    test('one that shrinks ends the reply with an error, and leaves nothing open', async () => {
      const path = put('shrinking.bin', Buffer.alloc(8 * MIB))
      const response = await server.open('/shrinking.bin')
      await once(response, 'readable')
      truncateSync(path, 100)
      await expect(response.toArray()).rejects.toMatchObject({ code: 'ECONNRESET' })
      expect(server.failures.at(-1)).toMatchObject({ status: 503, cause: { message: expect.stringContaining('shrinking.bin') } })
      await expect.poll(() => timesOpen(path)).toBe(0)
    })
  })
})

describe('ctx.file', () => {
  test('answers through fetch and a socket alike', async () => {
    const app = micro(import.meta, { mode: 'test', env: {}, root })
    app.get('/file/:name', (ctx) => ctx.file(at(ctx.params.name), { maxAge: 60 }))
    const running = await serve(app, { port: 0, signals: false })
    try {
      const ways = [
        (path: string, init?: RequestInit) => app.fetch(new Request(`http://localhost${path}`, init)),
        (path: string, init?: RequestInit) => fetch(running.url + path, init),
      ]
      for (const ask of ways) {
        const whole = await ask('/file/large.bin')
        expect(whole.headers.get('content-length')).toBe(String(large.length))
        expect(digest(Buffer.from(await whole.arrayBuffer()))).toBe(digest(large))
        const part = await ask('/file/letters.txt', { headers: { range: 'bytes=-3' } })
        expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 23-25/26', 'xyz'])
        const same = await ask('/file/letters.txt', {
          headers: { 'if-none-match': whole.headers.get('etag') ?? '', 'if-modified-since': LONG_AGO_DATE },
        })
        expect(same.status).toBe(200)
        const kept = await ask('/file/letters.txt', { headers: { 'if-none-match': same.headers.get('etag') ?? '' } })
        expect([kept.status, await kept.text()]).toEqual([304, ''])
        const head = await ask('/file/large.bin', { method: 'HEAD' })
        expect([head.status, head.headers.get('content-length')]).toEqual([200, String(large.length)])
        const beyond = await ask('/file/letters.txt', { headers: { range: 'bytes=99-' } })
        expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */26'])
        expect((await ask('/file/missing.txt')).status).toBe(404)
      }
    } finally {
      await running.stop()
    }
  })

  test.runIf(hasProc)('leaves nothing open when a client goes away', async () => {
    const path = at('big.bin')
    const app = micro(import.meta, { mode: 'test', env: {}, root })
    app.get('/big', (ctx) => ctx.file(path))
    const running = await serve(app, { port: 0, signals: false })
    try {
      const gone = new AbortController()
      const response = await fetch(`${running.url}/big`, { signal: gone.signal })
      await response.body?.getReader().read()
      expect(timesOpen(path)).toBe(1)
      gone.abort()
      await expect.poll(() => timesOpen(path), { timeout: 2000 }).toBe(0)
    } finally {
      await running.stop()
    }
  })
})

function digest(bytes: Uint8Array): string {
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`
}

function pipe(): string {
  const path = at('pipe')
  execFileSync('mkfifo', [path])
  return path
}

interface Part {
  readonly type: string
  readonly range: string
  readonly body: string
}

/** Takes a multipart body apart by the letter of RFC 2046. */
function partsOf(contentType: string | undefined, body: Buffer): readonly Part[] {
  const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(contentType ?? '')?.[1]
  expect(boundary).toBeDefined()
  const text = `\r\n${body.toString('latin1')}`
  const pieces = text.split(`\r\n--${boundary}`)
  expect(pieces[0]).toBe('')
  expect(pieces.at(-1)).toBe('--\r\n')
  return pieces.slice(1, -1).map((piece) => {
    const [, type = '', range = '', content = ''] = /^\r\nContent-Type: (.*)\r\nContent-Range: (.*)\r\n\r\n([^]*)$/.exec(piece) ?? []
    return { type, range, body: content }
  })
}
