import { createServer } from 'node:http'
import { blueprint, type Micro, micro, redirectTo } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DOORS } from './both.ts'
import { microErrorOf } from './micro-error-of.ts'
import { rawSocket } from './raw-socket.ts'

const make = (): Micro => micro(import.meta, { env: {}, mode: 'test' })

describe.each(DOORS)('routes through $name', ({ open }) => {
  const asker = async (prepare: (app: Micro) => unknown) => {
    const { send } = await open(prepare)
    return async (path: string, method = 'GET') => {
      const { status, headers, text } = await send(path, { method })
      return status === 308 || status === 302 ? `${status} ${headers.get('location')}` : status === 200 ? text : status
    }
  }

  test('defaults are params that stand in no path; the longer path with their values redirects to the shorter', async () => {
    const ask = await asker((app) => {
      app.get('/notes/', { name: 'notes', defaults: { page: 1, all: false } }, (ctx) => [ctx.params.page + 1, ctx.params.all])
      app.get('/notes/page/:page<int>', { name: 'notes', defaults: { all: false } }, (ctx) => [ctx.params.page, ctx.params.all])
      app.get('/notes/all/', { name: 'notes', defaults: { page: 1, all: true } }, (ctx) => [ctx.params.page, ctx.params.all])
      app.get('/other/:page<int>', { defaults: { page: 7 } }, (ctx) => [ctx.params.page])
    })
    expect([await ask('/notes/'), await ask('/notes/all/'), await ask('/notes/page/2')]).toEqual(['[2,false]', '[1,true]', '[2,false]'])
    expect(await ask('/notes/page/1?q=x')).toBe('308 /notes/?q=x')
    // What stands in the path is not a default's to say.
    expect(await ask('/other/3')).toBe('[3]')
  })

  test('aliases redirect to the URL that the route has, with params and query', async () => {
    const ask = await asker((app) => {
      app.get('/', { name: 'home', aliases: ['/index.html', '/start/'] }, () => 'home')
      app.get('/users/', { name: 'users', defaults: { page: 1 }, aliases: ['/users/index.html'] }, (ctx) => [ctx.params.page])
      app.get('/users/page/:page<int>', { name: 'users', aliases: ['/users/:page<int>'] }, (ctx) => [ctx.params.page])
      app.post('/unnamed/:a/:b', { aliases: ['/:b/of/:a'] }, (ctx) => [ctx.params.a, ctx.params.b])
    })
    expect([await ask('/index.html'), await ask('/start/?a=1')]).toEqual(['308 /', '308 /?a=1'])
    expect([await ask('/users/index.html'), await ask('/users/2'), await ask('/users/1?x')]).toEqual([
      '308 /users/',
      '308 /users/page/2',
      '308 /users/?x',
    ])
    expect(await ask('/y%20z/of/x', 'POST')).toBe('308 /unnamed/x/y%20z')
    expect(await ask('/y/of/x')).toBe(405)
  })

  test('redirectTo sends on to a route, a path, a URL or what a function says, and keeps the query', async () => {
    const pages = blueprint('pages', import.meta, { prefix: '/pages' })
    pages.get('/:id<int>', { name: 'show' }, () => 'x').get('/old/:id<int>', redirectTo('.show'))
    const ask = await asker((app) => {
      app.register(pages)
      app.all('/by-name/:id<int>', redirectTo('pages.show'))
      app.get('/by-path/:id/:rest<path>', redirectTo('/new/:id/x/:rest?a=1'))
      app.get('/elsewhere/:id', redirectTo('https://example.org:8443/:id', 302))
      app.get(
        '/called/:id',
        redirectTo((ctx) => `/c${ctx.path}`),
      )
    })
    expect(await ask('/by-name/5?q=1', 'POST')).toBe('308 /pages/5?q=1')
    expect(await ask('/pages/old/5')).toBe('308 /pages/5')
    expect(await ask('/by-path/a%20b/c/d%3Fe')).toBe('308 /new/a%20b/x/c/d%3Fe?a=1')
    expect(await ask('/by-path/a/b?q')).toBe('308 /new/a/x/b?a=1&q')
    expect(await ask('/elsewhere/x')).toBe('302 https://example.org:8443/x')
    expect(await ask('/called/1')).toBe('308 /c/called/1')
  })

  test('a URL that is only named answers nothing', async () => {
    const ask = await asker((app) => app.nameUrl('media', '/media/:file<path>').get('/', (ctx) => ctx.urlFor('media', { file: 'a/b.png' })))
    expect([await ask('/'), await ask('/media/a/b.png')]).toEqual(['/media/a/b.png', 404])
  })

  test('OPTIONS is answered with the methods of all routes of the path, unless they say that it is not', async () => {
    const { send } = await open((app) => {
      app
        .get('/a', () => 'x')
        .post('/a', () => 'x')
        .delete('/:x<path>', () => 'x')
      app.get('/b', { automaticOptions: false }, () => 'x')
      app.register(blueprint('quiet', import.meta, { prefix: '/quiet', automaticOptions: false }).get('/', () => 'x'))
    })
    const asked = await Promise.all(['/a', '/quiet', '/nowhere'].map((path) => send(path, { method: 'OPTIONS' })))
    expect(asked.map(({ status, headers }) => [status, headers.get('allow')])).toEqual([
      [204, 'DELETE, GET, HEAD, OPTIONS, POST'],
      [204, 'DELETE, GET, HEAD, OPTIONS'],
      [204, 'DELETE, OPTIONS'],
    ])
    const { send: alone } = await open((app) => app.get('/b', { automaticOptions: false }, () => 'x'), { automaticOptions: false })
    const refused = await alone('/b', { method: 'OPTIONS' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  test('a method of any name is declared by on(), several at once by a list; HEAD may have a handler of its own', async () => {
    const { send } = await open((app) => {
      app
        .route('/dav/:path<path>', { name: 'dav' })
        .on('propfind', (ctx) => [ctx.method, ctx.params.path])
        .on(['GET', 'POST'], (ctx) => ctx.method)
        .on('HEAD', (ctx) => {
          ctx.setHeader('X-Head', 'own')
          return ''
        })
    })
    expect((await send('/dav/a/b', { method: 'PROPFIND' })).json).toEqual(['PROPFIND', 'a/b'])
    expect([(await send('/dav/a')).text, (await send('/dav/a', { method: 'POST' })).text]).toEqual(['GET', 'POST'])
    expect((await send('/dav/a', { method: 'HEAD' })).headers.get('x-head')).toBe('own')
    expect((await send('/dav/a', { method: 'PUT' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS, POST, PROPFIND')
  })

  test('onParams sees the params before any hook, and may put others in their place; blueprints see what the app left', async () => {
    const log: string[] = []
    const site = blueprint('site', import.meta, { prefix: '/:lang<any(en,de)>' })
    site.onParams(({ lang, ...rest }, ctx) => {
      log.push(`site ${lang} ${ctx.path}`)
      return rest
    })
    site.get('/:page', (ctx) => ctx.json(ctx.params))
    const { send } = await open((app) => {
      app.beforeRequest((ctx) => void log.push(`before ${JSON.stringify(ctx.params)}`), { phase: 'limits' })
      app.onParams((params) => void log.push(`app ${JSON.stringify(params)}`))
      app.register(site)
    })
    expect((await send('/de/about')).text).toBe('{"page":"about"}')
    expect(log).toEqual(['app {"lang":"de","page":"about"}', 'site de /de/about', 'before {"page":"about"}'])
    log.length = 0
    expect((await send('/nowhere')).status).toBe(404)
    expect(log).toEqual(['before {}'])
  })

  test('hooks of the app run for what no route answers, and its error handlers see what they left', async () => {
    const { send } = await open((app) => {
      app.beforeRequest((ctx) =>
        ctx.setHeader('X-Before', `${ctx.route?.name ?? 'none'} ${ctx.blueprint ?? 'none'} ${JSON.stringify(ctx.params)}`),
      )
      app.onError(404, (_error, ctx) => `missing ${ctx.path}`)
      app.get('/', () => 'x')
    })
    const { status, headers, text } = await send('/nowhere')
    expect([status, text, headers.get('x-before')]).toEqual([404, 'missing /nowhere', 'none none {}'])
  })
})

test('a request that asks for another protocol is answered as any other: routes know none but HTTP', async () => {
  const { port, stop } = await serve(
    make().get('/ws', () => 'plain'),
    { port: 0, signals: false },
  )
  onTestFinished(() => stop())
  const raw = await rawSocket(port)
  raw.socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n')
  await raw.until(/plain$/)
  raw.socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  expect((await raw.closed()).match(/HTTP\/1\.1 \d+|plain/g)).toEqual(['HTTP/1.1 200', 'plain', 'HTTP/1.1 200', 'plain'])
})

describe('declaring routes', () => {
  const refused: readonly (readonly [code: string, says: string, declare: (app: Micro) => unknown])[] = [
    ['MICRO_ROUTE_TAKEN', 'GET /a/:c is answered twice', (app) => app.get('/a/:b', () => 'x').get('/a/:c', () => 'x')],
    [
      'MICRO_ROUTE_TAKEN',
      'POST /a is answered twice',
      (app) =>
        app
          .post('/a', () => 'x')
          .route('/a')
          .on(['GET', 'POST'], () => 'x'),
    ],
    ['MICRO_ROUTE_TAKEN', 'GET /b is answered twice', (app) => app.get('/a', { aliases: ['/b'] }, () => 'x').get('/b', () => 'x')],
    [
      'MICRO_ROUTE_NAME_TAKEN',
      "Two routes are named 'a'",
      (app) => app.get('/a/:x', { name: 'a' }, () => 'x').get('/b/:x', { name: 'a' }, () => 'x'),
    ],
    [
      'MICRO_ROUTE_NAME_TAKEN',
      "Two routes are named 'a'",
      (app) => app.get('/a', { name: 'a', defaults: { x: 1 } }, () => 'x').get('/b', { name: 'a', defaults: { x: 1 } }, () => 'x'),
    ],
    [
      'MICRO_ROUTE_NAME_TAKEN',
      "Two routes are named 'a'",
      (app) => app.all('/a', { name: 'a' }, () => 'x').post('/b', { name: 'a' }, () => 'x'),
    ],
    ['MICRO_METHOD_INVALID', "was given the method 'GET POST'", (app) => app.route('/a').on('GET POST', () => 'x')],
    ['MICRO_HANDLER_INVALID', 'has no handler: undefined was given', (app) => app.get('/a', undefined as never)],
    [
      'MICRO_PATH_INVALID',
      "an alias has the params of its route, and 'b' is missing",
      (app) => app.get('/:a/:b', { aliases: ['/x/:a'] }, () => 'x'),
    ],
    ['MICRO_PATH_INVALID', "'__proto__' is not a name for a param", (app) => app.get('/:__proto__', () => 'x')],
    [
      'MICRO_ROUTE_NAME_DOT',
      "is named 'a.b': inside a blueprint a name holds no dot",
      (app) => app.register(blueprint('b', import.meta).get('/', { name: 'a.b' }, () => 'x')),
    ],
  ]
  test.each(refused)('%s: %s', async (code, says, declare) => {
    const error = await microErrorOf(() => {
      const app = make()
      declare(app)
      return app.routes
    })
    expect(error.code).toBe(code)
    expect(error.message).toContain(says)
    expect(error.message).toContain('route-options.test.ts:')
  })

  test('methods of one path, and paths whose params tell them apart, may share a name; one function may serve many routes', () => {
    const handler = (ctx: { readonly path: string }) => ctx.path
    const app = make()
    app.get('/a', { name: 'a' }, handler).put('/a', { name: 'a' }, handler)
    app.get('/list', { name: 'list' }, handler).get('/list/:page<int>', { name: 'list' }, handler)
    app.get('/find', { name: 'find' }, handler).post('/search', { name: 'find' }, handler)
    expect(app.urlFor('list')).toBe('/list')
    expect(app.urlFor('list', { page: 2 })).toBe('/list/2')
    expect(app.urlFor('find')).toBe('/find')
    expect(app.urlFor('find', {}, { method: 'post' })).toBe('/search')
  })

  test('matchRoute finds a route without asking it, for a method and a host; nothing is started', () => {
    const app = make()
    let started = false
    app.onStart(() => {
      started = true
    })
    app.get('/notes/:id<int>', { name: 'note' }, () => 'x').get('/dir/', () => 'x')
    app.post('/notes/:id<int>', { name: 'edit', host: 'admin.example.com' }, () => 'x')
    app.get('/jobs/%C3%BC/:x', () => 'x')
    expect(app.matchRoute('/notes/5')).toMatchObject({
      route: { name: 'note', path: '/notes/:id<int>', methods: ['GET'] },
      params: { id: 5 },
    })
    expect(app.matchRoute('/notes/5', { method: 'POST', host: 'admin.example.com' })?.route.name).toBe('edit')
    expect(app.matchRoute('/notes/5', { method: 'POST' })).toBeUndefined()
    expect([app.matchRoute('/notes/x'), app.matchRoute('/dir')]).toEqual([undefined, undefined])
    expect(started).toBe(false)
  })

  test('paths may hold any letters, written as they are; requests spell them in UTF-8, percent-encoded', () => {
    const app = make()
    app.get('/войти/:word', { name: 'enter' }, () => 'x')
    const url = app.urlFor('enter', { word: '道具' })
    expect(url).toBe('/%D0%B2%D0%BE%D0%B9%D1%82%D0%B8/%E9%81%93%E5%85%B7')
    expect(app.matchRoute(url)?.params).toEqual({ word: '道具' })
  })

  test('route() takes options that all its methods share; their own come after', async () => {
    const app = make()
    app
      .route('/shared/:id<int>', { name: 'shared', defaults: { from: 'all' } })
      .get((ctx) => [ctx.params.id, ctx.params.from])
      .put({ defaults: { from: 'put' } }, (ctx) => [ctx.params.id, ctx.params.from])
    const client = app.client()
    expect(await (await client.get('/shared/5')).json()).toEqual([5, 'all'])
    expect(await (await client.put('/shared/5')).json()).toEqual([5, 'put'])
    expect(app.urlFor('shared', { id: 5 })).toBe('/shared/5')
    await app.stop()
  })

  test('a group below a path with params types them', async () => {
    const app = make()
    app.group('/teams/:team<int>', (team) => {
      team.get('/', (ctx) => [ctx.params.team + 1]).get('/members/:id', (ctx) => [ctx.params.team.toFixed(1), ctx.params.id])
    })
    const client = app.client()
    expect(await (await client.get('/teams/5')).json()).toEqual([6])
    expect(await (await client.get('/teams/5/members/x')).json()).toEqual(['5.0', 'x'])
    await app.stop()
  })
})

describe('an app below a prefix that somebody else takes off', () => {
  const declare = (app: Micro): Micro => {
    app.get('/dir/', { name: 'dir' }, (ctx) => ctx.urlFor('dir')).get('/old', redirectTo('dir'))
    return app.get('/path', redirectTo('/dir/'))
  }

  test('mount: URLs and redirects hold the prefix', async () => {
    const inner = declare(make())
    const outer = make().mount('/shop', inner.fetch)
    const client = outer.client()
    expect(await (await client.get('/shop/dir/')).text()).toBe('/shop/dir/')
    for (const path of ['/shop/dir', '/shop/old', '/shop/path']) {
      const response = await outer.fetch(new Request(`http://localhost${path}`))
      expect([path, response.headers.get('location')]).toEqual([path, '/shop/dir/'])
    }
    await Promise.all([outer.stop(), inner.stop()])
  })

  test('Express and the like say what they took off by baseUrl', async () => {
    const { toNode } = await import('@micro/core/node')
    const app = declare(make())
    const handle = toNode(app)
    const server = createServer((request, response) => {
      request.url = (request.url as string).slice('/shop'.length)
      handle(Object.assign(request, { baseUrl: '/shop' }), response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(async () => {
      server.close()
      await app.stop()
    })
    const { port } = server.address() as { readonly port: number }
    const reply = await fetch(`http://127.0.0.1:${port}/shop/dir`, { redirect: 'manual', headers: { Connection: 'close' } })
    expect(reply.headers.get('location')).toBe('/shop/dir/')
  })

  const forwarded: readonly (readonly [given: string, hops: number, url: string])[] = [
    ['/shop', 1, '/shop/dir/'],
    ['/shop/', 1, '/shop/dir/'],
    ['/a/b', 1, '/a/b/dir/'],
    ['/shop', 0, '/dir/'],
    ['//evil.example', 1, '/dir/'],
    ['/a//b', 1, '/dir/'],
    ['https://evil.example', 1, '/dir/'],
    ['evil', 1, '/dir/'],
    ['/untrusted, /shop', 1, '/shop/dir/'],
  ]
  test.each(forwarded)('X-Forwarded-Prefix: %s behind %i trusted proxies', async (given, trustedProxies, url) => {
    const app = declare(micro(import.meta, { env: {}, mode: 'test', config: { server: { trustedProxies, forwardedHeaders: ['prefix'] } } }))
    const response = await app.fetch(new Request('http://localhost/dir/', { headers: { 'X-Forwarded-Prefix': given } }))
    expect(await response.text()).toBe(url)
    const moved = await app.fetch(new Request('http://localhost/dir', { headers: { 'X-Forwarded-Prefix': given } }))
    expect(moved.headers.get('location')).toBe(url)
    await app.stop()
  })
})
