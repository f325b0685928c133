/** When the bytes of a body come, before and after it is asked for: whichever way they take, it is read whole. */
import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Micro } from '@micro/core'
import { type RunningServer, serve } from '@micro/core/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawSocket } from './raw-socket.ts'
import { moduleIn } from './template-site.ts'

describe('a body on a socket', () => {
  let server: RunningServer
  /** Whoever waits for a body, until this is called. */
  let ask: () => void = () => {}
  let begun = Promise.withResolvers<void>()
  /** What became of bodies that were read on behind their replies. */
  const told: unknown[] = []

  beforeAll(async () => {
    const app = new Micro(moduleIn('/tmp'), { mode: 'test', env: {}, logSink: () => {} })
    app.post('/now', async (ctx) => ctx.json((await ctx.readText({ maxBytes: 50 })).length))
    app.post('/brief', async (ctx) => ctx.json((await ctx.readText({ bodyTimeoutMs: 50 })).length))
    app.post('/behind', (ctx) => {
      ctx.readText().then(
        (text) => told.push(text),
        (error: unknown) => told.push((error as { status?: number }).status),
      )
      return 'answered'
    })
    app.post('/behind/stream', (ctx) => {
      const parts = async () => {
        let text = ''
        for await (const part of ctx.readStream()) {
          text += Buffer.from(part)
        }
        return text
      }
      parts().then(
        (text) => told.push(text),
        (error: unknown) => told.push((error as { status?: number }).status),
      )
      return 'answered'
    })
    app.post('/left', (ctx) => {
      void ctx.readText()
      return 'answered'
    })
    app.post('/stream', async (ctx) => ctx.reply(ctx.readStream()))
    app.post('/late', async (ctx) => {
      await new Promise<void>((resolve) => {
        ask = resolve
        begun.resolve()
      })
      return ctx.json((await ctx.readText({ maxBytes: 50 })).length)
    })
    server = await serve(app, { port: 0, signals: false })
  })
  afterAll(() => server.stop())

  const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  const sized = (path: string, length: number) =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`
  const chunked = (path: string) => `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`
  const last = '0\r\n\r\n'
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

  /** Sends the pieces one after the other, and asks for the body at the place of an `ask`. */
  async function replyTo(...pieces: readonly (string | typeof ASK)[]): Promise<string> {
    begun = Promise.withResolvers()
    const raw = await rawSocket(server.port)
    for (const piece of pieces) {
      if (piece === ASK) {
        await begun.promise
        ask()
      } else {
        raw.socket.write(piece)
      }
      await later(20)
    }
    const reply = await raw.closed()
    return `${reply.slice(9, 12)} ${reply.slice(reply.indexOf('\r\n\r\n') + 4)}`
  }
  const ASK = Symbol('ask')

  test.each<[when: string, pieces: readonly (string | typeof ASK)[], reply: string]>([
    ['with its head', [`${sized('/now', 3)}abc`], '200 3'],
    ['after its head', [sized('/now', 3), 'abc'], '200 3'],
    ['piece by piece', [sized('/now', 6), 'ab', 'cd', 'ef'], '200 6'],
    ['in chunks', [chunked('/now'), chunk('abc'), chunk('d'), last], '200 4'],
    ['empty, in no chunk', [chunked('/now') + last], '200 0'],
    ['whole before it is asked for', [`${sized('/late', 3)}abc`, ASK], '200 3'],
    ['empty before it is asked for', [chunked('/late') + last, ASK], '200 0'],
    ['half before it is asked for', [`${sized('/late', 6)}abc`, ASK, 'def'], '200 6'],
    ['half of its chunks before it is asked for', [chunked('/late') + chunk('abc'), ASK, chunk('def'), last], '200 6'],
    ['after it was asked for', [sized('/late', 3), ASK, 'abc'], '200 3'],
  ])('that comes %s', async (_, pieces, reply) => {
    expect(await replyTo(...pieces)).toBe(reply)
  })

  test.each<[when: string, pieces: readonly (string | typeof ASK)[]]>([
    ['at once', [chunked('/now') + chunk('a'.repeat(51)), chunk('b'), last]],
    ['in the second chunk', [chunked('/now'), chunk('a'.repeat(50)), chunk('b'), chunk('c'), last]],
    ['before it is asked for', [chunked('/late') + chunk('a'.repeat(51)), ASK, chunk('b'), last]],
  ])('that is too large %s', async (_, pieces) => {
    expect(await replyTo(...pieces)).toMatch(/^413 /)
  })

  // A process that stands still for half a second looks like a client that is silent.
  test('that is no longer waited for is let in for a while, so that its client gets the reply', { retry: 2 }, async () => {
    const raw = await rawSocket(server.port)
    raw.socket.write(sized('/brief', 31))
    for (let sent = 0; sent < 30; sent++) {
      raw.socket.write('a')
      await later(30)
    }
    expect(raw.socket.readableEnded).toBe(false)
    raw.socket.write('a')
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('the connection carries the next request, and its body', async () => {
    const raw = await rawSocket(server.port)
    const kept = sized('/now', 3).replace('Connection: close\r\n', '')
    raw.socket.write(`${kept}abc${kept}def`)
    await later(20)
    raw.socket.write(`${sized('/now', 4)}abcd`)
    const replies = await raw.closed()
    expect([...replies.matchAll(/\r\n\r\n(\d)/g)].map(([, length]) => length)).toEqual(['3', '3', '4'])
  })

  test('that nobody read is over once its request is answered, and can still be read', async () => {
    const seen: IncomingMessage[] = []
    const listener = (request: IncomingMessage) => void seen.push(request)
    server.server?.prependListener('request', listener)
    const raw = await rawSocket(server.port)
    const ended: unknown[] = []
    for (const head of ['GET /none HTTP/1.1\r\n', 'GET /none HTTP/1.1\r\nConnection: close\r\n']) {
      raw.socket.write(`${head}Host: x\r\n\r\n`)
      await later(30)
      ended.push(seen.at(-1)?.readableEnded)
    }
    server.server?.off('request', listener)
    expect(ended).toEqual([true, true])
    expect(await raw.closed()).toMatch(/^HTTP\/1.1 404.*HTTP\/1.1 404/s)
    expect(await seen[0]?.toArray()).toEqual([])
  })

  test.each<[what: string, head: string, pieces: readonly string[], became: readonly unknown[]]>([
    ['with a length', sized('/behind', 10).replace('Connection: close\r\n', ''), ['hello', 'world'], ['helloworld']],
    ['in chunks', chunked('/behind').replace('Connection: close\r\n', ''), [chunk('hello'), chunk('world'), last], [400]],
    [
      'in chunks, read by a loop',
      chunked('/behind/stream').replace('Connection: close\r\n', ''),
      [chunk('hello'), chunk('world'), last],
      [400],
    ],
    ['whose connection ends', sized('/behind', 10), ['hello', 'world'], [400]],
  ])('that is still read when it is answered is never cut short without a word: one %s', async (_, head, pieces, became) => {
    told.length = 0
    const raw = await rawSocket(server.port)
    raw.socket.write(head)
    for (const piece of pieces) {
      raw.socket.write(piece)
      await later(30)
    }
    raw.socket.end()
    await raw.closed()
    expect(told).toEqual(became)
  })

  test('that the handler has left behind may break off: nobody is told, and the process goes on', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    const raw = await rawSocket(server.port)
    raw.socket.write(sized('/left', 10))
    await raw.closed()
    await later(30)
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  test('that is empty is a stream all the same', async () => {
    const raw = await rawSocket(server.port)
    raw.socket.write(sized('/stream', 0))
    const reply = await raw.closed()
    expect(reply).toContain('Content-Type: application/octet-stream')
    expect(reply).not.toContain('{}')
  })

  describe('is a stream to who listens to the server himself', () => {
    const ways: readonly (readonly [way: string, read: (request: IncomingMessage) => Promise<string>])[] = [
      ['a loop', async (request) => Buffer.concat(await request.toArray()).toString()],
      [
        'listeners',
        (request) =>
          new Promise((resolve) => {
            let text = ''
            request.on('data', (chunk) => {
              text += String(chunk)
            })
            request.on('end', () => resolve(text))
          }),
      ],
      ['its end alone', (request) => new Promise((resolve) => request.resume().once('end', () => resolve('-')))],
      ['its end alone, which comes once it is answered', (request) => new Promise((resolve) => request.once('end', () => resolve('-')))],
      [
        'a look at it first, and listeners later',
        async (request) => {
          request.read()
          await later(30)
          return Buffer.concat(await request.toArray()).toString()
        },
      ],
      ['its close alone', (request) => new Promise((resolve) => request.once('close', () => resolve('-')))],
      ['a pipe', (request) => text(request.pipe(new PassThrough()))],
    ]
    test.each(ways.flatMap(([way, read]) => [[way, '', read] as const, [way, 'abc', read] as const]))(
      'by %s, of %j',
      async (_, sent, read) => {
        const reading = Promise.withResolvers<string>()
        const listener = (request: IncomingMessage) => void read(request).then(reading.resolve, reading.reject)
        server.server?.prependOnceListener('request', listener)
        const raw = await rawSocket(server.port)
        raw.socket.write(sent === '' ? 'GET /none HTTP/1.1\r\nHost: x\r\n\r\n' : `${sized('/none', 3)}abc`)
        expect(['-', sent]).toContain(await reading.promise)
      },
    )
  })
})
