import { type Context, Micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'
import { rawSocket } from './raw-socket.ts'

describe.each(DOORS)('ctx.headers through $name', ({ open }) => {
  interface Case {
    readonly what: string
    readonly headers: { readonly [name: string]: string }
    readonly read: (headers: Context['headers']) => unknown
    readonly gives: unknown
  }
  const cases: readonly Case[] = [
    {
      what: 'a header in any case',
      headers: { 'X-Own': 'a' },
      read: (h) => [h.get('x-OWN'), h.has('X-own'), h.get('x-none')],
      gives: ['a', true, null],
    },
    {
      what: 'media types',
      headers: { accept: 'text/html;q=0.5, application/json' },
      read: (h) => h.accept.best('html', 'json'),
      gives: 'json',
    },
    {
      what: 'languages',
      headers: { 'accept-language': 'de-CH, en;q=0.5' },
      read: (h) => h.acceptLanguage.rank('en', 'de'),
      gives: ['de', 'en'],
    },
    { what: 'codings', headers: { 'accept-encoding': 'br;q=0.5, gzip' }, read: (h) => h.acceptEncoding.best('br', 'gzip'), gives: 'gzip' },
    {
      what: 'credentials',
      headers: { authorization: 'Basic YTpi' },
      read: (h) => [h.authorization?.scheme, h.authorization?.username, h.authorization?.password],
      gives: ['basic', 'a', 'b'],
    },
    { what: 'a token', headers: { authorization: 'Bearer abc' }, read: (h) => h.authorization?.token ?? null, gives: 'abc' },
    { what: 'no credentials', headers: {}, read: (h) => h.authorization ?? null, gives: null },
    {
      what: 'cache control',
      headers: { 'cache-control': 'no-cache, max-age=0' },
      read: (h) => h.cacheControl,
      gives: { noCache: true, maxAge: 0 },
    },
    {
      what: 'a content type',
      headers: { 'content-type': 'Text/CSV; header=absent' },
      read: (h) => h.contentType?.type ?? null,
      gives: 'text/csv',
    },
    { what: 'no content type', headers: { 'content-type': 'nonsense' }, read: (h) => h.contentType ?? null, gives: null },
    {
      what: 'a list',
      headers: { 'access-control-request-headers': 'X-A, "x, b",, x-c' },
      read: (h) => h.list('Access-Control-Request-Headers'),
      gives: ['X-A', 'x, b', 'x-c'],
    },
    {
      what: 'a date',
      headers: { 'if-modified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' },
      read: (h) => [h.date('if-modified-since')?.toISOString(), h.date('date') ?? null],
      gives: ['1994-11-06T08:49:37.000Z', null],
    },
    {
      what: 'tags',
      headers: { 'if-none-match': 'W/"a,b", "c"', 'if-match': ' * ' },
      read: (h) => [h.tags('if-none-match'), h.tags('if-match')],
      gives: [['W/"a,b"', '"c"'], ['*']],
    },
    {
      what: 'ranges',
      headers: { range: 'bytes=0-1,5-' },
      read: (h) => h.ranges(8) ?? null,
      gives: [
        { start: 0, end: 1 },
        { start: 5, end: 7 },
      ],
    },
    { what: 'ranges of another unit', headers: { range: 'lines=0-1' }, read: (h) => h.ranges(8) ?? null, gives: null },
  ]
  test.each(cases)('reads $what', async ({ headers, read, gives }) => {
    const { send } = await open((app) => app.get('/', (ctx) => ({ gives: read(ctx.headers) })))
    expect((await send('/', { headers })).json).toEqual({ gives })
  })

  test('a range beyond the end is 416 with the size', async () => {
    const { send } = await open((app) => app.get('/', (ctx) => ({ gives: ctx.headers.ranges(8) ?? null })))
    const seen = await send('/', { headers: { range: 'bytes=8-' } })
    expect([seen.status, seen.headers.get('content-range')]).toEqual([416, 'bytes */8'])
  })

  test('all of them can be gone through', async () => {
    const { send } = await open((app) =>
      app.get('/', (ctx) => {
        const names: string[] = []
        ctx.headers.forEach((value, name) => void names.push(`${name}=${value}`))
        return names.filter((name) => name.startsWith('x-'))
      }),
    )
    expect((await send('/', { headers: { 'X-A': '1', 'x-b': '2' } })).json).toEqual(['x-a=1', 'x-b=2'])
  })

  test('preferredType and preferredLanguage choose, and say to caches that they did', async () => {
    const { send } = await open((app) =>
      app.get('/', (ctx) => {
        const language = ctx.preferredLanguage('en', 'de') ?? 'none'
        switch (ctx.preferredType('html', 'json')) {
          case 'html':
            return ctx.html(`<p>${language}`)
          case 'json':
            return { language }
          default:
            return ctx.text('', 406)
        }
      }),
    )
    const html = await send('/', { headers: { accept: 'text/html,*/*;q=0.1', 'accept-language': 'de' } })
    expect([html.text, html.headers.get('vary')]).toEqual(['<p>de', 'Accept-Language, Accept'])
    expect((await send('/', { headers: { accept: 'application/json', 'accept-language': 'fr' } })).json).toEqual({ language: 'none' })
    expect((await send('/', { headers: { accept: 'image/png' } })).status).toBe(406)
    expect((await send('/')).text).toBe('<p>en')
  })

  test('cookieValues gives every value of a name', async () => {
    const { send } = await open((app) => app.get('/', (ctx) => [ctx.cookies.a, ...ctx.cookieValues('a'), ctx.cookieValues('c').length]))
    expect((await send('/', { headers: { cookie: 'a=1; b=x; a=%32; =bad; a' } })).json).toEqual(['1', '1', '2', 0])
  })
})

test('a header that came twice is joined on a socket as native headers join it', async () => {
  const app = new Micro(import.meta, { mode: 'test', env: {} })
  app.get('/', (ctx) => [ctx.headers.get('authorization'), ctx.headers.get('x-a'), ctx.headers.get('cookie')])
  const running = await serve(app, { port: 0, signals: false })
  const raw = await rawSocket(running.port)
  const twice = ['Authorization: Bearer a', 'X-A: 1', 'Cookie: a=1'].flatMap((line) => [line, line.replace(/[a1]$/, '2')]).join('\r\n')
  raw.socket.write(`GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${twice}\r\n\r\n`)
  expect(await raw.closed()).toMatch(/\["Bearer a, Bearer 2","1, 2","a=1; a=2"\]$/)
  await running.stop()
})
