/** Other frameworks inside an app, and apps inside other frameworks: the real ones, over real sockets. */
import { createServer, type RequestListener, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Micro } from '@micro/core'
import { fromNode, serve, toNode } from '@micro/core/node'
import express from 'express'
import { Hono } from 'hono'
import { describe, expect, onTestFinished, test } from 'vitest'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Serves a `(req, res)` handler, and gives a function that asks it. */
async function listening(handler: RequestListener): Promise<(path: string, init?: RequestInit) => Promise<Answer>> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return ask(`http://127.0.0.1:${port}`)
}

const ask =
  (origin: string) =>
  async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(origin + path, { redirect: 'manual', headers: { connection: 'close' }, ...init })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

/** An app with something of everything, stopped when the test is over. */
function notes(): { readonly app: Micro; readonly ended: string[] } {
  const ended: string[] = []
  const app = new Micro(import.meta, { mode: 'test', env: {}, logSink: () => undefined })
  app.teardownRequest((ctx) => void ended.push(ctx.path))
  app.get('/notes/:id<int>', { name: 'note' }, (ctx) => ({ id: ctx.params.id, next: ctx.urlFor('note', { id: ctx.params.id + 1 }) }))
  app.post('/notes', async (ctx) => ctx.json(await ctx.readJson(), 201))
  app.get('/login', (ctx) => {
    ctx.session.set('name', 'Ada')
    return ctx.redirect('/me')
  })
  app.get('/me', (ctx) => String(ctx.session.get('name')))
  app.get('/slash/', () => 'slash')
  app.get('/fail', () => Promise.reject(new Error('boom')))
  app.get('/stream', () =>
    (async function* () {
      for (const part of ['a', 'b', 'c']) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        yield part
      }
    })(),
  )
  onTestFinished(() => app.stop())
  return { app, ended }
}

const JSON_BODY = { method: 'POST', body: '{"title":"x"}', headers: { 'content-type': 'application/json', connection: 'close' } } as const

/** Where an app is mounted: a function that asks for paths below the place. */
type Place = (app: Micro) => Promise<(path: string, init?: RequestInit) => Promise<Answer>>

/** `knows` is what of the place's prefix the app puts into its URLs: all that it is told. */
const places: readonly (readonly [name: string, prefix: string, place: Place, knows: string])[] = [
  ['a bare server of node:http', '', (app) => listening(toNode(app)), ''],
  [
    'Express, below a path',
    '/micro',
    (app) => {
      const outer = express()
      outer.get('/own', (_, response) => void response.send('own'))
      outer.use('/micro', toNode(app))
      return listening(outer)
    },
    '/micro',
  ],
  [
    'Hono, mounted',
    '/micro',
    async (app) => {
      const outer = new Hono()
      outer.get('/own', (context) => context.text('own'))
      outer.mount('/micro', app.fetch)
      return fetching(outer.fetch)
    },
    '',
  ],
  [
    'another app of Micro, over a socket',
    '/micro',
    async (app) => {
      const outer = new Micro(import.meta, { mode: 'test', env: {} })
      outer.get('/own', () => 'own')
      outer.mount('/micro', app)
      const server = await serve(outer, { port: 0, signals: false })
      onTestFinished(() => server.stop())
      return ask(server.url)
    },
    '/micro',
  ],
]

/** Asks a fetch handler. */
const fetching =
  (handler: (request: Request) => Response | Promise<Response>) =>
  async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await handler(new Request(`http://127.0.0.1${path}`, init))
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

describe.each(places)('an app inside %s', (_, prefix, place, knows) => {
  test('answers below its place, with params, bodies, sessions, streams, errors and its own 404', async () => {
    const { app, ended } = notes()
    const send = await place(app)
    expect(JSON.parse((await send(`${prefix}/notes/7?x=1`)).text)).toEqual({ id: 7, next: `${knows}/notes/8` })
    const posted = await send(`${prefix}/notes`, JSON_BODY)
    expect([posted.status, posted.text]).toEqual([201, '{"title":"x"}'])
    const login = await send(`${prefix}/login`)
    const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect(login.status).toBe(302)
    expect((await send(`${prefix}/me`, { headers: { cookie, connection: 'close' } })).text).toBe('Ada')
    expect((await send(`${prefix}/stream`)).text).toBe('abc')
    const failed = await send(`${prefix}/fail`)
    expect([failed.status, failed.headers.get('content-type')]).toEqual([500, 'application/problem+json'])
    const missing = await send(`${prefix}/nowhere`)
    expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    expect((await send(`${prefix}/notes`)).status).toBe(405)
    await expect.poll(() => ended.length).toBe(8)
    if (prefix !== '') {
      expect((await send('/own')).text).toBe('own')
    }
  })
})

