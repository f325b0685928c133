import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { Micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { DOORS } from './both.ts'
import { rawSocket } from './raw-socket.ts'

describe.each(DOORS)('a native Response through $name', ({ open }) => {
  interface Case {
    readonly what: string
    readonly make: () => Response
    readonly status: number
    readonly text: string
    readonly headers?: { readonly [name: string]: string | null }
  }
  const cases: readonly Case[] = [
    {
      what: 'a redirect',
      make: () => Response.redirect('http://localhost/x', 303),
      status: 303,
      text: '',
      headers: { location: 'http://localhost/x' },
    },
    { what: 'an empty body', make: () => new Response(''), status: 200, text: '', headers: { 'content-length': null } },
    {
      what: 'no body',
      make: () => new Response(null, { status: 201 }),
      status: 201,
      text: '',
      headers: { 'content-length': '0', 'content-type': null },
    },
    {
      what: 'a status without body',
      make: () => new Response(null, { status: 304, headers: { ETag: '"x"' } }),
      status: 304,
      text: '',
      headers: { etag: '"x"' },
    },
    { what: 'a body that was cloned', make: () => new Response('both').clone(), status: 200, text: 'both' },
    {
      what: 'headers of several lines',
      make: () =>
        new Response('x', {
          headers: [
            ['X-A', '1'],
            ['X-A', '2'],
          ],
        }),
      status: 200,
      text: 'x',
      headers: { 'x-a': '1, 2' },
    },
    {
      what: 'a stream',
      make: () => new Response(new Blob(['a', 'b']).stream(), { headers: { 'Content-Type': 'text/x' } }),
      status: 200,
      text: 'ab',
      headers: { 'content-type': 'text/x', 'content-length': null },
    },
    {
      what: 'a length of its own',
      make: () => new Response('four', { headers: { 'Content-Length': '4' } }),
      status: 200,
      text: 'four',
      headers: { 'content-length': '4' },
    },
  ]
  test.each(cases)('$what is sent as it is, and its head alone for HEAD', async ({ make, status, text, headers = {} }) => {
    const { send, lines } = await open((app) => app.get('/', make))
    for (const method of ['GET', 'HEAD']) {
      const seen = await send('/', { method })
      expect([seen.status, seen.text]).toEqual([status, method === 'HEAD' ? '' : text])
      for (const [name, value] of Object.entries(headers)) {
        expect([name, seen.headers.get(name)]).toEqual([name, value])
      }
    }
    expect(lines).toEqual([])
  })

  test('takes the cookies and headers of the context, and those of after hooks', async () => {
    const { send } = await open((app) => {
      app.afterRequest((ctx) => {
        ctx.removeHeader('X-Powered-By')
        ctx.appendHeader('Vary', 'Cookie')
      })
      app.get('/', (ctx) => {
        ctx.setCookie('mine', '1')
        ctx.setHeader('X-Own', 'context')
        return new Response('x', { headers: { 'X-Own': 'response', 'X-Powered-By': 'else', Vary: 'Accept', 'Set-Cookie': 'theirs=2' } })
      })
    })
    const { headers } = await send('/')
    expect(headers.getSetCookie()).toEqual(['theirs=2', 'mine=1; Path=/; HttpOnly; SameSite=Lax'])
    expect([headers.get('x-own'), headers.get('x-powered-by'), headers.get('vary')]).toEqual(['context', null, 'Accept, Cookie'])
  })

  test('Response.error() is no reply: an error for the developer', async () => {
    const { send, lines } = await open((app) => app.get('/', () => Response.error()))
    expect((await send('/')).status).toBe(500)
    expect(lines[0]?.fields.error).toMatchObject({ code: 'MICRO_STATUS_INVALID' })
  })
})

describe('a native Response on a socket', () => {
  test('its stream is cancelled when the client goes away, and teardown runs', async () => {
    const log: string[] = []
    const app = new Micro(import.meta, { mode: 'test', env: {} })
    app.get('/', (ctx) => {
      ctx.onTeardown(() => log.push('torn down'))
      const body = new ReadableStream({
        pull: async (controller) => {
          controller.enqueue(new Uint8Array(1024))
          await new Promise((resolve) => setTimeout(resolve, 2))
        },
        cancel: () => void log.push('cancelled'),
      })
      return new Response(body)
    })
    const { url, stop } = await serve(app, { port: 0, signals: false })
    onTestFinished(() => stop())
    const sent = get(url, { agent: false }).on('error', () => undefined)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    await once(response, 'data')
    response.destroy()
    await vi.waitFor(() => expect(log).toEqual(['cancelled', 'torn down']), { timeout: 3000, interval: 5 })
  })

  const bodyless: readonly (readonly [status: number, head: RegExp])[] = [
    [204, /^HTTP\/1\.1 204 No Content\r\n(?!.*(content-length|transfer-encoding))/is],
    [205, /^HTTP\/1\.1 205 Reset Content\r\n(?!.*transfer-encoding).*content-length: 0\r\n/is],
    [304, /^HTTP\/1\.1 304 Not Modified\r\n(?!.*transfer-encoding)/is],
  ]
  test.each(bodyless)('a reply of %d has no body, whatever made it: the next one follows its head', async (status, head) => {
    const app = new Micro(import.meta, { mode: 'test', env: {} })
    app.get('/native', () => new Response(null, { status }))
    app.get('/text', (ctx) => ctx.text('a body all the same', status))
    app.get('/stream', (ctx) => ctx.reply(new Blob(['streamed']).stream(), status))
    app.get('/next', () => 'next')
    const running = await serve(app, { port: 0, signals: false })
    onTestFinished(() => running.stop())
    for (const path of ['/native', '/text', '/stream']) {
      const raw = await rawSocket(running.port)
      raw.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      const text = await raw.closed()
      expect(text.split('\r\n\r\n')[0]).toMatch(head)
      expect(text.split('\r\n\r\n')[1]).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
      expect(text).toMatch(/\r\n\r\nnext$/)
    }
  })
})
