import { blueprint, type Context, Micro, type MicroOptions, micro, type UrlOptions, type UrlValues } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { toLocation } from '../src/routing/url-for.ts'
import { DOORS } from './both.ts'
import { microErrorOf } from './micro-error-of.ts'

const app = micro(import.meta, { env: {}, mode: 'test' })
app.get('/', { name: 'home' }, () => 'x')
app.get('/notes/:id<int>/:slug', { name: 'note' }, () => 'x')
app.get('/files/:path<path>', { name: 'file' }, () => 'x')

describe('urlFor', () => {
  const built: readonly (readonly [name: string, values: object, url: string])[] = [
    ['home', {}, '/'],
    ['note', { id: 5, slug: 'a b' }, '/notes/5/a%20b'],
    ['note', { id: '5', slug: 'x' }, '/notes/5/x'],
    ['home', { q: 'a&b', list: [1, 2], none: undefined, no: null, zero: 0 }, '/?q=a%26b&list=1&list=2&zero=0'],
    ['file', { path: 'a/b c.css' }, '/files/a/b%20c.css'],
  ]
  test.each(built)('%s %o', (name, values, url) => {
    expect(app.urlFor(name, { ...values })).toBe(url)
  })

  test('a fragment is encoded', () => {
    expect(app.urlFor('home', { a: 1 }, { anchor: 'x y' })).toBe('/?a=1#x%20y')
  })

  const refused: readonly (readonly [name: string, values: object, code: string, says: string])[] = [
    ['hone', {}, 'MICRO_ROUTE_UNKNOWN', "no route is named 'hone'. Did you mean 'home'?"],
    ['nothing', {}, 'MICRO_ROUTE_UNKNOWN', "no route is named 'nothing'. Routes get their names by"],
    ['note', { id: 5 }, 'MICRO_URL_VALUE', "the param 'slug' of '/notes/:id<int>/:slug' is missing"],
    ['note', { id: 'x', slug: 'a' }, 'MICRO_URL_VALUE', "the param 'id' of '/notes/:id<int>/:slug' cannot be \"x\""],
    ['note', { id: 1.5, slug: 'a' }, 'MICRO_URL_VALUE', 'cannot be "1.5"'],
    ['note', { id: 5, slug: '' }, 'MICRO_URL_VALUE', 'cannot be ""'],
    ['note', { id: 5, slug: '..' }, 'MICRO_URL_VALUE', 'cannot be ".."'],
    ['note', { id: 5, slug: '\ud800' }, 'MICRO_URL_VALUE', 'cannot be'],
    ['file', { path: 'a/../b' }, 'MICRO_URL_VALUE', 'cannot be "a/../b"'],
  ]
  test.each(refused)('%s %o is refused', async (name, values, code, says) => {
    const error = await microErrorOf(() => app.urlFor(name, { ...values }))
    expect(error.code).toBe(code)
    expect(error.message).toContain(says)
  })
})

const make = (options: MicroOptions = {}): Micro => micro(import.meta, { env: {}, mode: 'test', ...options })
const at = { config: { server: { publicUrl: 'https://example.com/shop/' } } }

