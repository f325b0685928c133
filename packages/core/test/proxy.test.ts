import type { Context, CoreConfigInput } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'

type Server = NonNullable<CoreConfigInput['server']>

const EVERY = ['for', 'proto', 'host', 'port', 'prefix'] as const
const told = {
  'x-forwarded-for': '6.6.6.6, 1.1.1.1, 2.2.2.2',
  'x-forwarded-proto': 'ftp, https, http',
  'x-forwarded-host': 'evil.example, one.example, two.example',
  'x-forwarded-port': '666, 8443, 8080',
  'x-forwarded-prefix': '/evil, /one, /two/',
}

describe.each(DOORS)('proxies through $name', ({ open }) => {
  const seenBy = async (server: Server, headers: { readonly [name: string]: string }) => {
    const { send } = await open(
      (app) =>
        app.get('/p', { name: 'p' }, (ctx) => ({
          url: ctx.url.href,
          address: ctx.remoteAddress ?? null,
          prefix: ctx.urlPrefix,
          path: ctx.path,
          to: ctx.urlFor('p'),
        })),
      { config: { server } },
    )
    const got = (await send('/p?q=1', { headers: { host: 'localhost', ...headers } })).json as { readonly [name: string]: string | null }
    return [got.url, got.address, got.prefix, got.path, got.to]
  }
  const own = expect.toSatisfy((address: unknown) => address === null || address === '127.0.0.1')

  const rows: readonly (readonly [what: string, server: Server, headers: object, seen: readonly unknown[]])[] = [
    ['none is trusted: nothing that is told counts', {}, told, ['http://localhost/p?q=1', own, '', '/p', '/p']],
    ['one, for address and scheme unless it says more', { trustedProxies: 1 }, told, ['http://localhost/p?q=1', '2.2.2.2', '', '/p', '/p']],
    [
      'one, for everything',
      { trustedProxies: 1, forwardedHeaders: EVERY },
      told,
      ['http://two.example:8080/two/p?q=1', '2.2.2.2', '/two', '/p', '/two/p'],
    ],
    [
      'two: what the outer one wrote, not what was there before',
      { trustedProxies: 2, forwardedHeaders: EVERY },
      told,
      ['https://one.example:8443/one/p?q=1', '1.1.1.1', '/one', '/p', '/one/p'],
    ],
    [
      'more than wrote: nothing counts',
      { trustedProxies: 4, forwardedHeaders: EVERY },
      told,
      ['http://localhost/p?q=1', own, '', '/p', '/p'],
    ],
    [
      'the scheme alone',
      { trustedProxies: 1, forwardedHeaders: ['proto'] },
      { 'x-forwarded-proto': 'HTTPS' },
      ['https://localhost/p?q=1', own, '', '/p', '/p'],
    ],
    [
      'a scheme that is none',
      { trustedProxies: 1 },
      { 'x-forwarded-proto': 'javascript' },
      ['http://localhost/p?q=1', own, '', '/p', '/p'],
    ],
    [
      'a port that is none',
      { trustedProxies: 1, forwardedHeaders: ['port'] },
      { 'x-forwarded-port': '80;x' },
      ['http://localhost/p?q=1', own, '', '/p', '/p'],
    ],
    [
      'the default port',
      { trustedProxies: 1, forwardedHeaders: EVERY },
      { 'x-forwarded-host': 'a.example:1', 'x-forwarded-port': '443', 'x-forwarded-proto': 'https' },
      ['https://a.example/p?q=1', own, '', '/p', '/p'],
    ],
    [
      'a prefix that is none',
      { trustedProxies: 1, forwardedHeaders: ['prefix'] },
      { 'x-forwarded-prefix': '//evil.example' },
      ['http://localhost/p?q=1', own, '', '/p', '/p'],
    ],
    [
      'empty values',
      { trustedProxies: 1, forwardedHeaders: EVERY },
      { 'x-forwarded-for': '', 'x-forwarded-host': ' ' },
      ['http://localhost/p?q=1', own, '', '/p', '/p'],
    ],
  ]
  test.each(rows)('%s', async (_, server, headers, seen) => {
    expect(await seenBy(server, headers as { readonly [name: string]: string })).toEqual(seen)
  })

  test('a host that is none is 400 where the URL is asked for', async () => {
    const { send } = await open((app) => app.get('/', (ctx) => ctx.url.href), {
      config: { server: { trustedProxies: 1, forwardedHeaders: ['host'] } },
    })
    expect((await send('/', { headers: { 'x-forwarded-host': 'a b' } })).status).toBe(400)
  })

  test('a header that no proxy writes is refused in the configuration', async () => {
    await expect(open(() => undefined, { config: { server: { forwardedHeaders: ['hosts' as 'host'] } } })).rejects.toThrow(
      /it lists some of for, proto/,
    )
  })
})

