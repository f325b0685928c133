import { get, type IncomingMessage, type RequestListener } from 'node:http'
import { abort, type Context, Micro, middleware } from '@micro/core'
import { fromNode, serve } from '@micro/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DOORS, errorsOf } from './both.ts'
import { microErrorOf } from './micro-error-of.ts'

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe.each(DOORS)('mount through $name', ({ open }) => {
  test('the prefix may have params, which the handler finds on its second argument, with the members of the app', async () => {
    const { send } = await open((app) =>
      app.mount('/tenants/:tenant/:year<int>', (request, ctx) =>
        Response.json([new URL(request.url).pathname, ctx.params.tenant, ctx.params.year + 1, ctx.app === app]),
      ),
    )
    expect((await send('/tenants/acme/2049/a/b')).json).toEqual(['/a/b', 'acme', 2050, true])
    expect((await send('/tenants/acme/2049')).json).toEqual(['/', 'acme', 2050, true])
    expect((await send('/tenants/acme/soon')).status).toBe(404)
  })

  test('what has a fetch handler is taken as it is: an app of Micro, with its own hooks and errors', async () => {
    const inner = new Micro(import.meta, { env: {}, mode: 'test' })
    inner.get('/hello/:name', (ctx) => `Hello, ${ctx.params.name}!`).onError(404, () => 'inner 404')
    inner.afterRequest((ctx) => ctx.setHeader('X-Inner', 'yes'))
    const { send } = await open((app) => app.mount('/inner', inner).onError(404, () => 'outer 404'))
    onTestFinished(() => inner.stop())
    const hello = await send('/inner/hello/Ada')
    expect([hello.text, hello.headers.get('x-inner')]).toEqual(['Hello, Ada!', 'yes'])
    const missing = await send('/inner/nowhere')
    expect([missing.status, missing.text]).toEqual([404, 'inner 404'])
    expect((await send('/nowhere')).text).toBe('outer 404')
  })

  test('every method goes to it, OPTIONS and methods of its own among them; HEAD has no body', async () => {
    const { send } = await open((app) =>
      app.mount('/m', (request) => new Response(request.method, { headers: { 'x-method': request.method } })),
    )
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      const seen = await send('/m/x', { method })
      expect([method, seen.headers.get('x-method'), seen.text]).toEqual([method, method, method === 'HEAD' ? '' : method])
    }
  })

  test('hooks of the app run around it; its reply has the headers that they set', async () => {
    const { send } = await open((app) => {
      app.beforeRequest((ctx) => (ctx.query.has('stop') ? ctx.text('stopped', 403) : undefined))
      app.afterRequest((ctx, reply) => ctx.setHeader('X-Outer', String(reply.status)))
      app.mount('/m', () => new Response('x', { status: 202, headers: { 'Set-Cookie': 'a=1' } }))
    })
    const seen = await send('/m')
    expect([seen.status, seen.headers.get('x-outer'), seen.headers.getSetCookie()]).toEqual([202, '202', ['a=1']])
    expect((await send('/m?stop')).text).toBe('stopped')
  })

  test('an error of what is mounted takes the error path of the app', async () => {
    const { send, lines } = await open((app) => {
      app.mount('/abort', () => abort(418, 'tea'))
      app.mount('/fail', () => Promise.reject(new Error('boom')))
      app.onError(500, () => 'sorry')
    })
    expect((await send('/abort')).status).toBe(418)
    expect((await send('/fail')).text).toBe('sorry')
    expect(errorsOf(lines)).toEqual(['boom'])
  })

  test('what is no Response is an error that says what to mount instead', async () => {
    const { send, lines } = await open((app) => {
      app.mount('/nothing', (() => undefined) as never)
      app.mount('/legacy', ((_: unknown, response: { end?: unknown }) => response) as never)
    })
    expect([(await send('/nothing')).status, (await send('/legacy')).status]).toEqual([500, 500])
    expect(errorsOf(lines)).toEqual([
      expect.stringContaining("What is mounted at '/nothing' gave nothing (undefined), which is no Response."),
      expect.stringContaining('is mounted by fromNode(handler)'),
    ])
  })

  test('fromNode: an error of the handler, thrown or rejected, takes the error path too', async () => {
    const { send, lines } = await open((app) => {
      app.mount(
        '/throws',
        fromNode(() => {
          throw new Error('thrown')
        }),
      )
      app.mount(
        '/rejects',
        fromNode(() => Promise.reject(new Error('rejected'))),
      )
      app.mount(
        '/client',
        fromNode(() => abort(418)),
      )
      app.mount(
        '/half',
        fromNode(async (_, response) => {
          response.write('half')
          await later(5)
          throw new Error('too late')
        }),
      )
    })
    expect([(await send('/throws')).status, (await send('/rejects')).status, (await send('/client')).status]).toEqual([500, 500, 418])
    // Its head has been sent: the body is cut, and that is logged.
    await expect(send('/half')).rejects.toThrow()
    expect(errorsOf(lines)).toEqual(['thrown', 'rejected', 'too late'])
  })
})

