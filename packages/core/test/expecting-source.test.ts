import { Micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { rawSocket } from './raw-socket.ts'

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

/** What comes to a client that waits with its body, and sends it when it is invited. */
async function exchange(path: string, length: number, prepare: (app: Micro) => unknown, headers = ''): Promise<string> {
  const app = new Micro(import.meta, { mode: 'test', env: {}, config: { limits: { bodyBytes: 100_000 } } })
  prepare(app)
  const { port, stop } = await serve(app, { port: 0, signals: false })
  onTestFinished(() => stop())
  const raw = await rawSocket(port)
  raw.socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n${headers}\r\n`)
  if ((await raw.until(/\r\n\r\n/)).startsWith(CONTINUE)) {
    raw.socket.write('a'.repeat(length))
    raw.socket.write('GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  }
  return raw.closed()
}

describe('a client that waits with its body (Expect: 100-continue)', () => {
  const readers: readonly (readonly [by: string, declare: (app: Micro) => unknown])[] = [
    ['readText()', (app) => app.post('/', async (ctx) => ctx.text(`read ${(await ctx.readText()).length}`))],
    [
      'readStream()',
      (app) =>
        app.post('/', async (ctx) => {
          let length = 0
          for await (const chunk of ctx.readStream()) {
            length += chunk.length
          }
          return ctx.text(`read ${length}`)
        }),
    ],
    ['ctx.request', (app) => app.post('/', async (ctx) => ctx.text(`read ${(await ctx.request.arrayBuffer()).byteLength}`))],
  ]
  test.each(readers)('is invited when %s asks for it, once, and the connection is used again', async (_, declare) => {
    const text = await exchange('/', 90_000, (app) => {
      declare(app)
      app.get('/next', () => 'next')
    })
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200', 'HTTP/1.1 200'])
    expect(text).toMatch(/read 90000HTTP[\s\S]*next$/)
  })

  const refusals: readonly (readonly [why: string, path: string, length: number, status: number])[] = [
    ['there is no such route', '/nowhere', 10, 404],
    ['the route has other methods', '/get', 10, 405],
    ['the body would be too long', '/read', 100_001, 413],
    ['a hook refuses it', '/hook', 10, 401],
    ['the handler does not care for it', '/ignore', 10, 200],
    ['the handler does not care for it, however long', '/ignore', 10_000_000, 200],
  ]
  test.each(refusals)('is not invited where %s, and the connection ends', async (_, path, length, status) => {
    const began = performance.now()
    const text = await exchange(path, length, (app) => {
      app.get('/get', () => 'x')
      app.post('/read', async (ctx) => ctx.readText())
      app.post('/hook', async (ctx) => ctx.readText())
      app.post('/ignore', () => 'ignored')
      app.beforeRequest((ctx) => (ctx.path === '/hook' ? ctx.text('no', 401) : undefined))
    })
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`])
    expect(text).toMatch(/^Connection: close\r$/im)
    expect(performance.now() - began).toBeLessThan(1000)
  })

  test('is invited when the replies to its earlier requests are sent: not in between of head and body of its own', async () => {
    const app = new Micro(import.meta, { mode: 'test', env: {} })
    app.get('/late', async (ctx) => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      return ctx.text('late')
    })
    app.post('/bytes', async (ctx) => ctx.reply(await ctx.readBytes()))
    const { port, stop } = await serve(app, { port: 0, signals: false })
    onTestFinished(() => stop())
    const raw = await rawSocket(port)
    raw.socket.write('GET /late HTTP/1.1\r\nHost: x\r\n\r\n')
    raw.socket.write('POST /bytes HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc')
    expect(await raw.closed()).toMatch(/late(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 OK\r\n.*?\r\n\r\nabc$/s)
  })

  test('whose body is read after its reply has begun: that is an error, and not waited for', async () => {
    const text = await exchange('/', 3, (app) =>
      app.post('/', (ctx) =>
        (async function* () {
          yield 'got '
          yield await ctx.readText().catch((error: unknown) => String((error as { code?: unknown }).code))
        })(),
      ),
    )
    expect(text).toContain('MICRO_BODY_UNINVITED')
  })

  test('who wants the connection closed gets that', async () => {
    const text = await exchange('/', 10, (app) => app.post('/', async (ctx) => ctx.readText()), 'Connection: close\r\n')
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200'])
    expect(text).toMatch(/^Connection: close\r$/im)
  })
})
