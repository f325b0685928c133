import { abort, type Context, HttpError } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'

class NotForYou extends HttpError {
  constructor() {
    super(403, 'Not for you.', {
      headers: { 'X-Why': 'because' },
      problem: { type: 'https://errors.example/not-for-you', owner: 'somebody' },
    })
  }
}

describe.each(DOORS)('making replies through $name', ({ open }) => {
  interface Case {
    readonly what: string
    readonly make: (ctx: Context) => unknown
    readonly status: number
    readonly type: string | null
    readonly text: string
    readonly headers?: { readonly [name: string]: string | null }
  }
  const cases: readonly Case[] = [
    { what: 'nothing, with a status', make: (ctx) => ctx.reply(null, 204), status: 204, type: null, text: '' },
    { what: 'nothing', make: (ctx) => ctx.reply(undefined), status: 200, type: null, text: '', headers: { 'content-length': '0' } },
    {
      what: 'a body with a status and headers',
      make: (ctx) => ctx.reply('<p>', 201, { 'X-Own': 'yes' }),
      status: 201,
      type: 'text/html; charset=utf-8',
      text: '<p>',
      headers: { 'x-own': 'yes' },
    },
    {
      what: 'a body with headers alone',
      make: (ctx) => ctx.reply({ a: 1 }, undefined, { 'X-Own': 'yes' }),
      status: 200,
      type: 'application/json',
      text: '{"a":1}',
      headers: { 'x-own': 'yes' },
    },
    {
      what: 'a type of its own',
      make: (ctx) => ctx.reply('a,b', 200, { 'content-type': 'text/csv' }),
      status: 200,
      type: 'text/csv',
      text: 'a,b',
    },
    {
      what: 'a reply with another status: its type stays',
      make: (ctx) => ctx.reply(ctx.json({ error: 1 }), 400),
      status: 400,
      type: 'application/json',
      text: '{"error":1}',
    },
    {
      what: 'headers that take the place of those there, once',
      make: (ctx) => {
        ctx.setHeader('X-Foo', 'first')
        ctx.setHeader('x-foo', 'second')
        return ctx.reply(ctx.reply('x', 200, { 'X-Foo': 'third', 'X-Bar': 'bar' }), 200, { 'X-Bar': 'rab' })
      },
      status: 200,
      type: 'text/html; charset=utf-8',
      text: 'x',
      headers: { 'x-foo': 'second', 'x-bar': 'rab' },
    },
    {
      what: 'headers beside those there',
      make: (ctx) => {
        ctx.appendHeader('Link', '</a>')
        ctx.appendHeader('Link', '</b>')
        return 'x'
      },
      status: 200,
      type: 'text/html; charset=utf-8',
      text: 'x',
      headers: { link: '</a>, </b>' },
    },
    {
      what: 'a header that is taken back',
      make: (ctx) => {
        ctx.setHeader('X-A', '1')
        ctx.setHeader('X-B', '2')
        ctx.removeHeader('x-a')
        return 'x'
      },
      status: 200,
      type: 'text/html; charset=utf-8',
      text: 'x',
      headers: { 'x-a': null, 'x-b': '2' },
    },
    {
      what: 'cache control',
      make: (ctx) => {
        ctx.setCacheControl({ public: true, maxAge: 60 })
        return 'x'
      },
      status: 200,
      type: 'text/html; charset=utf-8',
      text: 'x',
      headers: { 'cache-control': 'public, max-age=60' },
    },
    {
      what: 'an error that is returned',
      make: () => new NotForYou(),
      status: 403,
      type: 'application/problem+json',
      text: expect.stringContaining('Not for you.') as never,
      headers: { 'x-why': 'because' },
    },
  ]
  test.each(cases)('$what', async ({ make, status, type, text, headers = {} }) => {
    const { send, lines } = await open((app) => app.get('/', make as never))
    const seen = await send('/')
    expect([seen.status, seen.headers.get('content-type'), seen.text]).toEqual([status, type, text])
    for (const [name, value] of Object.entries(headers)) {
      expect([name, seen.headers.get(name)]).toEqual([name, value])
    }
    expect(lines).toEqual([])
  })

  test('problem documents take members, which may replace type and title (RFC 9457 section 3.2)', async () => {
    const { send } = await open((app) => {
      app.get('/class', () => {
        throw new NotForYou()
      })
      app.get('/abort', () => abort(409, 'Taken.', { problem: { title: 'Name taken', suggestions: ['b', 'c'] } }))
    })
    expect((await send('/class')).json).toEqual({
      type: 'https://errors.example/not-for-you',
      title: 'Forbidden',
      status: 403,
      detail: 'Not for you.',
      owner: 'somebody',
    })
    expect((await send('/abort')).json).toEqual({
      type: 'about:blank',
      title: 'Name taken',
      status: 409,
      detail: 'Taken.',
      suggestions: ['b', 'c'],
    })
  })

  test('cookies have every attribute, and are deleted with the same', async () => {
    const { send } = await open((app) =>
      app.get('/', (ctx) => {
        const where = { path: '/shop', domain: 'localhost', partitioned: true }
        ctx.setCookie('a', '1', { ...where, maxAge: 60, expires: new Date(0), httpOnly: false, sameSite: 'none', priority: 'high' })
        ctx.deleteCookie('b', where)
        return 'x'
      }),
    )
    const parts = (line: string | undefined) => line?.split('; ').sort()
    const [set, deleted] = (await send('/')).headers.getSetCookie()
    const date = 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'
    expect(parts(set)).toEqual([
      'Domain=localhost',
      date,
      'Max-Age=60',
      'Partitioned',
      'Path=/shop',
      'Priority=High',
      'SameSite=None',
      'Secure',
      'a=1',
    ])
    expect(parts(deleted)).toEqual([
      'Domain=localhost',
      date,
      'HttpOnly',
      'Max-Age=0',
      'Partitioned',
      'Path=/shop',
      'SameSite=Lax',
      'Secure',
      'b=',
    ])
  })

  test('a cookie of 4,093 bytes is set, one of more is an error; the limit is configuration', async () => {
    const attributes = '=; Path=/; HttpOnly; SameSite=Lax'.length
    const prepare = (app: Parameters<Parameters<typeof open>[0]>[0]) =>
      app.get('/:bytes<int>', (ctx) => {
        ctx.setCookie('n', 'x'.repeat(ctx.params.bytes - attributes - 1))
        return 'x'
      })
    const { send, lines } = await open(prepare)
    expect([(await send('/4093')).headers.getSetCookie()[0]?.length, (await send('/4094')).status]).toEqual([4093, 500])
    expect(lines[0]?.fields.error).toMatchObject({ code: 'MICRO_COOKIE_TOO_LARGE' })
    const any = await open(prepare, { config: { limits: { cookieBytes: 0 } } })
    expect((await any.send('/5000')).headers.getSetCookie()[0]?.length).toBe(5000)
  })

  test('a redirect may be relative, and has no body', async () => {
    const { send } = await open((app) => app.get('/a/b', (ctx) => ctx.redirect('../c?d#e')))
    const seen = await send('/a/b')
    expect([seen.status, seen.headers.get('location'), seen.text]).toEqual([302, '../c?d#e', ''])
  })

  test('what is wrong with a JSON body is told in development alone', async () => {
    for (const [mode, detail] of [
      ['development', expect.stringMatching(/^The body is not valid JSON: ./)],
      ['production', 'The body is not valid JSON.'],
    ] as const) {
      const { send } = await open((app) => app.post('/', async (ctx) => ({ got: await ctx.readJson() })), {
        mode,
        config: { secretKey: 'k'.repeat(40) },
      })
      const seen = await send('/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":,}' })
      expect(seen.json).toMatchObject({ status: 400, detail })
    }
  })
})