describe('urlFor outside a request', () => {
  test('gives a path; a whole URL begins with the configured one, whose path stands in front of all', () => {
    const made = make(at).get('/a', { name: 'a' }, () => 'x')
    expect(made.urlFor('a')).toBe('/shop/a')
    expect(made.urlFor('a', { q: 1 }, { external: true, anchor: 'b' })).toBe('https://example.com/shop/a?q=1#b')
    expect(made.urlFor('a', {}, { scheme: 'wss' })).toBe('wss://example.com/shop/a')
    expect(
      make()
        .get('/a', { name: 'a' }, () => 'x')
        .urlFor('a'),
    ).toBe('/a')
  })

  test.each([
    'example.com',
    'ftp://example.com',
    'https://',
    'https://user@example.com',
    'https://example.com/?q',
    'https://[bad',
    'https://a:99999',
    '/shop',
  ])('the configured address cannot be %s', async (publicUrl) => {
    const error = await microErrorOf(() => make({ config: { server: { publicUrl } } }))
    expect([error.code, error.message]).toEqual(['MICRO_CONFIG_INVALID', expect.stringContaining('server.publicUrl')])
  })

  test('without one, a whole URL is refused with what to do', async () => {
    const error = await microErrorOf(() => app.urlFor('home', {}, { external: true }))
    expect(error.code).toBe('MICRO_URL_ORIGIN')
    expect(error.message).toContain('Set config.server.publicUrl (MICRO_SERVER__PUBLIC_URL)')
  })

  test('a route that names a host has a whole URL', () => {
    const made = make({ config: { server: { publicUrl: 'http://example.com:8080' } } })
    made.get('/x/:id<int>', { name: 'tenant', host: ':tenant.example.com' }, () => 'x')
    expect(made.urlFor('tenant', { tenant: 'acme', id: 5, q: 1 })).toBe('http://acme.example.com:8080/x/5?q=1')
  })

  test('what is served elsewhere has the origin it was given', () => {
    const made = make(at).nameUrl('media', '/m/:file<path>', { origin: 'https://cdn.example.net:444/' })
    expect(made.urlFor('media', { file: 'a b.png' })).toBe('https://cdn.example.net:444/m/a%20b.png')
    expect(made.urlFor('media', { file: 'a' }, { scheme: 'http' })).toBe('http://cdn.example.net:444/m/a')
  })

  const refused: readonly (readonly [code: string, says: string, options: UrlOptions])[] = [
    ['MICRO_URL_SCHEME', "urlFor('home') was given a scheme and external: false", { scheme: 'https', external: false }],
    ['MICRO_URL_SCHEME', "urlFor('home') was given the scheme 'javascript:alert', which is none", { scheme: 'javascript:alert' }],
    ['MICRO_URL_METHOD', 'no route of that name answers POST. Leave the method away, or give one of: GET', { method: 'post' }],
  ]
  test.each(refused)('%s: %s', async (code, says, options) => {
    const error = await microErrorOf(() => app.urlFor('home', {}, options))
    expect(error.code).toBe(code)
    expect(error.message).toContain(says)
  })

  test('an error names every param that is missing, and where the route was declared', async () => {
    const error = await microErrorOf(() => app.urlFor('note'))
    expect(error.message).toContain("the params 'id', 'slug' of '/notes/:id<int>/:slug' are missing")
    expect(error.message).toMatch(/\(declared at \S+url-for\.test\.ts:\d+\)/)
  })

  test('of several routes with one name the values decide; what none of them can say is refused by the nearest', async () => {
    const made = make()
    made
      .get('/', { name: 'x', defaults: { foo: 1, bar: false } }, () => 'x')
      .get('/bar/', { name: 'x', defaults: { foo: 1, bar: true } }, () => 'x')
    made
      .get('/:foo<int>', { name: 'x', defaults: { bar: false } }, () => 'x')
      .get('/bar/:foo<int>', { name: 'x', defaults: { bar: true } }, () => 'x')
    const urls = [{}, { bar: true }, { foo: 2 }, { foo: '2', bar: true }, { foo: 1 }, { foo: 1, bar: true, q: 'x' }].map((values) =>
      made.urlFor('x', values),
    )
    expect(urls).toEqual(['/', '/bar/', '/2', '/bar/2', '/', '/bar/?q=x'])
    made.get('/only', { name: 'only', defaults: { page: 1 } }, () => 'x')
    expect((await microErrorOf(() => made.urlFor('only', { page: 2 }))).message).toContain("the param 'page' of '/only' is always 1")
    expect((await microErrorOf(() => made.urlFor('x', { foo: 2, bar: 'maybe' }))).message).toContain("urlFor('x')")
  })

  test('any word may be the name of a value', () => {
    const made = make().get('/:self/:class', { name: 'a' }, () => 'x')
    expect(made.urlFor('a', { self: 'x', class: 'y', constructor: 'z', method: 'm', anchor: 'n' })).toBe(
      '/x/y?constructor=z&method=m&anchor=n',
    )
  })
})

