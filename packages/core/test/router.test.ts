import { type Converter, defineExtension, micro, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'

describe.each(DOORS)('routing through $name', ({ open }) => {
  test('literals win over params, typed params over plain ones, whatever the order of registration', async () => {
    const { send } = await open((app) => {
      app.get('/:a', (ctx) => `plain ${ctx.params.a}`)
      app.get('/:n<int>', (ctx) => `int ${ctx.params.n + 1}`)
      app.get('/:r<path>', (ctx) => `rest ${ctx.params.r}`)
      app.get('/new', () => 'literal')
      app.get('/:a/edit', (ctx) => `edit ${ctx.params.a}`)
      app.get('/:s<string(length=2)>', (ctx) => `two ${ctx.params.s}`)
    })
    const paths = ['/new', '/5', '/-5', '/05', '/ab', '/abc', '/5/edit', '/new/edit', '/new/other', '/a/b/c']
    expect(await Promise.all(paths.map(async (path) => (await send(path)).text))).toEqual([
      'literal',
      'int 6',
      'int -4',
      'two 05',
      'two ab',
      'plain abc',
      'edit 5',
      'edit new',
      'rest new/other',
      'rest a/b/c',
    ])
  })

  test('a path that only has routes for other methods is left for one that matches too', async () => {
    const { send } = await open((app) => {
      app.post('/users/login', () => 'login')
      app.get('/users/:name', (ctx) => `user ${ctx.params.name}`)
      app.put('/users/:n<int>', (ctx) => `put ${ctx.params.n}`)
    })
    expect((await send('/users/login')).text).toBe('user login')
    expect((await send('/users/login', { method: 'POST' })).text).toBe('login')
    expect((await send('/users/5')).text).toBe('user 5')
    expect((await send('/users/5', { method: 'PUT' })).text).toBe('put 5')
    const wrong = await send('/users/login', { method: 'DELETE' })
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS, POST'])
  })

  test('405 names what is allowed; HEAD comes with GET, OPTIONS by itself', async () => {
    const { send } = await open((app) => {
      app.get('/a', (ctx) => {
        ctx.setHeader('X-Get', 'yes')
        return 'body'
      })
      app.post('/b', () => 'x')
      app.all('/c', (ctx) => ctx.method)
      app.options('/d', () => 'own').get('/d', () => 'x')
    })
    const wrong = await send('/a', { method: 'POST' })
    expect([wrong.status, wrong.headers.get('allow'), (wrong.json as { status: number }).status]).toEqual([405, 'GET, HEAD, OPTIONS', 405])
    const options = await send('/a', { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow'), options.text, options.headers.get('content-length')]).toEqual([
      204,
      'GET, HEAD, OPTIONS',
      '',
      null,
    ])
    const head = await send('/a', { method: 'HEAD' })
    expect([head.status, head.text, head.headers.get('content-length'), head.headers.get('x-get')]).toEqual([200, '', '4', 'yes'])
    expect((await send('/b', { method: 'HEAD' })).status).toBe(405)
    expect((await send('/b', { method: 'OPTIONS' })).headers.get('allow')).toBe('OPTIONS, POST')
    expect((await send('/c', { method: 'PATCH' })).text).toBe('PATCH')
    expect((await send('/d', { method: 'OPTIONS' })).text).toBe('own')
    expect((await send('/nowhere', { method: 'OPTIONS' })).status).toBe(404)
  })

  test('a path that lacks or repeats slashes is redirected with 308; method, body and query are kept', async () => {
    const { send } = await open((app) => {
      app.get('/a/b', () => 'x')
      app.post('/a/b', () => 'x')
      app.get('/dir/', () => 'x')
      app.get('/:x/y/', () => 'x')
      app.get('/files/:rest<path>', (ctx) => ctx.params.rest)
    })
    const redirects: readonly (readonly [path: string, location: string | null, status?: number])[] = [
      ['/a//b?q=1', '/a/b?q=1'],
      ['//a/b', '/a/b'],
      ['/dir', '/dir/'],
      ['/dir?q', '/dir/?q'],
      ['/evil.example/y', '/evil.example/y/'],
      ['/a/b/', null],
      ['/files/', null],
      ['/files', null],
      ['/nowhere//x', null],
    ]
    for (const [path, location] of redirects) {
      const { status, headers } = await send(path)
      expect([path, status, headers.get('location')]).toEqual([path, location === null ? 404 : 308, location])
    }
    expect((await send('/a//b', { method: 'POST', body: 'x' })).status).toBe(308)
    expect((await send('/dir', { method: 'POST' })).status).toBe(404)
  })

  test('no redirect leads to another host', async () => {
    const { send } = await open((app) => app.get('/:x/', (ctx) => ctx.params.x))
    for (const path of ['//evil.example', '///evil.example', '/%5Cevil.example', '//evil.example/%2e%2e']) {
      const { status, headers } = await send(path)
      const location = headers.get('location')
      expect([path, status === 308 || status === 404 || status === 200]).toEqual([path, true])
      if (location !== null) {
        expect(new URL(location, 'http://here.example/').host).toBe('here.example')
      }
    }
  })

  test('params are decoded once, segment by segment; an encoded slash is none between segments', async () => {
    const { send } = await open((app) => {
      app.get('/one/:a', (ctx) => ctx.params.a)
      app.get('/rest/:a<path>', (ctx) => ctx.params.a)
      app.get('/hü/:a', (ctx) => ctx.params.a)
    })
    const cases: readonly (readonly [path: string, text: string | number])[] = [
      ['/one/a%20b%2Fc%25', 'a b/c%'],
      ['/one/%C3%BC', 'ü'],
      ['/one/a+b', 'a+b'],
      ['/one/%2520', '%20'],
      ['/%6fne/x', 'x'],
      ['/h%C3%BC/x', 'x'],
      ['/rest/a/b%20c/', 'a/b c/'],
      ['/one/', 404],
      ['/one/a/b', 404],
    ]
    for (const [path, expected] of cases) {
      const { status, text } = await send(path)
      expect([path, typeof expected === 'number' ? status : text]).toEqual([path, expected])
    }
  })

  test.each(['/%', '/one/%zz', '/one/%E0%A4%A', '/%ff/x', '/nowhere/%'])('%s is broken percent-encoding: 400', async (path) => {
    const { send } = await open((app) => app.get('/one/:a', (ctx) => ctx.params.a))
    expect((await send(path)).status).toBe(400)
  })

  test('converters: core has six, extensions add theirs', async () => {
    const hex: Converter<number> = {
      parse: (text, [digits = '1']) => (new RegExp(`^[0-9a-f]{${digits}}$`).test(text) ? Number.parseInt(text, 16) : undefined),
      format: (value) => value.toString(16),
    }
    const colours = defineExtension({
      name: 'colours',
      version: '1.0.0',
      core: '*',
      config: options({}),
      initApp: (app) => {
        app.converter('hex', hex as Converter<unknown>)
        return {}
      },
    })
    const { send, app } = await open((made) => {
      made.use(colours)
      made.get('/int/:a<int(min=2, max=9)>', (ctx) => [ctx.params.a])
      made.get('/float/:a<float>', (ctx) => [ctx.params.a])
      made.get('/uuid/:a<uuid>', (ctx) => [ctx.params.a])
      made.get('/any/:a<any(red, blue)>', (ctx) => [ctx.params.a])
      made.get('/year/:a<int(digits=4)>', (ctx) => [ctx.params.a])
      made.get('/hex/:a<hex(6)>' as '/hex/:a', { name: 'hex' }, (ctx) => [ctx.params.a])
    })
    const cases: readonly (readonly [path: string, value: unknown])[] = [
      ['/int/5', 5],
      ['/int/1', 404],
      ['/int/10', 404],
      ['/int/5.0', 404],
      ['/float/-1.50', -1.5],
      ['/float/1e5', 404],
      ['/uuid/0193A5B0-7C3D-7000-8000-0123456789AB', '0193a5b0-7c3d-7000-8000-0123456789ab'],
      ['/uuid/x', 404],
      ['/any/blue', 'blue'],
      ['/any/green', 404],
      ['/year/0099', 99],
      ['/year/99', 404],
      ['/hex/ff00ff', 0xff00ff],
      ['/hex/xyz', 404],
    ]
    for (const [path, value] of cases) {
      const seen = await send(path)
      expect([path, seen.status === 404 ? 404 : (seen.json as unknown[])[0]]).toEqual([path, value])
    }
    expect(app.urlFor('hex', { a: 0xff00ff })).toBe('/hex/ff00ff')
  })

  test('groups and route() declare below a common path', async () => {
    const { send } = await open((app) => {
      app.group('/api', (api) => {
        api.get('/', () => 'index')
        api.group('/v1', (v1) => v1.get('/x', () => 'v1'))
      })
      app
        .route('/thing/:id<int>')
        .get((ctx) => [ctx.params.id])
        .put(() => 'put')
      app.get('/after', () => 'after')
    })
    expect((await send('/api')).text).toBe('index')
    expect((await send('/api/v1/x')).text).toBe('v1')
    expect((await send('/thing/5')).text).toBe('[5]')
    expect((await send('/thing/5', { method: 'PUT' })).text).toBe('put')
    expect((await send('/after')).text).toBe('after')
  })
})

test('where a route is declared is the place in the application, by every way of declaring one', () => {
  const app = micro(import.meta, { env: {}, mode: 'test' })
  app.get('/a', () => 'x')
  app.route('/b').get(() => 'x')
  app.group('/c', (group) => group.get('/', () => 'x'))
  app.mount('/d', () => new Response())
  expect(app.routes.slice(0, 3).map(({ record }) => record.where)).toEqual([
    expect.stringMatching(/router\.test\.ts:\d+$/),
    expect.stringMatching(/router\.test\.ts:\d+$/),
    expect.stringMatching(/router\.test\.ts:\d+$/),
  ])
})
