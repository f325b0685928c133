import { type IncomingMessage, request } from 'node:http'
import { Micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DOORS, errorsOf } from './both.ts'
import { rawSocket } from './raw-socket.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const post = (body: string, headers: { readonly [name: string]: string } = {}) => ({ method: 'POST', headers, body })

describe.each(DOORS)('ctx.limitBody through $name', ({ open }) => {
  test('sets limits of this request, before those of the configuration and behind those of the call', async () => {
    const { send } = await open(
      (app) => {
        app.beforeRequest((ctx) => {
          if (ctx.query.has('own')) {
            ctx.limitBody({ maxBytes: 20 })
            ctx.limitBody({ maxFields: 2 })
          }
        })
        app.post('/text', async (ctx) => ctx.readText())
        app.post('/call', async (ctx) => ctx.readText({ maxBytes: 30 }))
        app.post('/form', async (ctx) => [...(await ctx.readForm())])
        app.post('/limits', (ctx) => ({ ...ctx.bodyLimits }))
      },
      { config: { limits: { bodyBytes: 10, formFields: 1 } } },
    )
    const statusOf = async (path: string, body: string, headers = {}) => (await send(path, post(body, headers))).status
    expect([await statusOf('/text', 'x'.repeat(10)), await statusOf('/text', 'x'.repeat(11))]).toEqual([200, 413])
    expect([await statusOf('/text?own', 'x'.repeat(20)), await statusOf('/text?own', 'x'.repeat(21))]).toEqual([200, 413])
    expect([await statusOf('/call?own', 'x'.repeat(30)), await statusOf('/call?own', 'x'.repeat(31))]).toEqual([200, 413])
    expect([await statusOf('/form', 'a=1', FORM_TYPE), await statusOf('/form', 'a=1&b=2', FORM_TYPE)]).toEqual([200, 413])
    expect([await statusOf('/form?own', 'a=1&b=2', FORM_TYPE), await statusOf('/form?own', 'a=1&b=2&c=3', FORM_TYPE)]).toEqual([200, 413])
    expect((await send('/limits?own', post(''))).json).toEqual({ maxBytes: 20, maxFields: 2 })
    expect((await send('/limits', post(''))).json).toEqual({})
  })

  test('holds for streams as well, which those of the configuration do not', async () => {
    const { send } = await open(
      (app) => {
        const lengthOf = async (body: AsyncIterable<Uint8Array>) => {
          let length = 0
          for await (const chunk of body) {
            length += chunk.length
          }
          return { length }
        }
        app.post('/config', async (ctx) => lengthOf(ctx.readStream()))
        app.post('/route', { maxBytes: 20 }, async (ctx) => lengthOf(ctx.readStream()))
        app.post('/call', { maxBytes: 20 }, async (ctx) => lengthOf(ctx.readStream({ maxBytes: Infinity })))
      },
      { config: { limits: { bodyBytes: 10 } } },
    )
    const statusOf = async (path: string, bytes: number) => (await send(path, post('x'.repeat(bytes)))).status
    expect([
      await statusOf('/config', 1000),
      await statusOf('/route', 20),
      await statusOf('/route', 21),
      await statusOf('/call', 1000),
    ]).toEqual([200, 200, 413, 200])
  })

  test('is refused once the body is being read, and for what is no limit', async () => {
    const { send, lines } = await open((app) => {
      app.post('/late', async (ctx) => {
        const reading = ctx.readText()
        ctx.limitBody({ maxBytes: 1 })
        return reading
      })
      app.post('/odd', (ctx) => {
        ctx.limitBody({ maxBytes: -1 })
        return 'x'
      })
    })
    expect([(await send('/late', post('x'))).status, (await send('/odd', post('x'))).status]).toEqual([500, 500])
    expect(lines.map(({ fields }) => (fields.error as { code?: string }).code)).toEqual(['MICRO_BODY_USED', 'MICRO_LIMIT_INVALID'])
  })
})

