import { request } from 'node:http'
import { Micro } from '@micro/core'
import { type RunningServer, serve } from '@micro/core/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawSocket } from './raw-socket.ts'
import { moduleIn } from './template-site.ts'

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('bad input on a socket', () => {
  const logged: string[] = []
  const ended: string[] = []
  let server: RunningServer
  let app: Micro

  beforeAll(async () => {
    const { mkdtempSync, mkdirSync, writeFileSync } = await import('node:fs')
    const root = mkdtempSync('/tmp/micro-bad-')
    mkdirSync(`${root}/static/sub`, { recursive: true })
    writeFileSync(`${root}/static/a.css`, 'a{}')
    writeFileSync(`${root}/secret.txt`, 'secret')
    app = new Micro(moduleIn(root), { mode: 'test', env: {}, logSink: ({ message }) => logged.push(message) })
    app.teardownRequest((ctx) => void ended.push(`${ctx.method} ${ctx.path}`))
    app.get('/', () => 'fine')
    app.post('/echo', async (ctx) => ctx.readText({ maxBytes: 100_000 }))
    app.post('/json', async (ctx) => ({ got: await ctx.readJson() }))
    app.post('/ignores', () => 'ignored')
    app.post('/refuses', (ctx) => ctx.text('no', 401))
    app.post('/first', async (ctx) => {
      for await (const _ of ctx.readStream()) {
        return 'enough'
      }
      return 'nothing'
    })
    app.get('/closes', (ctx) => {
      ctx.setHeader('Connection', 'close')
      return 'closed'
    })
    app.get('/url', (ctx) => ctx.url.href)
    server = await serve(app, { port: 0, signals: false })
  })
  afterAll(() => server.stop())

  const isAlive = async () => (await (await fetch(server.url)).text()) === 'fine'

  /** Sends bytes, and gives the status of each response that came until the connection was closed. */
  async function statuses(text: string): Promise<readonly number[]> {
    const raw = await rawSocket(server.port)
    raw.socket.write(text, 'latin1')
    return [...(await raw.closed()).matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status))
  }

  const heads: readonly (readonly [what: string, text: string, status: number])[] = [
    ['10 MB of headers', `GET / HTTP/1.1\r\nHost: x\r\n${`X-A: ${'a'.repeat(1000)}\r\n`.repeat(10_000)}\r\n`, 431],
    ['one header of 10 MB', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(10_000_000)}\r\n\r\n`, 431],
    ['a request target of 1 MB', `GET /${'a'.repeat(1_000_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['what is no HTTP', 'hello\r\n\r\n', 400],
    ['a header with a control character', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n', 400],
    ['two different lengths', 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    ['a length and chunks', 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['a chunk that is none', 'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a Host that is none', 'GET /url HTTP/1.1\r\nHost: a:b:c\r\nConnection: close\r\n\r\n', 400],
    ['a Host with a path', 'GET /url HTTP/1.1\r\nHost: evil/x?\r\nConnection: close\r\n\r\n', 400],
    ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n', 400],
    ['two Host lines', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', 400],
    ['the same Host twice', 'GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n', 400],
    ['an empty Host and another', 'GET / HTTP/1.1\r\nHost:\r\nHost: x\r\n\r\n', 400],
    ['two Host lines of HTTP/1.0', 'GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n', 400],
    ['an absolute target whose host is none', 'GET http://a@b/ HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['HTTP/1.0 without Host', 'GET / HTTP/1.0\r\n\r\n', 200],
    ['HTTP/0.9', 'GET / HTTP/0.9\r\nHost: x\r\n\r\n', 505],
    ['HTTP/1.2', 'GET / HTTP/1.2\r\nHost: x\r\n\r\n', 400],
    ['HTTP/2.0', 'GET / HTTP/2.0\r\nHost: x\r\n\r\n', 505],
    ['HTTP/3.0', 'GET / HTTP/3.0\r\nHost: x\r\n\r\n', 400],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a length that is none', 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -2\r\n\r\n', 400],
    ['a length that is no number', 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: a\r\n\r\n', 400],
    ['a space before a colon', 'GET / HTTP/1.1\r\nHost : x\r\n\r\n', 400],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n', 400],
    ['another expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n', 417],
    ['broken percent-encoding', 'GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['the asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 204],
    ['the asterisk of another method', 'GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['an asterisk in the place of a slash', 'GET *url HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['OPTIONS of more than the asterisk', 'OPTIONS *url HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['an absolute target whose scheme is none', 'GET *://x/url HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['an absolute target', 'GET http://other/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 200],
    ['an absolute target without a path', 'GET http://other HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 200],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405],
    [
      'malformed JSON',
      'POST /json HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{]',
      400,
    ],
    [
      'a wrong content type',
      'POST /json HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n\r\n{}',
      415,
    ],
  ]
  test.each(heads)('%s', async (_, text, status) => {
    const [first] = await statuses(text)
    expect(first).toBe(status)
    expect(await isAlive()).toBe(true)
  })

  const paths: readonly (readonly [path: string, status: number])[] = [
    ['/static/a.css', 200],
    ['/static/../secret.txt', 404],
    ['/static/%2e%2e/secret.txt', 404],
    ['/static/..%2fsecret.txt', 404],
    ['/static/sub/..%2f..%2f..%2fetc%2fpasswd', 404],
    ['/static/..%5csecret.txt', 404],
    ['/static/%00a.css', 404],
    ['/static//etc/passwd', 308],
    ['/static/%2fetc%2fpasswd', 404],
    ['/static/sub', 404],
    ['/static/%zz', 400],
  ]
  test.each(paths)('%s: %d', async (path, status) => {
    const raw = await rawSocket(server.port)
    raw.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    const text = await raw.closed()
    expect(text).toContain(`HTTP/1.1 ${status} `)
    expect(text).not.toContain('secret\n')
  })

  test('an over-long body: 413 reaches a client that is still sending, announced or not', async () => {
    for (const head of ['Content-Length: 50000000', 'Transfer-Encoding: chunked']) {
      const raw = await rawSocket(server.port)
      raw.socket.write(`POST /echo HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n`)
      const part = Buffer.alloc(65_536, 97)
      let isOpen = true
      raw.socket.once('close', () => {
        isOpen = false
      })
      const isChunked = head.startsWith('Transfer')
      for (let sent = 0; sent < 20_000_000 && isOpen; sent += part.length) {
        raw.socket.write(isChunked ? Buffer.concat([Buffer.from('10000\r\n'), part, Buffer.from('\r\n')]) : part)
        await later(0)
      }
      const text = await raw.until(/bytes\./)
      expect(text).toMatch(/^HTTP\/1\.1 413 /)
      expect(text).toMatch(/^Connection: close\r$/m)
      expect(text).toContain('The body is larger than 100000 bytes.')
      raw.socket.end(isChunked ? '0\r\n\r\n' : '')
      await raw.closed()
    }
    expect(await isAlive()).toBe(true)
  }, 15_000)

  test('a body that is announced too long is refused before any of it has come', async () => {
    const raw = await rawSocket(server.port)
    raw.socket.write('POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n')
    expect(await raw.until(/bytes\./)).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('10 MB of headers: 431 reaches a client that reads only when it has sent everything', async () => {
    const raw = await rawSocket(server.port)
    raw.socket.pause()
    await new Promise((resolve) => {
      raw.socket.once('close', resolve)
      raw.socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(10_000_000)}\r\n\r\n`, resolve)
    })
    raw.socket.resume()
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\nConnection: close\r\n/)
    expect(await isAlive()).toBe(true)
  })

  test('a client that never stops sending is let go after a while', async () => {
    const raw = await rawSocket(server.port)
    const began = performance.now()
    raw.socket.write('POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 500000000\r\n\r\n')
    const trickle = setInterval(() => raw.socket.write('a'), 20)
    const text = await raw.closed()
    clearInterval(trickle)
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(performance.now() - began).toBeLessThan(4000)
  })

  test.each(['/ignores', '/refuses', '/first', '/nowhere'])(
    'a body that nobody reads in full does not keep the reply of %s back',
    async (path) => {
      const next = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
      const short = await rawSocket(server.port)
      short.socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n${'a'.repeat(10_000)}`)
      await short.until(/\r\n\r\n./)
      short.socket.write('a'.repeat(50_000) + next)
      // A short one is skipped, and the connection used again.
      const both = await short.closed()
      expect([both.match(/HTTP\/1\.1 \d+/g)?.length, both.endsWith('fine')]).toEqual([2, true])
      const long = await rawSocket(server.port)
      long.socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n${'a'.repeat(10_000)}`)
      await long.until(/\r\n\r\n./)
      long.socket.write('a'.repeat(990_000))
      const one = await long.closed()
      expect([one.match(/HTTP\/1\.1 \d+/g)?.length, /^Connection: close\r$/m.test(one)]).toEqual([1, true])
    },
  )

  test('a GET whose reply closes the connection is answered at once', async () => {
    const raw = await rawSocket(server.port)
    const began = performance.now()
    raw.socket.write('GET /closes HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(await raw.closed()).toMatch(/closed$/)
    expect(performance.now() - began).toBeLessThan(1000)
  })

  test('a client that goes away in the middle of a body: the request ends, nothing is logged', async () => {
    logged.length = 0
    for (const path of ['/echo', '/json', '/first', '/ignores']) {
      ended.length = 0
      const sent = request({
        host: '127.0.0.1',
        port: server.port,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': '5000' },
      })
      sent.on('error', () => undefined)
      sent.write('x'.repeat(100))
      await later(30)
      sent.destroy()
      for (let round = 0; round < 100 && ended.length === 0; round++) {
        await later(5)
      }
      expect(ended).toEqual([`POST ${path}`])
    }
    expect(logged).toEqual([])
  })

  test('a body that is asked for after its client has gone ends too', async () => {
    const other = new Micro(import.meta, { mode: 'test', env: {} })
    const arrived = Promise.withResolvers<void>()
    const outcome = Promise.withResolvers<unknown>()
    other.post('/', async (ctx) => {
      const gone = new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
      arrived.resolve()
      await gone
      await ctx.readText().catch((error: { readonly status?: number }) => outcome.resolve(error.status))
      return 'x'
    })
    const running = await serve(other, { port: 0, signals: false })
    const sent = request({ port: running.port, method: 'POST', headers: { 'content-length': '500' } }).on('error', () => undefined)
    sent.write('x')
    await arrived.promise
    sent.destroy()
    expect(await outcome.promise).toBe(400)
    await running.stop()
  })

  const slow: readonly (readonly [what: string, sent: string, config: object])[] = [
    ['its headers', 'GET / HTTP/1.1\r\nHost: x\r\n', { headersTimeoutMs: 60 }],
    ['its body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab', { requestTimeoutMs: 60 }],
  ]
  test.each(slow)('a client that is slow with %s is let go with 408', async (_, text, config) => {
    const patient = new Micro(import.meta, { mode: 'test', env: {}, config: { server: config } })
    patient.post('/', async (ctx) => ctx.readText())
    const running = await serve(patient, { port: 0, signals: false })
    const raw = await rawSocket(running.port)
    raw.socket.write(text)
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n/)
    await running.stop()
  })

  test('a target in absolute form names the host, whatever Host says', async () => {
    const raw = await rawSocket(server.port)
    raw.socket.write('GET http://other:81/url?q HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(await raw.closed()).toMatch(/\r\n\r\nhttp:\/\/other:81\/url\?q$/)
  })

  test('a request to change the protocol is answered in this one', async () => {
    const raw = await rawSocket(server.port)
    raw.socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect(await raw.until(/fine/)).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    raw.socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect((await raw.closed()).match(/fine/g)).toHaveLength(2)
  })
})

test('the process survives all of it: nothing was left for the process to catch', async () => {
  const caught: unknown[] = []
  const note = (error: unknown) => void caught.push(error)
  process.on('unhandledRejection', note)
  await later(20)
  process.off('unhandledRejection', note)
  expect(caught).toEqual([])
})
