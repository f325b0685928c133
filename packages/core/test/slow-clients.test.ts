/** Clients that take their time, on raw sockets, against small limits. */
import { Micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { rawSocket } from './raw-socket.ts'

const REFUSED = /HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n/

/** A connection to a server of these limits, and what its app was asked for. */
async function slowClient(limits: object) {
  const asked: string[] = []
  const app = new Micro(import.meta, { mode: 'test', env: {}, config: { server: limits } })
  const arrived = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  app.beforeRequest((ctx) => void asked.push(ctx.path))
  app.get('/', () => 'fine')
  app.post('/', async (ctx) => ctx.readText())
  app.get('/held', async () => {
    arrived.resolve()
    await release.promise
    return 'held'
  })
  const server = await serve(app, { port: 0, signals: false })
  onTestFinished(() => server.stop())
  return { raw: await rawSocket(server.port), asked, arrived: arrived.promise, release: release.resolve }
}

/** Sends something every few milliseconds, until the test is over. */
function drip(send: () => unknown): void {
  const timer = setInterval(send, 10)
  onTestFinished(() => clearInterval(timer))
}

describe('config.server', () => {
  const dripped: readonly (readonly [what: string, head: string, drop: string, limits: object, asked: readonly string[]])[] = [
    ['headersTimeoutMs: headers that come a line at a time', 'GET / HTTP/1.1\r\nHost: x\r\n', 'X-A: b\r\n', { headersTimeoutMs: 60 }, []],
    ['headersTimeoutMs: a request line that comes a letter at a time', 'GET /', 'a', { headersTimeoutMs: 60 }, []],
    [
      'requestTimeoutMs: a body that comes a letter at a time',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n',
      'a',
      { requestTimeoutMs: 60 },
      ['/'],
    ],
    [
      'requestTimeoutMs: a body of tiny chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
      '1\r\na\r\n',
      { requestTimeoutMs: 60 },
      ['/'],
    ],
    [
      'requestTimeoutMs below headersTimeoutMs holds for headers too',
      'GET / HTTP/1.1\r\nHost: x\r\n',
      'X-A: b\r\n',
      { requestTimeoutMs: 60, headersTimeoutMs: 60_000 },
      [],
    ],
  ]
  test.each(dripped)('%s is 408, however steadily', async (_, head, drop, limits, paths) => {
    const { raw, asked } = await slowClient(limits)
    raw.socket.write(head)
    drip(() => raw.socket.write(drop))
    expect(await raw.closed()).toMatch(REFUSED)
    expect(asked).toEqual(paths)
  })

  test('headersTimeoutMs: a connection on which nothing ever comes is closed', async () => {
    const { raw, asked } = await slowClient({ headersTimeoutMs: 60 })
    await raw.closed()
    expect(asked).toEqual([])
  })

  test('headersTimeoutMs: the next request of a connection has the same time', async () => {
    const { raw, asked } = await slowClient({ headersTimeoutMs: 60 })
    raw.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n')
    const text = await raw.closed()
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(text).toMatch(REFUSED)
    expect(asked).toEqual(['/'])
  })

  test('keepAliveTimeoutMs: an idle connection is closed without a word', async () => {
    const { raw } = await slowClient({ keepAliveTimeoutMs: 20 })
    raw.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    const began = performance.now()
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*fine$/)
    // Node keeps it a second longer than it says, so that a request on its way still arrives.
    expect(performance.now() - began).toBeLessThan(4_000)
  })

  test('a handler that takes longer than all three is waited for: they are about clients', async () => {
    const limits = { headersTimeoutMs: 40, requestTimeoutMs: 40, keepAliveTimeoutMs: 40 }
    const { raw, arrived, release } = await slowClient(limits)
    const other = await slowClient(limits)
    raw.socket.write('GET /held HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await arrived
    // Another client that sends nothing is let go meanwhile, so the limits are over.
    await other.raw.closed()
    release()
    expect(await raw.closed()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*held$/)
  })
})