describe('an app inside Express', () => {
  test('leaves to Express what lies elsewhere, and what Express does before it', async () => {
    const { app } = notes()
    const outer = express()
    outer.use((_, response, next) => {
      response.setHeader('X-Express', 'yes')
      next()
    })
    outer.use('/micro', toNode(app))
    outer.use((_, response) => void response.status(404).send('of Express'))
    const send = await listening(outer)
    expect((await send('/micro/notes/1')).headers.get('x-express')).toBe('yes')
    expect((await send('/elsewhere')).text).toBe('of Express')
  })

  test('a body that express.json() has taken before is an error for the developer, and nothing hangs', async () => {
    const lines: string[] = []
    const app = new Micro(import.meta, {
      mode: 'test',
      env: {},
      logSink: ({ fields }) => lines.push(String((fields.error as Error).message)),
    })
    app.post('/notes', async (ctx) => ctx.json(await ctx.readJson(), 201))
    onTestFinished(() => app.stop())
    const outer = express()
    outer.use(express.json())
    outer.use(toNode(app))
    const send = await listening(outer)
    expect((await send('/notes', JSON_BODY)).status).toBe(500)
    expect(lines[0]).toContain('read before it came to the app')
  })
})

describe('Express inside an app', () => {
  test('keeps its routers, parsers, cookies, redirects, streams, errors and 404', async () => {
    const inner = express()
    inner.use(express.json())
    inner.get(
      '/hello/:name',
      (incoming, response) => void response.send(`Hello, ${incoming.params.name} at ${incoming.ip} by ${incoming.protocol}!`),
    )
    inner.post('/echo', (incoming, response) => void response.status(201).cookie('a', '1').cookie('b', '2').json(incoming.body))
    inner.get('/old', (_, response) => response.redirect('/hello/you'))
    inner.get('/fail', () => {
      throw new Error('of Express')
    })
    inner.get('/file', (_, response) => response.sendFile(import.meta.filename))
    inner.use(((error: Error, _request: unknown, response: express.Response, _next: unknown) => {
      response.status(500).send(`Express: ${error.message}`)
    }) as express.ErrorRequestHandler)
    const app = new Micro(import.meta, { mode: 'test', env: {} })
    app.mount('/legacy', fromNode(inner)).onError(404, () => 'not of Express')
    const server = await serve(app, { port: 0, signals: false })
    onTestFinished(() => server.stop())
    const send = ask(server.url)
    expect((await send('/legacy/hello/Ada')).text).toBe('Hello, Ada at 127.0.0.1 by http!')
    const posted = await send('/legacy/echo', JSON_BODY)
    expect([posted.status, posted.text, posted.headers.getSetCookie()]).toEqual([201, '{"title":"x"}', ['a=1; Path=/', 'b=2; Path=/']])
    expect((await send('/legacy/old')).headers.get('location')).toBe('/hello/you')
    expect((await send('/legacy/fail')).text).toBe('Express: of Express')
    expect((await send('/legacy/file')).text).toContain('the real ones, over real sockets')
    const missing = await send('/legacy/nowhere')
    expect([missing.status, missing.text.includes('Cannot GET /nowhere')]).toEqual([404, true])
  })
})

describe('Hono inside an app', () => {
  test('keeps its routes, errors and 404, and finds the context of the app among its bindings', async () => {
    const inner = new Hono<{ Bindings: { readonly params: { readonly tenant: string } } }>()
    inner.get('/hello/:name', (context) => context.text(`Hello, ${context.req.param('name')} of ${context.env.params.tenant}!`))
    inner.post('/echo', async (context) => context.json(await context.req.json(), 201))
    inner.get('/fail', () => {
      throw new Error('of Hono')
    })
    inner.onError((error, context) => context.text(`Hono: ${error.message}`, 500))
    inner.notFound((context) => context.text('not of Micro', 404))
    const app = new Micro(import.meta, { mode: 'test', env: {} })
    app.mount('/t/:tenant', inner)
    const server = await serve(app, { port: 0, signals: false })
    onTestFinished(() => server.stop())
    const send = ask(server.url)
    expect((await send('/t/acme/hello/Ada')).text).toBe('Hello, Ada of acme!')
    const posted = await send('/t/acme/echo', JSON_BODY)
    expect([posted.status, posted.text]).toEqual([201, '{"title":"x"}'])
    expect((await send('/t/acme/fail')).text).toBe('Hono: of Hono')
    expect((await send('/t/acme/nowhere')).text).toBe('not of Micro')
  })
})

test('a client that goes away in a mounted app ends its requests, in Express and in a bare server alike', async () => {
  for (const name of ['Express', 'a bare server']) {
    const app = new Micro(import.meta, { mode: 'test', env: {}, logSink: () => undefined })
    const seen: string[] = []
    app.teardownRequest((ctx) => void seen.push(`${ctx.method} ended, ${ctx.signal.aborted}`))
    app.get('/wait', async (ctx) => {
      seen.push('begun')
      await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
      return 'x'
    })
    const handler = name === 'Express' ? express().use('/micro', toNode(app)) : toNode(app)
    const server = createServer(handler)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const sent = request({ port: (server.address() as AddressInfo).port, path: name === 'Express' ? '/micro/wait' : '/wait' })
    sent.on('error', () => undefined).end()
    await expect.poll(() => seen).toContain('begun')
    sent.destroy()
    await expect.poll(() => seen).toContain('GET ended, true')
    server.close()
    await app.stop()
  }
})
