import { setTimeout } from 'node:timers/promises'
import { type ClientRequest, type JsonProvider, Micro, micro } from '@micro/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CLIENT_DOORS } from './client-doors.ts'
import { microErrorOf } from './micro-error-of.ts'

const make = () => {
  const app = micro(import.meta, { env: {}, mode: 'test' })
  app.get('/', (ctx) => ({
    query: [...ctx.query],
    accept: ctx.headers.get('accept'),
    authorization: ctx.headers.get('authorization'),
    cookies: { ...ctx.cookies },
    host: ctx.url.hostname,
    scheme: ctx.url.protocol,
    address: ctx.remoteAddress,
  }))
  app.all('/echo', async (ctx) => ({
    method: ctx.method,
    type: ctx.headers.get('content-type')?.split(';')[0] ?? null,
    body: await ctx.readText(),
  }))
  app.get('/login', (ctx) => {
    ctx.setCookie('user', 'me')
    return ctx.redirect('/')
  })
  return app
}

/** The client of an app that says what it was sent. */
const client = () => {
  const app = make()
  onTestFinished(() => app.stop())
  return app
}

const formOf = (file: File) => {
  const form = new FormData()
  form.append('f', file)
  return form
}

const seen = async (reply: Promise<Response>) => (await reply).json() as Promise<{ readonly [name: string]: unknown }>