describe.each(DOORS)('urlFor in a request, through $name', ({ open }) => {
  const url = async (
    prepare: (made: Micro) => unknown,
    path: string,
    headers: { readonly [name: string]: string } = {},
    options?: MicroOptions,
  ) => {
    const { send } = await open(prepare, options)
    return (await send(path, { headers })).text
  }

  test('a whole URL has the scheme and host of the request, unless an address is configured', async () => {
    const declare = (made: Micro) => made.get('/a', { name: 'a' }, (ctx) => ctx.urlFor('a', {}, { external: true }))
    expect(await url(declare, '/a', { Host: 'here.example:81' })).toBe('http://here.example:81/a')
    expect(await url(declare, '/a', { Host: 'evil.example' }, at)).toBe('https://example.com/shop/a')
  })

  test('schemes do not stick', async () => {
    const declare = (made: Micro) =>
      made.get('/a', { name: 'a' }, (ctx) =>
        ctx.json([{}, { scheme: 'https' }, {}, { external: true }].map((options) => ctx.urlFor('a', {}, options))),
      )
    expect(JSON.parse(await url(declare, '/a', { Host: 'x.example' }))).toEqual(['/a', 'https://x.example/a', '/a', 'http://x.example/a'])
  })

  test('a route of the same host has a path, one of another host a whole URL, with the port of the request', async () => {
    const declare = (made: Micro) => {
      made.get('/', { name: 'home' }, () => 'x').get('/', { name: 'api', host: 'api.example.com' }, () => 'x')
      made.get('/t', { name: 'tenant', host: ':tenant.example.com' }, (ctx) =>
        ctx.json([
          ctx.urlFor('home'),
          ctx.urlFor('api'),
          ctx.urlFor('tenant', { tenant: 'a' }),
          ctx.urlFor('tenant', { tenant: 'b' }),
          ctx.urlFor('tenant', { tenant: 'A' }, { external: true }),
        ]),
      )
    }
    expect(JSON.parse(await url(declare, '/t', { Host: 'a.example.com:3000' }))).toEqual([
      '/',
      'http://api.example.com:3000/',
      '/t',
      'http://b.example.com:3000/t',
      'http://a.example.com:3000/t',
    ])
  })

  test('of one name on several hosts, the one at hand is meant', async () => {
    const declare = (made: Micro) => {
      for (const host of ['alpha.example.com', 'beta.example.com']) {
        made.get('/', { name: 'index', host }, (ctx) => ctx.urlFor('index'))
      }
    }
    expect([await url(declare, '/', { Host: 'alpha.example.com' }), await url(declare, '/', { Host: 'beta.example.com' })]).toEqual([
      '/',
      '/',
    ])
  })

  test('.name is relative to the blueprint at hand, also inside another; outside one the dot says nothing', async () => {
    const inner = blueprint('inner', import.meta, { prefix: '/inner' })
    inner.get('/', { name: 'index' }, (ctx) => ctx.urlFor('.index')).get('/up', (ctx) => ctx.urlFor('outer.index'))
    const outer = blueprint('outer', import.meta, { prefix: '/outer' }).register(inner)
    outer.get('/', { name: 'index' }, (ctx) => [ctx.urlFor('.index'), ctx.urlFor('.inner.index'), ctx.urlFor('index')])
    const declare = (made: Micro) => made.register(outer).get('/', { name: 'index' }, (ctx) => ctx.urlFor('.index'))
    expect(await url(declare, '/outer')).toBe('["/outer","/outer/inner","/"]')
    expect(await url(declare, '/outer/inner')).toBe('/outer/inner')
    expect(await url(declare, '/outer/inner/up')).toBe('/outer')
    expect(await url(declare, '/')).toBe('/')
  })

  test('urlDefaults supplies the params that are missing and no others, of the innermost blueprint first', async () => {
    const asked: unknown[] = []
    const site = blueprint('site', import.meta, { prefix: '/:lang<any(en,de,fr)>' })
    site.urlDefaults(({ ctx, name, missing, values }) => {
      asked.push([name, missing, values])
      return { lang: ctx?.params.lang, page: 'never: no route has it' }
    })
    site.get('/', { name: 'home' }, (ctx) => [
      ctx.urlFor('.about'),
      ctx.urlFor('.about', { lang: 'fr' }),
      ctx.urlFor('static-like'),
      ctx.urlFor('.about', { lang: null, q: 1 }),
    ])
    site.get('/about', { name: 'about' }, (ctx) => ctx.params.lang)
    const declare = (made: Micro) => {
      made
        .urlDefaults(() => ({ lang: 'en' }))
        .register(site)
        .get('/static-like', { name: 'static-like' }, () => 'x')
      made.get('/', (ctx) => ctx.urlFor('site.about'))
    }
    expect(JSON.parse(await url(declare, '/de'))).toEqual(['/de/about', '/fr/about', '/static-like', '/de/about?q=1'])
    expect(asked).toEqual([
      ['site.about', ['lang'], {}],
      ['site.about', ['lang'], { lang: null, q: 1 }],
    ])
    // Where the blueprint has none to say, the app is asked.
    expect(await url(declare, '/')).toBe('/en/about')
  })
})

