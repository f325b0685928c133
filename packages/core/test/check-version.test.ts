import { Micro, withEntityTag } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'
import { rawSocket } from './raw-socket.ts'

const CHANGED = new Date('2020-02-02T02:02:02.999Z')
const AT = 'Sun, 02 Feb 2020 02:02:02 GMT'
const BEFORE = 'Sun, 02 Feb 2020 02:02:01 GMT'

describe.each(DOORS)('ctx.checkVersion through $name', ({ open }) => {
  const opened = () =>
    open((app) => {
      let made = 0
      app.get('/note', (ctx) => {
        ctx.setHeader('Content-Language', 'en')
        ctx.setHeader('Content-Security-Policy', "default-src 'self'")
        ctx.setCacheControl({ private: true, noCache: true })
        return ctx.checkVersion({ etag: 'v1', modified: CHANGED }) ?? { made: ++made }
      })
      app.put('/note', (ctx) => {
        ctx.checkVersion({ etag: 'v1', modified: CHANGED })
        return ctx.text('changed')
      })
      app.get('/weak', (ctx) => ctx.checkVersion({ etag: 'W/"v1"' }) ?? 'weak')
      app.get('/dated', (ctx) => ctx.checkVersion({ modified: CHANGED.getTime() }) ?? 'dated')
      app.get('/odd', (ctx) => ctx.checkVersion({ etag: 'a b' }) ?? 'odd')
      app.get('/nothing', (ctx) => ctx.checkVersion({}) ?? 'nothing')
    })

  test('tells the version', async () => {
    const { send } = await opened()
    const { status, headers, json } = await send('/note')
    expect([status, json, headers.get('etag'), headers.get('last-modified')]).toEqual([200, { made: 1 }, '"v1"', AT])
    expect([(await send('/weak')).headers.get('etag'), (await send('/dated')).headers.get('etag')]).toEqual(['W/"v1"', null])
    expect((await send('/nothing')).text).toBe('nothing')
  })

  const reads: readonly (readonly [path: string, headers: { readonly [name: string]: string }, status: number])[] = [
    ['/note', { 'if-none-match': '"v1"' }, 304],
    ['/note', { 'if-none-match': 'W/"v1"' }, 304],
    ['/note', { 'if-none-match': '"v0", "v1"' }, 304],
    ['/note', { 'if-none-match': '*' }, 304],
    ['/note', { 'if-none-match': '"v0"', 'if-modified-since': AT }, 200],
    ['/note', { 'if-modified-since': AT }, 304],
    ['/note', { 'if-modified-since': BEFORE }, 200],
    ['/note', { 'if-match': '"v0"' }, 412],
    ['/weak', { 'if-none-match': '"v1"' }, 304],
    ['/weak', { 'if-match': '"v1"' }, 412],
    ['/dated', { 'if-modified-since': AT }, 304],
    ['/dated', { 'if-unmodified-since': BEFORE }, 412],
    ['/nothing', { 'if-none-match': '"v1"' }, 200],
  ]
  test.each(reads)('GET %s with %j: %d', async (path, headers, status) => {
    const { send, lines } = await opened()
    expect((await send(path, { headers })).status).toBe(status)
    expect((await send(path, { method: 'HEAD', headers })).status).toBe(status)
    expect(lines).toEqual([])
  })

  test('a 304 says what a 200 would have said of caching and safety, and nothing of a body', async () => {
    const { send } = await opened()
    const { headers, text } = await send('/note', { headers: { 'if-none-match': '"v1"' } })
    const names = [
      'etag',
      'last-modified',
      'cache-control',
      'content-security-policy',
      'content-language',
      'content-type',
      'content-length',
    ]
    expect([text, ...names.map((name) => headers.get(name))]).toEqual([
      '',
      '"v1"',
      AT,
      'private, no-cache',
      "default-src 'self'",
      null,
      null,
      null,
    ])
  })

  const changes: readonly (readonly [headers: { readonly [name: string]: string }, status: number])[] = [
    [{}, 200],
    [{ 'if-match': '"v1"' }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '"v0"' }, 412],
    [{ 'if-match': 'W/"v1"' }, 412],
    [{ 'if-unmodified-since': AT }, 200],
    [{ 'if-unmodified-since': BEFORE }, 412],
    [{ 'if-none-match': '*' }, 412],
    [{ 'if-none-match': '"v1"' }, 412],
    [{ 'if-none-match': '"v0"' }, 200],
    [{ 'if-modified-since': AT }, 200],
  ]
  test.each(changes)('PUT with %j: %d', async (headers, status) => {
    const { send } = await opened()
    const seen = await send('/note', { method: 'PUT', headers, body: 'x' })
    expect([seen.status, seen.headers.get('etag')]).toEqual([status, null])
  })

  test('a version that no tag can hold is an error for the developer', async () => {
    const { send, lines } = await opened()
    expect((await send('/odd')).status).toBe(500)
    expect(lines[0]?.fields.error).toMatchObject({ code: 'MICRO_HEADER_INVALID' })
  })
})

describe.each(DOORS)('withEntityTag through $name', ({ open }) => {
  test('gives whole bodies a tag, and answers 304 to who has them', async () => {
    const { send } = await open((app) => {
      app.afterRequest(withEntityTag)
      app.get('/', (ctx) => ctx.reply('hello', 200, { 'Content-Language': 'en', 'X-Own': 'yes' }))
      app.get('/bytes', () => new TextEncoder().encode('hello'))
    })
    const first = await send('/')
    const etag = first.headers.get('etag') ?? ''
    expect([first.text, etag]).toEqual(['hello', expect.stringMatching(/^"[\w-]{27}"$/)])
    expect((await send('/bytes')).headers.get('etag')).toBe(etag)
    const again = await send('/', { headers: { 'if-none-match': etag } })
    expect([again.status, again.text, again.headers.get('etag'), again.headers.get('x-own')]).toEqual([304, '', etag, 'yes'])
    expect([again.headers.get('content-language'), again.headers.get('content-type')]).toEqual([null, null])
    expect((await send('/', { method: 'HEAD', headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await send('/', { headers: { 'if-match': '"other"' } })).status).toBe(412)
  })

  test('leaves other replies as they are', async () => {
    const { send } = await open((app) => {
      app.afterRequest(withEntityTag)
      app.post('/', () => 'posted')
      app.get('/created', (ctx) => ctx.text('x', 201))
      app.get('/own', (ctx) => ctx.checkVersion({ etag: 'own' }) ?? 'x')
      app.get('/native', () => new Response('x', { headers: { ETag: '"native"' } }))
      app.get('/stream', async function* () {
        yield 'x'
      })
    })
    const tag = async (path: string, method = 'GET') => (await send(path, { method })).headers.get('etag')
    expect([await tag('/', 'POST'), await tag('/created'), await tag('/own'), await tag('/native'), await tag('/stream')]).toEqual([
      null,
      null,
      '"own"',
      '"native"',
      null,
    ])
  })
})

test('nothing follows the head of a 304 on a socket', async () => {
  const app = new Micro(import.meta, { mode: 'test', env: {} })
  app.get('/', (ctx) => ctx.checkVersion({ etag: 'v1' }) ?? 'x')
  const running = await serve(app, { port: 0, signals: false })
  const raw = await rawSocket(running.port)
  raw.socket.write('GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: "v1"\r\nConnection: close\r\n\r\n')
  expect(await raw.closed()).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n(?:[\w-]+: [^\r]*\r\n)+\r\n$/)
  await running.stop()
})