describe.each(CLIENT_DOORS)('a client, through $name', ({ open }) => {
  test('sends query, headers and what it is made with; what a request says counts', async () => {
    const clientOf = await open(make())
    const one = clientOf({ headers: { Accept: 'text/x', 'X-Other': '1' }, auth: { token: 't0' } })
    expect(await seen(one.get('/?a=1', { query: { b: 2, c: true, d: ['3', 4] } }))).toMatchObject({
      query: Object.entries({ a: '1', b: '2', c: 'true' }).concat([
        ['d', '3'],
        ['d', '4'],
      ]),
      accept: 'text/x',
      authorization: 'Bearer t0',
    })
    expect(await seen(one.get('/', { headers: { accept: 'text/y' }, query: new URLSearchParams('q=1&q=2') }))).toMatchObject({
      accept: 'text/y',
      query: [
        ['q', '1'],
        ['q', '2'],
      ],
    })
  })

  const credentials: readonly (readonly [request: ClientRequest, header: string])[] = [
    [{ auth: { username: 'ada', password: 'söcret:1' } }, `Basic ${Buffer.from('ada:söcret:1').toString('base64')}`],
    [{ auth: { token: 'abc' } }, 'Bearer abc'],
    [{ auth: { token: 'abc' }, headers: { authorization: 'Digest x' } }, 'Digest x'],
    [{}, 'Own 1'],
  ]
  test.each(credentials)('signs in: %j', async (request, header) => {
    const clientOf = await open(make())
    expect(await seen(clientOf({ headers: { Authorization: 'Own 1' } }).get('/', request))).toMatchObject({ authorization: header })
  })

  async function* pieces() {
    yield new TextEncoder().encode('one ')
    yield new TextEncoder().encode('two')
  }
  const bodies: readonly (readonly [what: string, request: () => ClientRequest, type: string | null, body: string | RegExp])[] = [
    ['JSON', () => ({ json: { a: 1 } }), 'application/json', '{"a":1}'],
    ['JSON that is null', () => ({ json: null }), 'application/json', 'null'],
    ['a form', () => ({ form: { a: 'x y', b: 2, c: ['1', true] } }), 'application/x-www-form-urlencoded', 'a=x+y&b=2&c=1&c=true'],
    ['files', () => ({ form: { a: 'x', f: [new File(['content'], 'f.txt')] } }), 'multipart/form-data', /filename="f\.txt"[\s\S]*content/],
    ['form data', () => ({ body: formOf(new File(['content'], 'f.txt')) }), 'multipart/form-data', /filename="f\.txt"[\s\S]*content/],
    ['text', () => ({ body: 'plain', headers: { 'content-type': 'text/x' } }), 'text/x', 'plain'],
    ['bytes', () => ({ body: new Uint8Array([0x61, 0x62]) }), null, 'ab'],
    ['parameters', () => ({ body: new URLSearchParams({ a: '1' }) }), 'application/x-www-form-urlencoded', 'a=1'],
    ['a generator', () => ({ body: pieces() }), null, 'one two'],
    ['a stream', () => ({ body: new Blob(['one ', 'two']).stream() }), null, 'one two'],
    ['nothing', () => ({}), null, ''],
  ]
  test.each(bodies)('posts %s', async (_, request, type, body) => {
    const clientOf = await open(make())
    const echoed = await seen(clientOf().post('/echo', request()))
    expect([echoed.type, echoed.body]).toEqual([type, typeof body === 'string' ? body : expect.stringMatching(body)])
  })

  test.each(['put', 'patch', 'delete', 'options'] as const)('%s', async (method) => {
    const clientOf = await open(make())
    expect(await seen(clientOf()[method]('/echo'))).toMatchObject({ method: method.toUpperCase() })
  })

  test('head has no body; a method of any other name is sent as it is', async () => {
    const clientOf = await open(make())
    const reply = await clientOf().head('/')
    expect([reply.status, reply.headers.get('content-type'), await reply.text()]).toEqual([200, 'application/json', ''])
    expect(await seen(clientOf().request('PURGE', '/echo'))).toMatchObject({ method: 'PURGE' })
  })

  test('a reply is a native response, and tells its request and URL', async () => {
    const clientOf = await open(make())
    const reply = await clientOf().get('/', { query: { a: 1 }, headers: { 'X-One': '1' } })
    expect(reply).toBeInstanceOf(Response)
    expect([new URL(reply.url).search, reply.redirected, reply.history]).toEqual(['?a=1', false, []])
    expect([reply.request.method, reply.request.url, reply.request.headers.get('x-one')]).toEqual(['GET', reply.url, '1'])
  })

  test('keeps cookies over redirects, each client its own', async () => {
    const clientOf = await open(make())
    const one = clientOf()
    expect((await seen(one.get('/login'))).cookies).toEqual({ user: 'me' })
    expect(one.cookies.get('user')).toBe('me')
    expect((await seen(clientOf().get('/'))).cookies).toEqual({})
    one.cookies.delete('user')
    one.cookies.set('other', 'ü')
    one.cookies.set('elsewhere', '1', { path: '/elsewhere' })
    expect((await seen(one.get('/'))).cookies).toEqual({ other: 'ü' })
    expect((await seen(one.get('/', { headers: { cookie: 'own=1' } }))).cookies).toEqual({ own: '1' })
    expect((await seen(one.get('/', { cookies: false }))).cookies).toEqual({})
  })

  test('keeps none if it is told so, and says so', async () => {
    const clientOf = await open(make())
    const one = clientOf({ cookies: false })
    expect((await seen(one.get('/login'))).cookies).toEqual({})
    expect(await microErrorOf(() => one.cookies)).toMatchObject({ code: 'MICRO_CLIENT_COOKIES' })
    expect(await microErrorOf(() => one.session(() => 1))).toMatchObject({ code: 'MICRO_CLIENT_COOKIES' })
  })

  const refused: readonly (readonly [path: string, request: ClientRequest, says: string])[] = [
    ['/', { json: 1, form: {} }, 'cannot send POST /: it has several bodies'],
    ['/', { form: {}, body: 'x' }, 'it has several bodies'],
    ['ftp://example.org/', {}, 'it leads to no http URL'],
    ['http://[', {}, 'it leads to no http URL'],
  ]
  test.each(refused)('refuses %s with %j', async (path, request, says) => {
    const clientOf = await open(make())
    const error = await microErrorOf(() => clientOf().post(path, request))
    expect([error.code, error.message]).toEqual(['MICRO_CLIENT_REQUEST', expect.stringContaining(says)])
  })
})

