import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, createServer as createHttp2Server, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Micro } from '@micro/core'
import { toNode } from '@micro/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { rawSocket } from './raw-socket.ts'

function made(): Micro {
  const app = new Micro(import.meta, { mode: 'test', env: {} })
  app.get('/', (ctx) => ctx.url.href)
  app.post('/', async (ctx) => ({
    text: await ctx.readText(),
    a: ctx.headers.get('x-a'),
    native: ctx.request.headers.get('x-a'),
    names: namesOf(ctx.headers),
  }))
  onTestFinished(() => app.stop())
  return app
}

function namesOf(headers: { forEach(visit: (value: string, name: string) => void): void }): string[] {
  const names: string[] = []
  headers.forEach((_, name) => void names.push(name))
  return names
}

describe("in somebody else's server", () => {
  const requests: readonly (readonly [what: string, head: string, status: number])[] = [
    ['one Host', 'GET / HTTP/1.1\r\nHost: x', 200],
    ['two Host lines, of which such a server drops one', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y', 400],
    ['a Host that is none', 'GET / HTTP/1.1\r\nHost: x/y', 400],
    ['another version', 'GET / HTTP/2.0\r\nHost: x', 505],
  ]
  test.each(requests)('%s', async (_, head, status) => {
    const server = createServer(toNode(made())).listen(0)
    onTestFinished(() => void server.close())
    const raw = await rawSocket((server.address() as AddressInfo).port)
    raw.socket.write(`${head}\r\nConnection: close\r\n\r\n`)
    expect(await raw.closed()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })
})

describe('in an HTTP/2 server', () => {
  /** Status and body of a request. */
  async function exchange(headers: IncomingHttpHeaders, body?: string): Promise<readonly [status: unknown, text: string]> {
    const handler = toNode(made()) as unknown as (incoming: IncomingMessage, response: ServerResponse) => void
    const server = createHttp2Server(handler as never).listen(0)
    const client = connect(`http://localhost:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      client.close()
      server.close()
    })
    const sent = client.request(headers)
    let status: unknown
    sent.once('response', (head) => {
      status = head[':status']
    })
    sent.end(body)
    const text = Buffer.concat(await sent.toArray()).toString()
    return [status, text]
  }

  test('the host is that of the request', async () => {
    expect(await exchange({ ':path': '/', ':authority': 'shop.example' })).toEqual([200, 'http://shop.example/'])
  })

  test('a body needs no length, and no name of the protocol passes for a header', async () => {
    const [status, text] = await exchange({ ':path': '/', ':method': 'POST', 'x-a': '1' }, 'hello')
    expect([status, JSON.parse(text)]).toEqual([200, { text: 'hello', a: '1', native: '1', names: ['x-a'] }])
  })
})
