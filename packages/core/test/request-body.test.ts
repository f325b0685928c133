import { defineExtension, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS, errorsOf } from './both.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const codesOf = (lines: readonly { readonly fields: { readonly error?: unknown } }[]) =>
  lines.map(({ fields }) => (fields.error as { code?: string }).code)

describe.each(DOORS)('the body through $name', ({ open }) => {
  const routes = (app: Parameters<Parameters<typeof open>[0]>[0]) => {
    app.post('/json', async (ctx) => ({ got: await ctx.readJson() }))
    app.post('/text', async (ctx) => ctx.text(await ctx.readText()))
    app.post('/form', async (ctx) => [...(await ctx.readForm())])
    app.post('/bytes', async (ctx) => ctx.readBytes())
    app.post('/body', async (ctx) => {
      const body = await ctx.readBody()
      return body instanceof URLSearchParams ? [...body] : { got: body }
    })
    app.post('/stream', async (ctx) => {
      let length = 0
      for await (const chunk of ctx.readStream()) {
        length += chunk.length
      }
      return { length }
    })
  }

  interface Case {
    readonly path: string
    readonly type?: string
    readonly body?: string | Uint8Array
    readonly status?: number
    readonly gives: unknown
  }
  const cases: readonly Case[] = [
    { path: '/json', type: 'application/json', body: '{"a":"ü"}', gives: { got: { a: 'ü' } } },
    { path: '/json', type: 'Application/JSON; charset=utf-8', body: '1', gives: { got: 1 } },
    { path: '/json', type: 'application/problem+json', body: 'null', gives: { got: null } },
    { path: '/json', type: 'text/plain', body: '{}', status: 415, gives: 'The body must be JSON (Content-Type: application/json).' },
    { path: '/json', type: 'application/jsonx', body: '{}', status: 415, gives: 'The body must be JSON (Content-Type: application/json).' },
    { path: '/json', body: new Uint8Array([49]), status: 415, gives: 'The body must be JSON (Content-Type: application/json).' },
    { path: '/json', type: 'application/json', body: '{"a":', status: 400, gives: 'The body is not valid JSON.' },
    { path: '/json', type: 'application/json', body: '', status: 400, gives: 'The body is not valid JSON.' },
    { path: '/json', type: 'application/json', status: 400, gives: 'The body is not valid JSON.' },
    { path: '/json', type: 'application/json', body: new Uint8Array([34, 0xff, 34]), status: 400, gives: 'The body is not valid JSON.' },
    { path: '/text', type: 'text/plain', body: 'hü', gives: 'hü' },
    { path: '/text', gives: '' },
    { path: '/bytes', body: new Uint8Array([0, 1, 2]), gives: '\0\x01\x02' },
    {
      path: '/form',
      type: 'application/x-www-form-urlencoded',
      body: 'a=1&a=2&b=%C3%BC+x',
      gives: [
        ['a', '1'],
        ['a', '2'],
        ['b', 'ü x'],
      ],
    },
    {
      path: '/form',
      type: 'multipart/form-data; boundary=x',
      body: '--x--',
      status: 415,
      gives: expect.stringContaining('x-www-form-urlencoded'),
    },
    { path: '/body', type: 'application/json', body: '{}', gives: { got: {} } },
    { path: '/body', type: 'application/x-www-form-urlencoded', body: 'a=b', gives: [['a', 'b']] },
    { path: '/body', type: 'image/png', body: 'x', status: 415, gives: 'No body of type image/png is accepted here.' },
    { path: '/body', type: 'nonsense', body: 'x', status: 415, gives: 'The body has no Content-Type that can be read.' },
    { path: '/stream', body: new Uint8Array(100_000), gives: { length: 100_000 } },
    { path: '/stream', gives: { length: 0 } },
  ]
  test.each(cases)('POST $path $type $body', async ({ path, type, body, status = 200, gives }) => {
    const { send, lines } = await open(routes)
    const seen = await send(path, {
      method: 'POST',
      headers: type === undefined ? {} : { 'content-type': type },
      ...(body === undefined ? {} : { body }),
    })
    const got =
      seen.headers.get('content-type') === 'application/problem+json'
        ? (seen.json as { detail: string }).detail
        : /json/.test(seen.headers.get('content-type') ?? '')
          ? seen.json
          : seen.text
    expect([seen.status, got]).toEqual([status, gives])
    expect(lines).toEqual([])
  })

  test('is limited by config.limits.bodyBytes, by the route, and by the call, the last one said counting', async () => {
    const { send } = await open(
      (app) => {
        app.post('/default', async (ctx) => ctx.readText())
        app.post('/route', { maxBytes: 20 }, async (ctx) => ctx.readText())
        app.post('/call', { maxBytes: 20 }, async (ctx) => ctx.readText({ maxBytes: 30 }))
        app.post('/stream', async (ctx) => {
          for await (const _ of ctx.readStream({ maxBytes: 40 })) {
          }
          return 'all'
        })
      },
      { config: { limits: { bodyBytes: 10 } } },
    )
    for (const [path, limit] of [
      ['/default', 10],
      ['/route', 20],
      ['/call', 30],
      ['/stream', 40],
    ] as const) {
      expect([path, (await send(path, { method: 'POST', body: 'x'.repeat(limit) })).status]).toEqual([path, 200])
      const over = await send(path, { method: 'POST', body: 'x'.repeat(limit + 1) })
      expect([path, over.status, (over.json as { detail: string }).detail]).toEqual([path, 413, `The body is larger than ${limit} bytes.`])
    }
  })

  test('is read once: a second reading says what came first', async () => {
    const { send, lines } = await open((app) => {
      app.post('/twice', async (ctx) => {
        await ctx.readText()
        return ctx.readJson() as Promise<object>
      })
      app.post('/stream', async (ctx) => {
        ctx.readStream()
        return ctx.readBytes()
      })
      app.post('/native', async (ctx) => {
        await ctx.request.text()
        return ctx.readText()
      })
    })
    for (const [path, first] of [
      ['/twice', 'readText()'],
      ['/stream', 'readStream()'],
      ['/native', 'ctx.request'],
    ] as const) {
      expect((await send(path, { method: 'POST', headers: JSON_TYPE, body: '{}' })).status).toBe(500)
      expect(errorsOf(lines).at(-1)).toContain(`read already, by ${first}; `)
    }
    expect(codesOf(lines)).toEqual(['MICRO_BODY_USED', 'MICRO_BODY_USED', 'MICRO_BODY_USED'])
  })

  test('ctx.request is a native request with the same body, whichever comes first', async () => {
    const { send } = await open((app) => {
      app.post('/native', async (ctx) => ({
        isNative: ctx.request instanceof Request,
        url: ctx.request.url.replace(/^http:\/\/[^/]+/, ''),
        body: await ctx.request.text(),
        header: ctx.request.headers.get('x-a'),
      }))
      app.post('/looked', async (ctx) => {
        const { method } = ctx.request
        return `${method} ${(await ctx.readText()).length}`
      })
      app.post('/after', async (ctx) => {
        await ctx.readText()
        return ctx.request.text().then(
          () => 'read again',
          () => 'refused',
        )
      })
      app.get('/get', async (ctx) => `[${await ctx.request.text()}]`)
    })
    const post = { method: 'POST', headers: { ...FORM_TYPE, 'x-a': 'b' }, body: 'a=b' }
    expect((await send('/native?q=1', post)).json).toEqual({ isNative: true, url: '/native?q=1', body: 'a=b', header: 'b' })
    // Long enough to fill what lies between the two.
    expect((await send('/looked', { method: 'POST', body: 'x'.repeat(500_000) })).text).toBe('POST 500000')
    expect((await send('/after', post)).text).toBe('refused')
    expect((await send('/get')).text).toBe('[]')
  })

  test('a body reader of an extension reads its type', async () => {
    const csv = defineExtension({
      name: 'csv',
      version: '1.0.0',
      core: '*',
      config: options({}),
      initApp: (app) => {
        app.bodyReader('text/CSV', async (ctx, given) => (await ctx.readText(given)).split(','))
        return {}
      },
    })
    const { send } = await open((app) => app.use(csv).post('/', async (ctx) => ({ got: await ctx.readBody({ maxBytes: 5 }) })))
    const post = (body: string) => send('/', { method: 'POST', headers: { 'content-type': 'text/csv; header=absent' }, body })
    expect((await post('a,b')).json).toEqual({ got: ['a', 'b'] })
    expect((await post('a,b,c,d')).status).toBe(413)
  })
})
