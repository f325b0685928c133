import { micro } from '@micro/core'
import { describe, expect, test } from 'vitest'

const make = () => {
  const app = micro(import.meta, { env: {} })
  app.get('/', (ctx) => ({
    query: [...ctx.query],
    accept: ctx.headers.get('accept'),
    cookies: { ...ctx.cookies },
    mode: ctx.mode,
    url: ctx.url.href,
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
  for (const status of [301, 302, 303, 307, 308] as const) {
    app.all(`/to/${status}`, (ctx) => ctx.redirect('/echo', status))
  }
  app.get('/loop', (ctx) => ctx.redirect('/loop'))
  return app
}

describe('client', () => {
  test('puts an app that was told none in mode test, before it starts and no later', async () => {
    const app = make()
    expect(app.mode).toBe('production')
    const client = app.client()
    expect(app.mode).toBe('test')
    expect(((await (await client.get('/')).json()) as { mode: string }).mode).toBe('test')
    await app.stop()
    const told = micro(import.meta, { env: { MICRO_MODE: 'production', MICRO_SECRET_KEY: 'k'.repeat(40) } })
    told.client()
    expect(told.mode).toBe('production')
  })

  test('sends query, headers and what it is made with; a header of the request counts', async () => {
    const app = make()
    const client = app.client({ baseUrl: 'https://example.org:8443', headers: { Accept: 'text/x' } })
    expect(await (await client.get('/?a=1', { query: { b: 2, c: true } })).json()).toMatchObject({
      query: [
        ['a', '1'],
        ['b', '2'],
        ['c', 'true'],
      ],
      accept: 'text/x',
      url: 'https://example.org:8443/?a=1&b=2&c=true',
    })
    expect(await (await client.get('/', { headers: { accept: 'text/y' } })).json()).toMatchObject({ accept: 'text/y' })
    await app.stop()
  })

  const bodies: readonly (readonly [request: object, type: string | null, body: string | RegExp])[] = [
    [{ json: { a: 1 } }, 'application/json', '{"a":1}'],
    [{ form: { a: 'x y', b: 2, c: ['1', '2'] } }, 'application/x-www-form-urlencoded', 'a=x+y&b=2&c=1&c=2'],
    [{ form: { a: 'x', f: new File(['content'], 'f.txt') } }, 'multipart/form-data', /filename="f\.txt"/],
    [{ body: 'plain', headers: { 'content-type': 'text/x' } }, 'text/x', 'plain'],
    [{}, null, ''],
  ]
  test.each(bodies)('posts %o', async (request, type, body) => {
    const app = make()
    const echoed = (await (await app.client().post('/echo', request)).json()) as { type: string | null; body: string }
    expect(echoed.type).toBe(type)
    expect(echoed.body).toEqual(typeof body === 'string' ? body : expect.stringMatching(body))
    await app.stop()
  })

  const redirects: readonly (readonly [method: string, status: number, then: string, body: string])[] = [
    ['POST', 301, 'GET', ''],
    ['POST', 302, 'GET', ''],
    ['POST', 303, 'GET', ''],
    ['POST', 307, 'POST', '{"a":1}'],
    ['POST', 308, 'POST', '{"a":1}'],
    ['PUT', 302, 'PUT', '{"a":1}'],
    ['PUT', 303, 'GET', ''],
  ]
  test.each(redirects)('%s and %d: followed by %s', async (method, status, then, body) => {
    const app = make()
    const client = app.client()
    expect(await (await client.request(method, `/to/${status}`, { json: { a: 1 } })).json()).toMatchObject({ method: then, body })
    expect(client.history).toEqual([`http://localhost/to/${status}`, 'http://localhost/echo'])
    await app.stop()
  })

  test('keeps cookies over redirects, each client its own; redirects can be left alone', async () => {
    const app = make()
    const client = app.client()
    expect(await (await client.get('/login')).json()).toMatchObject({ cookies: { user: 'me' } })
    expect(client.cookies.get('user')).toBe('me')
    expect(await (await app.client().get('/')).json()).toMatchObject({ cookies: {} })
    expect((await client.get('/login', { redirects: false })).status).toBe(302)
    expect((await app.client({ redirects: false }).get('/login')).status).toBe(302)
    await expect(client.get('/loop')).rejects.toThrow('More than 20 redirects')
    await app.stop()
  })

  test.each(['put', 'patch', 'delete', 'options'] as const)('%s', async (method) => {
    const app = make()
    expect(await (await app.client()[method]('/echo')).json()).toMatchObject({ method: method.toUpperCase() })
    await app.stop()
  })

  test('its signal is the signal of the context', async () => {
    const app = micro(import.meta, { env: {} })
    app.get('/', (ctx) => new Promise<string>((resolve) => ctx.signal.addEventListener('abort', () => resolve('aborted'))))
    const controller = new AbortController()
    const reply = app.client().get('/', { signal: controller.signal })
    setTimeout(() => controller.abort(), 10)
    expect(await (await reply).text()).toBe('aborted')
    await app.stop()
  })
})
