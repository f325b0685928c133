import { once } from 'node:events'
import { appendFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { isHttpError, micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { sendFile } from '../src/files/files.ts'
import { asked, bytesOf, FileFixture, LONG_AGO, large, letters, MIB, showsOpenFiles } from './file-fixture.ts'
import { type ReplyServer, replyServer, timesOpen } from './reply-server.ts'

const fixture = new FileFixture('file-stream')
let server: ReplyServer

beforeAll(async () => {
  fixture.put('letters.txt', letters)
  fixture.put('large.bin', large)
  fixture.put('empty.txt', '')
  server = await replyServer((request, path) => sendFile(request, fixture.at(path)))
})

afterEach(() => {
  vi.useRealTimers()
})

afterAll(async () => {
  await server.close()
  fixture.remove()
})

describe('streamRange and streamRanges', () => {
  describe.runIf(showsOpenFiles)('open files', () => {
    const big = fixture.at('big.bin')

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
        expect(timesOpen(fixture.at(name))).toBe(0)
      }
      await sendFile(asked(), fixture.root).catch(() => undefined)
      expect(timesOpen(fixture.root)).toBe(0)
    })

    test('slow clients get small pieces, fast ones large', async () => {
      vi.useFakeTimers({ toFake: ['performance'] })
      const { body } = await sendFile(asked(), big)
      const lengths: number[] = []
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        lengths.push(chunk.length / 1024)
        if (lengths.length === 6) {
          break
        }
        vi.advanceTimersByTime(lengths.length === 5 ? 51 : 49)
      }
      expect(lengths).toEqual([64, 128, 256, 512, 512, 64])
    })

    test('a client of an app that goes away leaves none', async () => {
      const app = micro(import.meta, { mode: 'test', env: {}, root: fixture.root })
      app.get('/big', (ctx) => ctx.file(big))
      const running = await serve(app, { port: 0, signals: false })
      try {
        const gone = new AbortController()
        const response = await fetch(`${running.url}/big`, { signal: gone.signal })
        await response.body?.getReader().read()
        expect(timesOpen(big)).toBe(1)
        gone.abort()
        await expect.poll(() => timesOpen(big), { timeout: 2000 }).toBe(0)
      } finally {
        await running.stop()
      }
    })
  })

  describe.runIf(showsOpenFiles)('files that change while they are sent', () => {
    test('one that is replaced before it is read is not mixed with its headers', async () => {
      fixture.put('moving.bin', large)
      const { body } = await sendFile(asked(), fixture.at('moving.bin'))
      fixture.put('moving.new', Buffer.alloc(large.length, 'x'))
      renameSync(fixture.at('moving.new'), fixture.at('moving.bin'))
      await expect(bytesOf(body)).rejects.toMatchObject({ status: 503 })
      expect(timesOpen(fixture.at('moving.bin'))).toBe(0)
    })

    test('one that is changed in its place before it is read, too', async () => {
      fixture.put('moving.bin', large)
      const { body } = await sendFile(asked(), fixture.at('moving.bin'))
      fixture.put('moving.bin', large, new Date(LONG_AGO.getTime() + 1000))
      await expect(bytesOf(body)).rejects.toMatchObject({ status: 503 })
    })

    test('one that is removed before it is read, too', async () => {
      fixture.put('moving.bin', large)
      const { body } = await sendFile(asked(), fixture.at('moving.bin'))
      rmSync(fixture.at('moving.bin'))
      await expect(bytesOf(body)).rejects.toMatchObject({ status: 503 })
    })

    test('one that grows is sent at the length told', async () => {
      const path = fixture.put('growing.bin', large)
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
      // More than the buffers of a connection hold.
      const path = fixture.put('shrinking.bin', '')
      truncateSync(path, 64 * MIB)
      const response = await server.open('/shrinking.bin')
      await once(response, 'readable')
      truncateSync(path, 100)
      await expect(response.toArray()).rejects.toMatchObject({ code: 'ECONNRESET' })
      // Clients that went away in other tests may still be told of.
      await expect
        .poll(() => server.failures.filter(isHttpError))
        .toMatchObject([{ status: 503, cause: { message: expect.stringContaining('shrinking.bin') } }])
      await expect.poll(() => timesOpen(path)).toBe(0)
    })
  })
})