describe.each(DOORS)('a body that is read again, through $name', ({ open }) => {
  test('by the same method gives the same, also while it is being read', async () => {
    const { send } = await open((app) => {
      app.post('/json', async (ctx) => {
        const [one, other] = await Promise.all([ctx.readJson(), ctx.readBody()])
        return { isSame: one === other && one === (await ctx.readJson()), one }
      })
      app.post('/text', async (ctx) => `${await ctx.readText()} ${await ctx.readText()}`)
      app.post('/form', async (ctx) => {
        const form = await ctx.readForm()
        return { isSame: form === (await ctx.readForm()) }
      })
      app.post('/bytes', async (ctx) => {
        const bytes = await ctx.readBytes()
        return { isSame: bytes === (await ctx.readBytes()) }
      })
    })
    expect((await send('/json', post('{"a":1}', JSON_TYPE))).json).toEqual({ isSame: true, one: { a: 1 } })
    expect((await send('/text', post('once'))).text).toBe('once once')
    expect((await send('/form', post('a=1', FORM_TYPE))).json).toEqual({ isSame: true })
    expect((await send('/bytes', post('x'))).json).toEqual({ isSame: true })
  })

  test('that failed fails again for the same reason', async () => {
    const { send, lines } = await open((app) =>
      app.post('/', async (ctx) => {
        const first = await ctx.readJson().catch((error: unknown) => error)
        const second = await ctx.readJson().catch((error: unknown) => error)
        return { isSame: first === second, status: (first as { status?: number }).status }
      }),
    )
    expect((await send('/', post('{', JSON_TYPE))).json).toEqual({ isSame: true, status: 400 })
    expect(lines).toEqual([])
  })

  test('by another method is an error that names both', async () => {
    const { send, lines } = await open((app) =>
      app.post('/', async (ctx) => {
        await ctx.readText()
        return ctx.readJson() as Promise<object>
      }),
    )
    expect((await send('/', post('{}', JSON_TYPE))).status).toBe(500)
    expect(errorsOf(lines)[0]).toContain('read already, by readText(); readJson() came too late.')
  })
})

describe.each(DOORS)('bodies of every method, through $name', ({ open }) => {
  test('what came with GET, DELETE or OPTIONS can be read too, and nothing is nothing', async () => {
    const { send } = await open((app) => {
      for (const method of ['get', 'delete', 'options'] as const) {
        app[method]('/', async (ctx) => `${ctx.method}: ${await ctx.readText()}`)
      }
    })
    expect((await send('/', { method: 'DELETE', body: 'x' })).text).toBe('DELETE: x')
    expect((await send('/', { method: 'OPTIONS', body: 'x' })).text).toBe('OPTIONS: x')
    expect((await send('/')).text).toBe('GET: ')
  })
})

describe('a body on a socket', () => {
  async function opened(prepare: (app: Micro) => unknown) {
    const app = new Micro(import.meta, { mode: 'test', env: {} })
    prepare(app)
    const { port, stop } = await serve(app, { port: 0, signals: false })
    onTestFinished(() => stop())
    return port
  }

  const framings: readonly (readonly [what: string, head: string, body: string, text: string])[] = [
    ['a GET with a length', 'GET / HTTP/1.1\r\nContent-Length: 3', 'abc', '[abc]'],
    ['a GET in chunks', 'GET / HTTP/1.1\r\nTransfer-Encoding: chunked', '3\r\nabc\r\n0\r\n\r\n', '[abc]'],
    ['a POST of unknown length', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked', '1\r\na\r\n2\r\nbc\r\n0\r\n\r\n', '[abc]'],
    ['a POST without length or chunks has no body', 'POST / HTTP/1.1', '', '[]'],
    ['a POST of length 0', 'POST / HTTP/1.1\r\nContent-Length: 0', '', '[]'],
  ]
  test.each(framings)('%s', async (_, head, body, text) => {
    const port = await opened((app) => app.all('/', async (ctx) => `[${await ctx.readText()}]`))
    const raw = await rawSocket(port)
    raw.socket.write(`${head}\r\nHost: x\r\nConnection: close\r\n\r\n${body}`)
    expect(await raw.closed()).toMatch(new RegExp(`\\r\\n\\r\\n\\${text}$`))
  })

  test.each(['text', 'stream'])('that takes too long is 408, read as %s', async (kind) => {
    const port = await opened((app) =>
      app.post('/', async (ctx) => {
        if (kind === 'text') {
          return ctx.readText({ bodyTimeoutMs: 50 })
        }
        for await (const _ of ctx.readStream({ bodyTimeoutMs: 50 })) {
        }
        return 'all'
      }),
    )
    const raw = await rawSocket(port)
    raw.socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab')
    const text = await raw.until(/ms\./)
    expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
    expect(text).toContain('The body did not arrive within 50 ms.')
    raw.socket.destroy()
  })

  test('that comes in time is left alone by its limit', async () => {
    const port = await opened((app) => app.post('/', async (ctx) => ctx.readText({ bodyTimeoutMs: 5_000 })))
    const sent = request({ port, method: 'POST', headers: { 'content-length': '2' } })
    sent.write('a')
    setTimeout(() => sent.end('b'), 20)
    const [response] = await new Promise<[IncomingMessage]>((resolve) => sent.once('response', (...args) => resolve(args)))
    expect(Buffer.concat(await response.toArray()).toString()).toBe('ab')
  })
})