describe('what is mounted', () => {
  test.each([undefined, null, 5, {}, { fetch: 'no' }])('%s is refused', async (given) => {
    const error = await microErrorOf(() => new Micro(import.meta, { env: {} }).mount('/m', given as never))
    expect([error.code, error.message]).toEqual(['MICRO_MOUNT_INVALID', expect.stringContaining("mount('/m')")])
  })

  test('is typed by the prefix and by the members of the app', () => {
    const app = new Micro(import.meta, { env: {} })
    app.mount('/:id<int>', (_, ctx) => {
      const id: number = ctx.params.id
      return new Response(String(id))
    })
    // @ts-expect-error: the prefix has no such param.
    app.mount('/a/:b', (_, ctx) => new Response(ctx.params.c))
    // @ts-expect-error: a string is no Response.
    app.mount('/c', () => 'x')
  })

  const streaming = (stopped: (why: string) => void): readonly (readonly [what: string, handler: (app: Micro) => unknown])[] => [
    [
      'a fetch handler',
      (app) =>
        app.mount('/m', (request) => {
          request.signal.addEventListener('abort', () => stopped('signal'))
          let count = 0
          return new Response(
            new ReadableStream({
              async pull(controller) {
                await later(count === 0 ? 0 : 20)
                controller.enqueue(new TextEncoder().encode(`part ${count++}\n`))
              },
              cancel: () => stopped('cancel'),
            }),
          )
        }),
    ],
    [
      'a (req, res) handler',
      (app) => {
        const legacy: RequestListener = (_, response) => {
          let count = 0
          response.write(`part ${count++}\n`)
          const timer = setInterval(() => response.write(`part ${count++}\n`), 20)
          response.on('close', () => {
            clearInterval(timer)
            stopped('close')
          })
        }
        app.mount('/m', fromNode(legacy))
      },
    ],
  ]
  test.each([0, 1])('streams as it is made, and is told when the client goes away: %s', async (index) => {
    const why: string[] = []
    const app = new Micro(import.meta, { env: {}, mode: 'test', logSink: () => undefined })
    const [, prepare] = streaming((reason) => why.push(reason))[index] as (typeof streaming extends (...args: never) => infer R
      ? R
      : never)[number]
    prepare(app)
    const server = await serve(app, { port: 0, signals: false })
    onTestFinished(() => server.stop())
    const response = await new Promise<IncomingMessage>((resolve, reject) => get(`${server.url}/m`, resolve).on('error', reject))
    const chunks: string[] = []
    response
      .setEncoding('utf8')
      .on('data', (chunk: string) => chunks.push(chunk))
      .on('error', () => undefined)
    // The first part is here though the stream never ends.
    await expect.poll(() => chunks.length).toBeGreaterThan(1)
    expect(chunks.join('')).toMatch(/^part 0\npart 1\n/)
    response.destroy()
    await expect.poll(() => why.length).toBeGreaterThan(0)
  })

  test('fromNode: the socket says who asks and whether the connection is encrypted', async () => {
    const app = new Micro(import.meta, { env: {}, mode: 'test', config: { server: { trustedProxies: 1 } } })
    app.mount(
      '/m',
      fromNode((incoming, response) => {
        const { remoteAddress, encrypted } = incoming.socket as { remoteAddress?: string; encrypted?: boolean }
        response.end(JSON.stringify([remoteAddress, encrypted]))
      }),
    )
    const server = await serve(app, { port: 0, signals: false })
    onTestFinished(() => server.stop())
    expect(await (await fetch(`${server.url}/m`)).json()).toEqual(['127.0.0.1', false])
    expect(await (await fetch(`${server.url}/m`, { headers: { 'x-forwarded-proto': 'https' } })).json()).toEqual(['127.0.0.1', true])
  })

  test('runs behind the middleware of a group of its own, by handing the request on', async () => {
    const app = new Micro(import.meta, { env: {}, mode: 'test' })
    const guarded = middleware(async (ctx, next) => (ctx.headers.get('x-key') === 'k' ? next({ key: 'k' }) : ctx.text('no', 401)))
    const inner = (request: Request, ctx: Context) => Response.json([new URL(request.url).pathname, ctx.method])
    app.all('/guarded/:rest<path>', [guarded], (ctx) => inner(ctx.request, ctx))
    const client = app.client()
    expect((await client.get('/guarded/x')).status).toBe(401)
    expect(await (await client.get('/guarded/x', { headers: { 'x-key': 'k' } })).json()).toEqual(['/guarded/x', 'GET'])
    await app.stop()
  })
})
