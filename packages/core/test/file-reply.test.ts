import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendFile } from '../src/files/files.ts'
import { digest, FileFixture, LONG_AGO, LONG_AGO_DATE, large, letters } from './file-fixture.ts'
import { type ReplyServer, replyServer } from './reply-server.ts'

const fixture = new FileFixture('file-reply')
let server: ReplyServer

beforeAll(async () => {
  fixture.put('letters.txt', letters)
  fixture.put('large.bin', large)
  fixture.put('empty.txt', '')
  server = await replyServer((request, path) => sendFile(request, fixture.at(path)))
})

afterAll(async () => {
  await server.close()
  fixture.remove()
})

const tagOf = async (name: string): Promise<string> => (await server.ask(`/${name}`)).headers.etag ?? ''

describe('fileReply', () => {
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
      fixture.put('tagged.txt', letters)
      const first = await tagOf('tagged.txt')
      fixture.put('tagged.txt', letters)
      expect(await tagOf('tagged.txt')).toBe(first)
      fixture.put('tagged.txt', letters.subarray(1))
      const shorter = await tagOf('tagged.txt')
      fixture.put('tagged.txt', letters, new Date(LONG_AGO.getTime() + 1))
      const later = await tagOf('tagged.txt')
      expect(new Set([first, shorter, later]).size).toBe(3)
    })

    test('are weak until the file has been left alone for two seconds', async () => {
      fixture.put('fresh.txt', letters, new Date())
      expect(await tagOf('fresh.txt')).toMatch(/^W\/"/)
      fixture.put('fresh.txt', letters, new Date(Date.now() + 3_600_000))
      expect(await tagOf('fresh.txt')).toMatch(/^W\/"/)
      fixture.put('fresh.txt', letters, new Date(Date.now() - 3000))
      expect(await tagOf('fresh.txt')).toMatch(/^"/)
    })

    test('a weak one serves a 304, but joins no parts', async () => {
      fixture.put('fresh.txt', letters, new Date())
      const tag = await tagOf('fresh.txt')
      expect((await server.ask('/fresh.txt', { 'If-None-Match': tag })).status).toBe(304)
      expect((await server.ask('/fresh.txt', { 'If-Range': tag, Range: 'bytes=0-1' })).status).toBe(200)
    })

    test('a time of change in the future is not told', async () => {
      fixture.put('future.txt', letters, new Date(Date.now() + 3_600_000))
      const { headers } = await server.ask('/future.txt')
      expect(Date.parse(headers['last-modified'] ?? '')).toBeLessThanOrEqual(Date.now())
    })

    test('files with the constant time of a package are told apart by when they came here', async () => {
      const packed = new Date('1985-10-26T08:15:00Z')
      fixture.put('packed.txt', Buffer.from('version 1'), packed)
      const first = await server.ask('/packed.txt')
      await sleep(20)
      fixture.put('packed.txt', Buffer.from('version 2'), packed)
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
      fixture.put('fresh.txt', letters, new Date())
      const { headers } = await server.ask('/fresh.txt')
      const seen = await server.ask('/fresh.txt', { 'If-Range': headers['last-modified'] ?? '', Range: 'bytes=0-4' })
      expect(seen.status).toBe(200)
    })

    test('If-Range that fails makes no 416', async () => {
      expect((await server.ask('/letters.txt', { 'If-Range': '"other"', Range: 'bytes=900-' })).status).toBe(200)
    })
  })
})

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
    const [head = '', content = ''] = piece.split('\r\n\r\n')
    const [, type = '', range = ''] = /^\r\nContent-Type: (.*)\r\nContent-Range: (.*)$/.exec(head) ?? []
    return { type, range, body: content }
  })
}
