import { blueprint, type Converter, type Micro, type MicroOptions, micro } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { CORE_CONVERTERS } from '../src/routing/converter.ts'
import { type HostPattern, readHost } from '../src/routing/host-pattern.ts'
import { HostRouter } from '../src/routing/host-router.ts'
import { type PathPattern, readPath } from '../src/routing/path-pattern.ts'
import { DOORS } from './both.ts'
import { microErrorOf } from './micro-error-of.ts'

const read = (host: string) =>
  readHost(host, CORE_CONVERTERS, (problem) => {
    throw new Error(problem)
  })
const refuse = (param: string, problem: string): never => {
  throw new Error(`${param} ${problem}`)
}
const make = (options: MicroOptions = {}): Micro => micro(import.meta, { env: {}, mode: 'test', ...options })

describe('readHost', () => {
  const matches: readonly (readonly [host: string, hostname: string, values: readonly unknown[] | null])[] = [
    ['example.com', 'example.com', []],
    ['Example.COM', 'example.com', []],
    ['example.com', 'www.example.com', null],
    ['example.com', 'example.org', null],
    [':tenant.example.com', 'acme.example.com', ['acme']],
    [':tenant.example.com', 'example.com', null],
    [':tenant.example.com', 'a.b.example.com', null],
    [':n<int>.example.com', '5.example.com', [5]],
    [':n<int>.example.com', 'x.example.com', null],
    [':lang<any(en, de)>.example.com', 'de.example.com', ['de']],
    ['app.:domain<path>', 'app.personal.test', ['personal.test']],
    [':sub<path>.example.com', 'a.b.example.com', ['a.b']],
    [':sub<path>.example.com', 'example.com', null],
    ['bücher.example', 'xn--bcher-kva.example', []],
  ]
  test.each(matches)('%s and %s', (host, hostname, values) => {
    expect(read(host).match(hostname)).toEqual(values)
  })

  test.each(matches.filter(([host, , values]) => values !== null && !/[A-Z]/.test(host)))('%s builds %s', (host, hostname, values) => {
    const pattern = read(host)
    expect(pattern.build(Object.fromEntries(pattern.names.map((name, at) => [name, values?.[at]])), refuse)).toBe(hostname)
  })

  test('what is built matches in lower case; what is no label is refused', () => {
    expect(read(':tenant.example.com').build({ tenant: 'ACME' }, refuse)).toBe('acme.example.com')
    for (const tenant of ['a.b', 'a b', 'a/b', 'a@b', 'ü', 'a:80', '']) {
      expect(() => read(':tenant.example.com').build({ tenant }, refuse)).toThrow(`tenant cannot be ${JSON.stringify(tenant)}`)
    }
    expect(() => read(':sub<path>.example.com').build({ sub: 'a..b' }, refuse)).toThrow('sub cannot be "a..b"')
  })

  const refused: readonly (readonly [host: string, problem: string])[] = [
    ['', "'' is no part of a host"],
    ['example..com', "'' is no part of a host"],
    ['example.com:80', 'a host is compared without its port: leave it away'],
    ['https://example.com', "'https://example' is no part of a host"],
    ['example.com/x', "'com/x' is no part of a host"],
    ['*.example.com', "'*' is no part of a host"],
    [':a-b.example.com', "'a-b' is not a name for a param"],
    [':a<no>.example.com', "no converter 'no'"],
    [':a.:a', "two of its params are named 'a'"],
    [':a<path>.:b<path>', 'two of its params take several labels'],
  ]
  test.each(refused)('%j: %s', (host, problem) => {
    expect(() => read(host)).toThrow(problem)
  })
})

