import { type ClientRequest, micro } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { CLIENT_DOORS } from './client-doors.ts'
import { microErrorOf } from './micro-error-of.ts'

const make = () => {
  const app = micro(import.meta, { env: {}, mode: 'test' })
  app.all('/echo', async (ctx) => ({
    method: ctx.method,
    type: ctx.headers.get('content-type'),
    authorization: ctx.headers.get('authorization'),
    cookie: ctx.headers.get('cookie'),
    body: await ctx.readText(),
  }))
  for (const status of [301, 302, 303, 307, 308] as const) {
    app.all(`/to/${status}`, (ctx) => ctx.redirect('/echo', status))
  }
  app.get('/twice', (ctx) => {
    ctx.setCookie('way', 'long')
    return ctx.redirect('/to/302')
  })
  app.get('/loop', (ctx) => ctx.redirect('/loop/on'))
  app.get('/loop/on', (ctx) => ctx.redirect('/loop'))
  app.get('/cookie', (ctx) => {
    if (ctx.cookies.seen !== undefined) {
      return 'seen'
    }
    ctx.setCookie('seen', '1')
    return ctx.redirect('/cookie')
  })
  app.get('/count/:n<int>', (ctx) => ctx.redirect(`/count/${ctx.params.n + 1}`))
  app.all('/away', (ctx) => ctx.redirect(ctx.query.get('to') ?? '', 307))
  app.get('/multiple', (ctx) => ctx.reply('x', 300, { Location: '/echo' }))
  return app
}

describe.each(CLIENT_DOORS)('redirects of a client, through $name', ({ open }) => {
  const followed: readonly (readonly [method: string, status: number, then: string, body: string, type: string | null])[] = [
    ['POST', 301, 'GET', '', null],
    ['POST', 302, 'GET', '', null],
    ['POST', 303, 'GET', '', null],
    ['POST', 307, 'POST', '{"a":1}', 'application/json'],
    ['POST', 308, 'POST', '{"a":1}', 'application/json'],
    ['PUT', 301, 'PUT', '{"a":1}', 'application/json'],
    ['PUT', 302, 'PUT', '{"a":1}', 'application/json'],
    ['PUT', 303, 'GET', '', null],
  ]
  test.each(followed)('%s and %d: followed by %s', async (method, status, then, body, type) => {
    const one = (await open(make()))()
    const reply = await one.request(method, `/to/${status}`, { json: { a: 1 } })
    expect(await reply.json()).toMatchObject({ method: then, body, type })
    expect([new URL(reply.url).pathname, reply.redirected, reply.request.method]).toEqual(['/echo', true, then])
    expect(reply.history.map((each) => [each.status, new URL(each.url).pathname, each.request.method])).toEqual([
      [status, `/to/${status}`, method],
    ])
  })

  test('the history holds every reply on the way', async () => {
    const one = (await open(make()))()
    const { history } = await one.get('/twice')
    expect(history.map(({ status, url, headers }) => [status, new URL(url).pathname, headers.getSetCookie().length])).toEqual([
      [302, '/twice', 1],
      [302, '/to/302', 0],
    ])
    expect([history[0]?.history, history[1]?.history]).toEqual([[], [history[0]]])
  })

  test('HEAD stays HEAD', async () => {
    const one = (await open(make()))()
    expect((await one.head('/to/303')).request.method).toBe('HEAD')
  })

  test('are left alone where the client or the request says so, and where they are none', async () => {
    const clientOf = await open(make())
    expect((await clientOf().get('/to/302', { redirects: false })).status).toBe(302)
    expect((await clientOf({ redirects: false }).get('/to/302')).status).toBe(302)
    expect((await clientOf({ redirects: false }).get('/to/302', { redirects: true })).status).toBe(200)
    expect((await clientOf().get('/multiple')).status).toBe(300)
  })

  test('one that comes back with another cookie is no loop', async () => {
    const one = (await open(make()))()
    expect(await (await one.get('/cookie')).text()).toBe('seen')
  })

  const refused: readonly (readonly [path: string, request: ClientRequest, says: string | RegExp])[] = [
    ['/loop', {}, /does not follow the 302 of \S+\/loop\/on to \S+\/loop: it is a loop, \S+\/loop → \S+\/loop\/on → \S+\/loop\./],
    ['/count/1', {}, /\/count\/22: there were 20 before it/],
    ['/away?to=https://example.org/x', {}, 'to https://example.org/x: it leads to another host'],
    ['/away?to=myapp://localhost/x', { redirects: 'anywhere' }, 'to myapp://localhost/x: it leads to another host'],
    ['/away?to=http://[', {}, 'to http://[: that is no URL'],
  ]
  test.each(refused)('GET %s is refused in words', async (path, request, says) => {
    const one = (await open(make()))()
    const error = await microErrorOf(() => one.get(path, request))
    expect([error.code, error.message]).toEqual([
      'MICRO_CLIENT_REDIRECT',
      typeof says === 'string' ? expect.stringContaining(says) : expect.stringMatching(says),
    ])
  })

  test('a stream is not sent twice', async () => {
    const one = (await open(make()))()
    const body = new Blob(['x']).stream()
    expect((await microErrorOf(() => one.post('/to/307', { body }))).message).toContain('its body was a stream')
  })
})

describe('redirects to other hosts', () => {
  test('are followed with anywhere, without credentials and with the cookies of that host', async () => {
    const app = make()
    const one = app.client({ redirects: 'anywhere', auth: { token: 'secret' } })
    one.cookies.set('here', '1')
    one.cookies.set('there', '2', { url: 'http://api.localhost/' })
    const reply = await one.get('/away', { query: { to: 'http://api.localhost/echo' } })
    expect([reply.url, await reply.json()]).toEqual([
      'http://api.localhost/echo',
      expect.objectContaining({ authorization: null, cookie: 'there=2' }),
    ])
    expect(await (await one.get('/to/302')).json()).toMatchObject({ authorization: 'Bearer secret', cookie: 'here=1' })
    await app.stop()
  })

  test('another scheme or port of the same host is no other host', async () => {
    const app = make()
    const reply = await app.client().get('/away', { query: { to: 'https://localhost:8443/echo' } })
    expect([reply.status, reply.url]).toEqual([200, 'https://localhost:8443/echo'])
    await app.stop()
  })
})