describe.each(DOORS)('trusted hosts through $name', ({ open }) => {
  const opened = (server: Server) =>
    open(
      (app) => {
        app.get('/', (ctx) => ctx.url.host)
        app.get('/slash/', () => 'x')
      },
      { config: { server } },
    )

  const rows: readonly (readonly [host: string, status: number])[] = [
    ['example.org', 200],
    ['EXAMPLE.org', 200],
    ['example.org:8080', 200],
    ['sub.example.com', 200],
    ['example.com', 200],
    ['evil.example', 400],
    ['example.org.evil.example', 400],
    ['badexample.com', 400],
  ]
  test.each(rows)('%s: %d', async (host, status) => {
    const { send, lines } = await opened({ trustedHosts: ['example.org', '.example.com'] })
    expect((await send('/', { headers: { host } })).status).toBe(status)
    expect(lines).toEqual([])
  })

  test('others are refused before anything else: where no route answers, where the path lacks a slash, where the method is another', async () => {
    const { send } = await opened({ trustedHosts: ['example.org'] })
    const headers = { host: 'evil.example' }
    expect((await send('/nowhere', { headers })).status).toBe(400)
    expect((await send('/slash', { headers })).status).toBe(400)
    expect((await send('/', { headers, method: 'POST' })).status).toBe(400)
    expect((await send('/slash', { headers: { host: 'example.org' } })).status).toBe(308)
  })

  test('behind proxies it is the host that the client named', async () => {
    const { send } = await opened({ trustedHosts: ['example.org'], trustedProxies: 1, forwardedHeaders: ['host'] })
    expect((await send('/', { headers: { host: 'internal', 'x-forwarded-host': 'example.org' } })).text).toBe('example.org')
    expect((await send('/', { headers: { host: 'example.org', 'x-forwarded-host': 'evil.example' } })).status).toBe(400)
  })

  test('the reply to one that is refused says nothing of the others', async () => {
    const { send } = await opened({ trustedHosts: ['example.org'] })
    expect((await send('/', { headers: { host: 'evil.example' } })).text).not.toContain('example.org')
  })
})

describe.each(DOORS)('parts of the URL through $name', ({ open }) => {
  test('are those of a URL, and path and query as they were sent', async () => {
    const read = (ctx: Context) => {
      const { href, origin, protocol, host, hostname, port, pathname, search } = ctx.url
      return { href, origin, protocol, host, hostname, port, pathname, search, path: ctx.path, query: [...ctx.query], method: ctx.method }
    }
    const { send } = await open((app) => app.all('/:rest<path>', read))
    const seen = await send('/a%20b/%C3%BC?x=1&x=2&y', { method: 'PUT', headers: { host: 'example.org:8080' } })
    expect(seen.json).toEqual({
      href: 'http://example.org:8080/a%20b/%C3%BC?x=1&x=2&y',
      origin: 'http://example.org:8080',
      protocol: 'http:',
      host: 'example.org:8080',
      hostname: 'example.org',
      port: '8080',
      pathname: '/a%20b/%C3%BC',
      search: '?x=1&x=2&y',
      path: '/a%20b/%C3%BC',
      query: [
        ['x', '1'],
        ['x', '2'],
        ['y', ''],
      ],
      method: 'PUT',
    })
  })

  test('the route, its params and its blueprint are there where one answers, and nowhere else', async () => {
    const { send } = await open((app) => {
      app.beforeRequest((ctx) =>
        ctx.setHeader('X-Route', JSON.stringify([ctx.route?.name ?? null, ctx.route?.path ?? null, ctx.params, ctx.blueprint ?? null])),
      )
      app.get('/:id<int>', { name: 'one' }, () => 'x')
    })
    expect((await send('/5')).headers.get('x-route')).toBe('["one","/:id<int>",{"id":5},null]')
    expect((await send('/none/here')).headers.get('x-route')).toBe('[null,null,{},null]')
  })
})
