/** Replies as they come over a socket, and what becomes of their connections. */
import { appendFileSync } from 'node:fs'
import { type LogLine, Micro } from '@micro/core'
import { type RunningServer, serve } from '@micro/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { rawSocket } from './raw-socket.ts'
import { directory } from './template-site.ts'

interface Running extends RunningServer {
  readonly lines: readonly LogLine[]
}

async function running(prepare: (app: Micro) => unknown): Promise<Running> {
  const lines: LogLine[] = []
  const app = new Micro(import.meta, { mode: 'test', env: {}, logSink: (line) => lines.push(line) })
  prepare(app)
  app.get('/next', () => 'next')
  const server = await serve(app, { port: 0, signals: false })
  onTestFinished(() => server.stop())
  return { ...server, lines }
}

const parts = (...texts: readonly string[]) =>
  async function* () {
    for (const text of texts) {
      yield text
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

const codesOf = (lines: readonly LogLine[]) => lines.map(({ fields }) => (fields.error as { code?: string } | undefined)?.code)

const NEXT = 'GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

describe('a streamed reply that announces its length', () => {
  const wrong: readonly (readonly [what: string, length: string, texts: readonly string[], sent: RegExp])[] = [
    ['is cut before what is too much', '3', ['abc', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'], /\r\n\r\nabc$/],
    ['is cut where it ends too early', '10', ['abc'], /\r\n\r\nabc$/],
    ['is a 500 where the first part is too much', '3', ['abcd'], /^HTTP\/1\.1 500 /],
    ['is a 500 where it announces no number', 'x', ['abcd'], /^HTTP\/1\.1 500 /],
  ]
  test.each(wrong)('%s', async (_, length, texts, sent) => {
    const { port, lines } = await running((app) => app.get('/', (ctx) => ctx.reply(parts(...texts)(), 200, { 'Content-Length': length })))
    const raw = await rawSocket(port)
    raw.socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const text = await raw.closed()
    expect(text).toMatch(sent)
    expect(text).not.toContain('evil')
    expect(codesOf(lines)).toEqual(['MICRO_BODY_LENGTH'])
  })

  test('keeps its connection where the length is right', async () => {
    const { port, lines } = await running((app) =>
      app
        .get('/', (ctx) => ctx.reply(parts('a', 'é')(), 200, { 'Content-Length': '3' }))
        .get('/none', (ctx) => ctx.reply(parts()(), 200, { 'Content-Length': '0' })),
    )
    const raw = await rawSocket(port)
    raw.socket.write(`GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\n\r\n${NEXT}`)
    expect(await raw.closed()).toMatch(/\r\n\r\naÃ©HTTP\/1\.1 200[\s\S]*\r\n\r\nHTTP\/1\.1 200[\s\S]*next$/)
    expect(lines).toEqual([])
  })
})

test('a file that is changed before it is sent is 503, and may be asked for again', async () => {
  const path = `${directory({ 'file.bin': 'z'.repeat(200_000) })}/file.bin`
  const { url } = await running((app) => {
    app.get('/', (ctx) => {
      ctx.afterThisRequest(() => appendFileSync(path, 'more'))
      return ctx.file(path)
    })
  })
  const { status, headers } = await fetch(url)
  expect([status, headers.get('retry-after'), headers.get('content-type')]).toEqual([503, '1', 'application/problem+json'])
})

test('how a body is framed is not the handler’s to say', async () => {
  const { port } = await running((app) => {
    app.get('/text', (ctx) => ctx.reply('five!', 200, { 'Transfer-Encoding': 'chunked' }))
    app.get('/stream', (ctx) => ctx.reply(parts('five!')(), 200, { 'transfer-encoding': 'gzip' }))
  })
  const raw = await rawSocket(port)
  raw.socket.write(`GET /text HTTP/1.1\r\nHost: x\r\n\r\nGET /stream HTTP/1.1\r\nHost: x\r\n\r\n${NEXT}`)
  const [text = '', stream = ''] = (await raw.closed()).split(/(?=HTTP\/1\.1 )/)
  expect(text).toMatch(/content-length: 5/i)
  expect(text).not.toMatch(/transfer-encoding/i)
  expect(stream).toMatch(/transfer-encoding: chunked/i)
})

test.each([
  ['the media type', 'text/plain; note=é', 'b'],
  ['a header', 'text/plain', 'é'],
])('Latin-1 in %s stays that beside a text of UTF-8', async (_, type, value) => {
  const { port } = await running((app) => app.get('/', (ctx) => ctx.reply('größe', 200, { 'Content-Type': type, 'X-A': value })))
  const raw = await rawSocket(port)
  raw.socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const text = await raw.closed()
  expect(text).toContain(`Content-Type: ${type}\r\n`)
  expect(text).toContain(`X-A: ${value}\r\n`)
  expect(Buffer.from(text, 'latin1').toString()).toMatch(/größe$/)
})

describe('the body of a request', () => {
  test('that is cancelled does not hold up the next request of the connection', async () => {
    const { port } = await running((app) =>
      app.post('/', async (ctx) => {
        await ctx.request.body?.cancel()
        return 'cancelled'
      }),
    )
    const raw = await rawSocket(port)
    raw.socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n${'z'.repeat(20_000)}`)
    await raw.until(/cancelled/)
    raw.socket.write(`${'z'.repeat(30_000)}${NEXT}`)
    expect(await raw.closed()).toMatch(/next$/)
  })

  test.each(['GET', 'POST'])('that nobody wants is not read for ever, of a %s neither', async (method) => {
    const { port } = await running((app) => app.all('/', () => 'fine'))
    const { socket, closed } = await rawSocket(port)
    socket.write(`${method} / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000000\r\n\r\n`)
    const chunk = Buffer.alloc(1_048_576)
    const more = (): void => {
      while (!socket.destroyed && socket.bytesWritten < 1_000_000_000 && socket.write(chunk)) {}
    }
    socket.on('drain', more)
    more()
    expect(await closed()).toMatch(/^Connection: close\r$/im)
    expect(socket.bytesWritten).toBeLessThan(200_000_000)
  })

  const uploads: readonly (readonly [what: string, path: string, headers: string])[] = [
    ['a streamed reply', '/stream', ''],
    ['a measured stream', '/measured', ''],
    ['a whole reply, where it was announced and not waited with', '/whole', 'Expect: 100-continue\r\n'],
  ]
  test.each(uploads)('that nobody wants does not lose %s', async (_, path, headers) => {
    const text = 'z'.repeat(200_000)
    const { port } = await running((app) => {
      app.post('/stream', () => parts(text, text)())
      app.post('/measured', (ctx) => ctx.reply(parts(text, text)(), 200, { 'Content-Length': '400000' }))
      app.post('/whole', () => text + text)
    })
    for (let round = 0; round < 5; round++) {
      const { socket, closed } = await rawSocket(port)
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n${headers}\r\n`)
      setTimeout(() => socket.write(Buffer.alloc(20_000_000)), 5)
      const received = await closed()
      expect(received.match(/z/g)?.length).toBe(400_000)
      expect(received).toMatch(/^Connection: close\r$/im)
    }
  })
})

test('errors of a server that listens are logged, each of them', async () => {
  const { server, lines } = await running(() => undefined)
  server?.emit('error', new Error('accept EMFILE'))
  server?.emit('error', new Error('accept EMFILE'))
  expect(lines.map(({ message }) => message)).toEqual(['The server failed, and goes on', 'The server failed, and goes on'])
})

test('names of the language are no headers', async () => {
  const { url } = await running((app) =>
    app.get('/', ({ headers }) => ['constructor', '__proto__'].map((name) => [headers.get(name), headers.has(name)])),
  )
  expect(await (await fetch(url)).json()).toEqual([
    [null, false],
    [null, false],
  ])
})
