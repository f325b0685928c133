/** An app in servers of somebody else's, HTTP/1 and HTTP/2. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import {
  connect,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { type Context, Micro } from '@micro/core'
import { toNode } from '@micro/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A request of a client that can leave. */
interface Sent {
  readonly head: Promise<IncomingHttpHeaders>
  /** The whole body. @throws what the client sees of one that is cut. */
  readonly text: Promise<string>
  write(bytes: Uint8Array): void
  leave(): void
}

interface Kind {
  readonly name: string
  open(app: Micro, before?: (response: ServerResponse) => void): Promise<(path: string, method?: string) => Sent>
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = ''
  for await (const chunk of stream) {
    text += String(chunk)
  }
  return text
}

const kinds: readonly Kind[] = [
  {
    name: 'HTTP/1',
    async open(app, before) {
      const handler = toNode(app)
      const server = createServer((incoming, response) => {
        before?.(response)
        handler(incoming, response)
      }).listen(0)
      onTestFinished(() => {
        server.closeAllConnections()
        server.close()
      })
      await app.start()
      const { port } = server.address() as AddressInfo
      return (path, method = 'GET') => {
        const sent = request({ port, path, method, agent: false }).on('error', () => undefined)
        const response = once(sent, 'response').then(([incoming]) => incoming as IncomingMessage)
        const head = response.then(({ headers }) => headers)
        const text = response.then(textOf)
        head.catch(() => undefined)
        text.catch(() => undefined)
        method === 'POST' ? sent.flushHeaders() : sent.end()
        return {
          head,
          text,
          write: (bytes) => void sent.write(bytes),
          leave: () => sent.destroy(),
        }
      }
    },
  },
  {
    name: 'HTTP/2',
    async open(app, before) {
      const handler = toNode(app) as unknown as (incoming: Http2ServerRequest, response: Http2ServerResponse) => void
      const server = createHttp2Server((incoming, response) => {
        before?.(response as unknown as ServerResponse)
        handler(incoming, response)
      }).listen(0)
      await app.start()
      const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      onTestFinished(() => {
        session.destroy()
        server.close()
      })
      return (path, method = 'GET') => {
        const sent = session.request({ ':path': path, ':method': method }, { endStream: method !== 'POST' })
        const head = once(sent, 'response').then(([headers]) => headers as IncomingHttpHeaders)
        const text = textOf(sent)
        head.catch(() => undefined)
        text.catch(() => undefined)
        return { head, text, write: (bytes) => void sent.write(bytes), leave: () => sent.close(8) }
      }
    },
  },
]

describe.each(kinds)('in a server of $name', ({ open }) => {
  function watched(): { readonly app: Micro; readonly seen: string[] } {
    const seen: string[] = []
    const app = new Micro(import.meta, { mode: 'test', env: {}, logSink: () => undefined })
    app.beforeRequest((ctx) => {
      ctx.signal.addEventListener('abort', () => seen.push('aborted'))
      ctx.onTeardown(() => void seen.push('torn down'))
    })
    onTestFinished(() => app.stop())
    return { app, seen }
  }

  test('the end of a response tears down, and aborts nothing', async () => {
    const { app, seen } = watched()
    app.get('/', () => 'fine')
    const send = await open(app)
    expect(await send('/').text).toBe('fine')
    await expect.poll(() => seen).toEqual(['torn down'])
  })

  const handlers: readonly (readonly [what: string, handler: (ctx: Context) => unknown])[] = [
    ['a text comes', () => 'late'],
    [
      'a stream comes',
      async function* () {
        yield 'late'
      },
    ],
  ]
  test.each(handlers)('a client that has gone before %s: the signal is aborted, and teardowns run', async (_, handler) => {
    const { app, seen } = watched()
    const asked = Promise.withResolvers<void>()
    const gone = Promise.withResolvers<void>()
    app.get('/', async (ctx) => {
      asked.resolve()
      await gone.promise
      return handler(ctx) as object
    })
    const send = await open(app)
    const sent = send('/')
    await asked.promise
    sent.leave()
    await later(50)
    // Whoever asks only now is told as well.
    gone.resolve()
    await expect.poll(() => seen).toEqual(['aborted', 'torn down'])
  })

  test('a client that goes during a stream ends it', async () => {
    const { app, seen } = watched()
    app.get('/', async function* () {
      try {
        for (;;) {
          yield 'part'
          await later(2)
        }
      } finally {
        seen.push('returned')
      }
    })
    const send = await open(app)
    const sent = send('/')
    await sent.head
    sent.leave()
    await expect.poll(() => seen.toSorted()).toEqual(['aborted', 'returned', 'torn down'])
  })

  test('a stream that fails on the way is cut, and not taken for the whole', async () => {
    const { app, seen } = watched()
    app.get('/', async function* () {
      yield 'half'
      await later(20)
      throw new Error('failed')
    })
    const send = await open(app)
    await expect(send('/').text).rejects.toThrow()
    await expect.poll(() => seen).toContain('torn down')
  })

  test.each(['/text', '/stream'])('an upload that nobody wants, answered by %s: the reply comes, and the request ends', async (path) => {
    const { app, seen } = watched()
    app.post('/text', () => 'refused')
    app.post('/stream', async function* () {
      yield 'refused'
    })
    const send = await open(app)
    const sent = send(path, 'POST')
    sent.write(Buffer.alloc(200_000))
    expect(await sent.text).toBe('refused')
    await expect.poll(() => seen, { timeout: 3000 }).toContain('torn down')
  })

  test('cookies and Vary of what stands in front stay beside those of the app', async () => {
    const { app } = watched()
    app.get('/', (ctx) => {
      ctx.setCookie('inner', '1', { httpOnly: false })
      ctx.setHeader('X-Who', 'inner')
      return ctx.preferredLanguage('en', 'de') ?? 'none'
    })
    const send = await open(app, (response) => {
      response.setHeader('Vary', 'Origin')
      response.setHeader('Set-Cookie', ['outer=1', 'more=2'])
      response.setHeader('X-Who', 'outer')
    })
    const { vary, 'set-cookie': cookies, 'x-who': who } = await send('/').head
    expect([vary, cookies, who]).toEqual(['Accept-Language, Origin', ['inner=1; Path=/; SameSite=Lax', 'outer=1', 'more=2'], 'inner'])
  })
})