describe('app.client', () => {
  test('puts an app that was told none in mode test, before it starts and no later', async () => {
    const app = micro(import.meta, { env: {} })
    app.get('/', (ctx) => ctx.mode)
    expect(app.mode).toBe('production')
    const one = app.client()
    expect(app.mode).toBe('test')
    expect(await (await one.get('/')).text()).toBe('test')
    await app.stop()
    const told = micro(import.meta, { env: { MICRO_MODE: 'production', MICRO_SECRET_KEY: 'k'.repeat(40) } })
    told.client()
    expect(told.mode).toBe('production')
  })

  const places: readonly (readonly [options: ClientRequest, path: string, place: object])[] = [
    [{}, '/', { scheme: 'http:', host: 'localhost', address: '127.0.0.1' }],
    [{ baseUrl: 'https://example.org:8443' }, '/', { scheme: 'https:', host: 'example.org' }],
    [{ subdomain: 'api' }, '/', { scheme: 'http:', host: 'api.localhost' }],
    [{ baseUrl: 'https://example.org', subdomain: 'a.b' }, '/', { scheme: 'https:', host: 'a.b.example.org' }],
    [{ subdomain: 'api' }, 'https://other.org/', { scheme: 'https:', host: 'other.org' }],
    [{ remoteAddress: '2001:db8::1' }, '/', { address: '2001:db8::1' }],
  ]
  test.each(places)('with %j, %s is asked of the right place', async (options, path, place) => {
    const app = client()
    expect(await seen(app.client(options).get(path))).toMatchObject(place)
    expect(await seen(app.client({ baseUrl: 'http://x.org' }).get(path, { baseUrl: 'http://localhost', ...options }))).toMatchObject(place)
  })

  test('cookies set by hand are for its base URL', async () => {
    const one = client().client({ baseUrl: 'http://example.org', subdomain: 'shop' })
    one.cookies.set('a', '1')
    expect((await seen(one.get('/'))).cookies).toEqual({ a: '1' })
    expect((await seen(one.get('http://example.org/'))).cookies).toEqual({})
  })

  test("JSON is written by the app's provider", async () => {
    const json: JsonProvider = { stringify: (value) => `own ${JSON.stringify(value)}`, parse: (text) => text }
    class Own extends Micro {
      protected override makeJson(): JsonProvider {
        return json
      }
    }
    const app = new Own(import.meta, { env: {}, mode: 'test' })
    app.post('/', (ctx) => ctx.readText())
    onTestFinished(() => app.stop())
    expect(await (await app.client().post('/', { json: [1] })).text()).toBe('own [1]')
  })

  test.each<readonly [what: string, request: ClientRequest]>([
    ['a form with files', { form: { a: 'b', f: new File(['hello'], 'f.png') } }],
    ['form data', { body: formOf(new File(['hello'], 'f.png')) }],
  ])('%s that is refused before it was read is a reply, and nothing is thrown later', async (_, request) => {
    const app = micro(import.meta, { env: {} })
    app.post('/', { maxBytes: 10 }, (ctx) => ctx.readText())
    onTestFinished(() => app.stop())
    const thrown: unknown[] = []
    const note = (error: unknown) => thrown.push(error)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    expect((await app.client().post('/', request)).status).toBe(413)
    await setTimeout(50)
    expect(thrown).toEqual([])
  })

  test('its signal is the signal of the context', async () => {
    const app = micro(import.meta, { env: {} })
    const waiting = Promise.withResolvers<void>()
    app.get('/', (ctx) => {
      waiting.resolve()
      return new Promise<string>((resolve) => ctx.signal.addEventListener('abort', () => resolve('aborted')))
    })
    onTestFinished(() => app.stop())
    const controller = new AbortController()
    const reply = app.client().get('/', { signal: controller.signal })
    await waiting.promise
    controller.abort()
    expect(await (await reply).text()).toBe('aborted')
  })
})

describe('app.fetch', () => {
  const platforms: readonly (readonly [what: string, platform: unknown, address: string | undefined])[] = [
    ['an address', { remoteAddress: '10.0.0.1' }, '10.0.0.1'],
    ["Deno's info", { remoteAddr: { transport: 'tcp', hostname: '10.0.0.2', port: 1 } }, '10.0.0.2'],
    ["Bun's server", { requestIP: ({ url }: Request) => ({ address: new URL(url).hostname }) }, 'localhost'],
    ["Bun's server on a Unix socket", { requestIP: () => null }, undefined],
    ["a Worker's environment", { KEY: 'x' }, undefined],
    ['nothing', undefined, undefined],
    ['a text', 'x', undefined],
  ]
  test.each(platforms)('learns the address of the client from %s', async (_, platform, address) => {
    const app = client()
    const reply = await app.fetch(new Request('http://localhost/'), platform)
    expect(((await reply.json()) as { address?: string }).address).toBe(address)
  })
})