test('ctx.urlFor asks the app, whose class may say it differently', async () => {
  class Versioned extends Micro {
    override urlFor(name: string, values?: UrlValues, options?: UrlOptions, ctx?: Context): string {
      return `${super.urlFor(name, values, options, ctx)}?v=${ctx?.method ?? 'none'}`
    }
  }
  const made = new Versioned(import.meta, { env: {}, mode: 'test' })
  made.get('/a', { name: 'a' }, (ctx) => ctx.urlFor('a'))
  expect([await (await made.client().get('/a')).text(), made.urlFor('a')]).toEqual(['/a?v=GET', '/a?v=none'])
  await made.stop()
})

describe('onUrlError', () => {
  test('the first handler that returns a text mends a URL; one that fails in the same way is passed over', async () => {
    const made = make()
    const seen: unknown[] = []
    made.onUrlError((error, asked) => {
      seen.push([error.code, asked])
      return undefined
    })
    made.onUrlError((_error, { name, values }) => made.urlFor(`other.${name}`, values))
    made.onUrlError((_error, { name }) => (name === 'legacy' ? '/legacy.php' : undefined))
    expect(made.urlFor('legacy', { a: 1 }, { anchor: 'x' })).toBe('/legacy.php')
    expect(seen.at(0)).toEqual(['MICRO_ROUTE_UNKNOWN', { name: 'legacy', values: { a: 1 }, options: { anchor: 'x' } }])
    expect(await microErrorOf(() => made.urlFor('gone'))).toMatchObject({ code: 'MICRO_ROUTE_UNKNOWN' })
  })

  test('what else a handler throws is thrown, and other errors are none of its business', () => {
    const made = make().get('/:x<int>', { name: 'x' }, () => 'x')
    made.onUrlError(() => {
      throw new RangeError('own')
    })
    expect(() => made.urlFor('gone')).toThrow(RangeError)
    expect(() =>
      made.urlFor('x', {
        get x(): never {
          throw new TypeError('a value')
        },
      }),
    ).toThrow(TypeError)
  })
})

describe('toLocation', () => {
  const locations: readonly (readonly [to: string, location: string])[] = [
    ['/a?b=c&d#e', '/a?b=c&d#e'],
    ['/søk/日本?q=ü', '/s%C3%B8k/%E6%97%A5%E6%9C%AC?q=%C3%BC'],
    ['/a b', '/a%20b'],
    ['/a%20b', '/a%20b'],
    ['/\\evil.example', '/%5Cevil.example'],
    ['https://example.org/ü', 'https://example.org/%C3%BC'],
    ['/\ud800', '/%EF%BF%BD'],
  ]
  test.each(locations)('%s', (to, location) => {
    expect(toLocation(to)).toBe(location)
  })

  test.each(['/a\r\nX: y', '/a\0', '/a\x7f', '/\t/evil.example', 'java\tscript:x'])('%j is refused', async (to) => {
    expect(await microErrorOf(() => toLocation(to))).toMatchObject({ code: 'MICRO_HEADER_INVALID' })
  })
})