describe.each(DOORS)('hosts through $name', ({ open }) => {
  const asker = async (prepare: (app: Micro) => unknown, options?: MicroOptions) => {
    const { send } = await open(prepare, options)
    return async (host: string, path: string, method = 'GET') => {
      const { status, headers, text } = await send(path, { method, headers: { Host: host } })
      return status === 200 ? text : status === 308 ? `→ ${headers.get('location')}` : status
    }
  }

  test('a literal host comes before one with params, and any before none; the port does not count', async () => {
    const ask = await asker((app) => {
      app.get('/', () => 'anywhere')
      app.get('/', { host: ':tenant.example.com' }, (ctx) => `tenant ${ctx.params.tenant}`)
      app.get('/', { host: 'api.example.com' }, () => 'api')
      app.get('/only', { host: 'api.example.com' }, () => 'only')
      app.get('/shared', () => 'shared')
    })
    expect(await ask('api.example.com', '/')).toBe('api')
    expect(await ask('API.example.com:8080', '/')).toBe('api')
    expect(await ask('acme.example.com', '/')).toBe('tenant acme')
    expect(await ask('example.com', '/')).toBe('anywhere')
    expect(await ask('api.example.com', '/shared')).toBe('shared')
    expect(await ask('acme.example.com', '/only')).toBe(404)
  })

  test('params of host and path stand together, converted', async () => {
    const ask = await asker((app) => {
      app.get('/:page<int>', { host: ':year<int>.:lang<any(en,de)>.example.com' }, (ctx) => [
        ctx.params.year,
        ctx.params.lang,
        ctx.params.page,
      ])
    })
    expect(await ask('2024.de.example.com', '/7')).toBe('[2024,"de",7]')
    expect(await ask('2024.fr.example.com', '/7')).toBe(404)
  })

  test('405 allows the methods of every route of the path, whatever host it names; hosts that do not match count for nothing', async () => {
    const { send } = await open((app) => {
      app
        .get('/x', () => 'x')
        .put('/x', { host: 'a.example.com' }, () => 'x')
        .patch('/x', { host: ':any.example.com' }, () => 'x')
      app.delete('/x', { host: 'b.example.com' }, () => 'x')
    })
    const { status, headers } = await send('/x', { method: 'POST', headers: { Host: 'a.example.com' } })
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS, PATCH, PUT'])
  })

  test('slashes are mended within the host', async () => {
    const ask = await asker((app) => app.get('/page/', { host: 'app.:domain<path>' }, (ctx) => ctx.params.domain))
    expect(await ask('app.other.test', '/page')).toBe('→ /page/')
    expect(await ask('app.other.test', '//page')).toBe('→ /page/')
    expect(await ask('app.other.test', '/page/')).toBe('other.test')
    expect(await ask('other.test', '/page')).toBe(404)
  })

  test('a blueprint and its registration may name a host; subdomains add up, below the public URL', async () => {
    const inner = blueprint('inner', import.meta, { subdomain: ':part' })
    inner.get('/', { name: 'index' }, (ctx) => `inner ${ctx.params.part} ${ctx.urlFor('.index', { part: ctx.params.part })}`)
    const outer = blueprint('outer', import.meta, { subdomain: 'api' }).register(inner)
    outer.get('/', () => 'outer')
    const site = blueprint('site', import.meta, { host: 'site.example.org' })
    site.get('/', () => 'site')
    const ask = await asker((app) => app.register(outer).register(site).register(site, { name: 'moved', host: 'moved.example.org' }), {
      config: { server: { publicUrl: 'https://example.com' } },
    })
    expect(await ask('api.example.com', '/')).toBe('outer')
    expect(await ask('v1.api.example.com', '/')).toBe('inner v1 /')
    expect(await ask('v1.example.com', '/')).toBe(404)
    expect([await ask('site.example.org', '/'), await ask('moved.example.org', '/')]).toEqual(['site', 'site'])
  })
})

describe('hosts of routes', () => {
  const refused: readonly (readonly [code: string, says: string, declare: (app: Micro) => unknown])[] = [
    ['MICRO_HOST_INVALID', "The host 'a b' of the route at", (app) => app.get('/', { host: 'a b' }, () => 'x')],
    ['MICRO_HOST_INVALID', "its path '/:a' has a param 'a' as well", (app) => app.get('/:a', { host: ':a.example.com' }, () => 'x')],
    ['MICRO_SUBDOMAIN', 'A subdomain was given to the route at', (app) => app.get('/', { subdomain: 'api' }, () => 'x')],
    [
      'MICRO_SUBDOMAIN',
      "A subdomain was given to blueprint 'b'",
      (app) => app.register(blueprint('b', import.meta, { subdomain: 'api' }).get('/', () => 'x')),
    ],
    [
      'MICRO_ROUTE_TAKEN',
      'GET / is answered twice',
      (app) => app.get('/', { host: ':a.example.com' }, () => 'x').get('/', { host: ':b.EXAMPLE.com' }, () => 'x'),
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
  })

  test('one path may be answered on several hosts', () => {
    const app = make()
    app
      .get('/', { host: 'a.example.com' }, () => 'x')
      .get('/', { host: 'b.example.com' }, () => 'x')
      .get('/', () => 'x')
    expect(app.routes).toHaveLength(3)
  })

  test('without routes that name one, nothing looks at the host', () => {
    const router = new HostRouter<{
      readonly methods: readonly string[]
      readonly pattern: PathPattern
      readonly host: HostPattern | null
    }>()
    const asked = {
      path: '/x',
      method: 'GET',
      get url(): URL {
        throw new Error('the URL was asked for')
      },
    }
    const add = (host: HostPattern | null) =>
      router.of(host).add({ methods: ['GET'], pattern: readPath('/x', {}, refuse.bind(null, '')), host }, () => undefined)
    add(null)
    expect([router.find(asked)?.route.host, router.at(asked).length]).toEqual([null, 1])
    add(read('example.com'))
    expect(() => router.find(asked)).toThrow('the URL was asked for')
  })

  test('a converter of the app may take labels of a host', () => {
    const shard: Converter<number> = {
      parse: (text) => (/^s\d+$/.test(text) ? Number(text.slice(1)) : undefined),
      format: (value) => `s${value}`,
    }
    const app = make().useConverters({ shard })
    app.get('/', { name: 'home', host: ':n<shard>.example.com' }, (ctx) => [ctx.params.n + 1])
    expect(app.matchRoute('/', { host: 's7.example.com' })?.params).toEqual({ n: 7 })
    expect(app.matchRoute('/', { host: 't7.example.com' })).toBeUndefined()
  })
})
