import { blueprint, type Converter, defineExtension, type Micro, type MicroOptions, micro, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { CORE_CONVERTERS } from '../src/routing/converter.ts'
import { DOORS } from './both.ts'
import { microErrorOf } from './micro-error-of.ts'

const make = (given: MicroOptions = {}): Micro => micro(import.meta, { env: {}, mode: 'test', ...given })
const declare = (app: Micro, path: string): Micro => app.get(path, { name: 'it' }, (ctx) => ctx.json(ctx.params))

/** A converter as an application writes it: the text of a slug, or no match. */
const slug: Converter<string> = {
  parse: (text) => (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) ? text : undefined),
  format: (value) => (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(value) ? value : undefined),
}

describe("core's converters", () => {
  const values: readonly (readonly [
    param: string,
    accepted: readonly (readonly [text: string, value: unknown])[],
    refused: readonly string[],
  ])[] = [
    [
      'x',
      [
        ['a', 'a'],
        ['a%20b', 'a b'],
        ['0', '0'],
      ],
      ['', 'a/b'],
    ],
    ['x<string(length=2)>', [['ab', 'ab']], ['a', 'abc']],
    [
      'x<string(min=2, max=3)>',
      [
        ['ab', 'ab'],
        ['abc', 'abc'],
      ],
      ['a', 'abcd'],
    ],
    [
      'x<int>',
      [
        ['0', 0],
        ['42', 42],
        ['-7', -7],
        ['9007199254740991', Number.MAX_SAFE_INTEGER],
      ],
      ['042', '+1', '1.0', '1e3', '-0', '0x1', '９', '9007199254740992', ''],
    ],
    ['x<int(min=0)>', [['0', 0]], ['-1']],
    [
      'x<int(min=2, max=4)>',
      [
        ['2', 2],
        ['4', 4],
      ],
      ['1', '5'],
    ],
    [
      'x<int(digits=4)>',
      [
        ['0042', 42],
        ['2024', 2024],
      ],
      ['42', '02024'],
    ],
    [
      'x<float>',
      [
        ['1.5', 1.5],
        ['-0.5', -0.5],
        ['3', 3],
      ],
      ['1.', '.5', '1e5', 'NaN', 'Infinity'],
    ],
    ['x<float(min=0, max=1)>', [['0.5', 0.5]], ['-0.1', '1.1']],
    [
      'x<any(en,"pt,br", de)>',
      [
        ['en', 'en'],
        ['pt,br', 'pt,br'],
        ['de', 'de'],
      ],
      ['fr', 'EN', 'pt'],
    ],
    [
      'x<uuid>',
      [['0193A5B0-7C3D-7000-8000-0123456789AB', '0193a5b0-7c3d-7000-8000-0123456789ab']],
      ['0193a5b07c3d70008000-0123456789ab', 'x'],
    ],
    [
      'x<path>',
      [
        ['a', 'a'],
        ['a/b//c/', 'a/b//c/'],
        ['a%2Fb', 'a/b'],
      ],
      ['', '%2Fa'],
    ],
  ]
  test.each(values)('%s', (param, accepted, refused) => {
    const app = declare(make(), `/at/:${param}`)
    for (const [text, value] of accepted) {
      expect([text, app.matchRoute(`/at/${text}`)?.params]).toEqual([text, { x: value }])
    }
    for (const text of refused) {
      expect([text, app.matchRoute(`/at/${text}`)]).toEqual([text, undefined])
    }
  })

  const built: readonly (readonly [param: string, value: unknown, text: string | null])[] = [
    ['x<float>', 1e-5, '0.00001'],
    ['x<float>', 1.5e-7, '0.00000015'],
    ['x<float>', -2e21, '-2000000000000000000000'],
    ['x<float>', Number.POSITIVE_INFINITY, null],
    ['x<int>', 1.5, null],
    ['x<int(digits=4)>', 7, '0007'],
    ['x<int(max=5)>', 6, null],
    ['x<any(red,green)>', 'red', 'red'],
    ['x<any(red,green)>', 'blue', null],
    ['x<uuid>', 'x', null],
    ['x<path>', 'a b/c', 'a%20b/c'],
    ['x<path>', '/a', null],
    ['x<string(max=2)>', 'abc', null],
  ]
  test.each(built)('%s is built of %o', async (param, value, text) => {
    const app = declare(make(), `/at/:${param}`)
    if (text === null) {
      expect(await microErrorOf(() => app.urlFor('it', { x: value }))).toMatchObject({ code: 'MICRO_URL_VALUE' })
    } else {
      expect(app.urlFor('it', { x: value })).toBe(`/at/${text}`)
    }
  })

  test('each has a docstring of its own in the guide, and no other', () => {
    expect(Object.keys(CORE_CONVERTERS)).toEqual(['string', 'int', 'float', 'uuid', 'any', 'path'])
  })
})

describe('weights', () => {
  const word = (weight?: number): Converter<string> => ({
    ...(weight === undefined ? {} : { weight }),
    parse: (text) => (/^\w+$/.test(text) ? text : undefined),
    format: (value) => value,
  })

  test('literals come first, then the lower weight, whatever the order of registration', () => {
    const app = make().useConverters({ word: word(), first: word(10), last: word(300) })
    app.get('/:x<last>', { name: 'last' }, () => 'x')
    app.get('/:x<path>', { name: 'path' }, () => 'x')
    app.get('/:x', { name: 'string' }, () => 'x')
    app.get('/:x<string(length=3)>', { name: 'three' }, () => 'x')
    app.get('/:x<word>', { name: 'word' }, () => 'x')
    app.get('/:x<float>', { name: 'float' }, () => 'x')
    app.get('/:x<int>', { name: 'int' }, () => 'x')
    app.get('/:x<first>/deep', { name: 'first' }, () => 'x')
    app.get('/me', { name: 'me' }, () => 'x')
    const found = ['/me', '/5', '/1.5', '/abc', '/a-c', '/a-cd', '/a/b', '/5/deep'].map((path) => app.matchRoute(path)?.route.name)
    expect(found).toEqual(['me', 'int', 'float', 'word', 'three', 'string', 'path', 'first'])
  })

  test('between equals the order of registration decides, but one with arguments comes first', () => {
    const app = make().useConverters({ one: word(), two: word() })
    app.get('/:x<two>', { name: 'two' }, () => 'x').get('/:x<one>', { name: 'one' }, () => 'x')
    app.get('/n/:x<int>', { name: 'any' }, () => 'x').get('/n/:x<int(min=5)>', { name: 'five' }, () => 'x')
    expect(['/a', '/n/5', '/n/4'].map((path) => app.matchRoute(path)?.route.name)).toEqual(['two', 'five', 'any'])
  })
})

describe('converters of an application', () => {
  test('useConverters types the params of its paths; arguments are checked when the path is read', async () => {
    const list: Converter<readonly string[]> = {
      parse: (text, [separator = ',']) => text.split(separator),
      format: (value, [separator = ',']) => value.join(separator),
      checkArgs: (args) => (args.length > 1 ? 'it takes one separator' : undefined),
    }
    const app = make().useConverters({ list, slug })
    app.get('/:tags<list(+)>', { name: 'tags' }, (ctx) => ctx.params.tags.toReversed())
    app.get('/posts/:slug<slug>', { name: 'post' }, (ctx) => ctx.params.slug.toUpperCase())
    const client = app.client()
    expect(await (await client.get('/a+b')).json()).toEqual(['b', 'a'])
    expect(await (await client.get('/posts/a-b')).text()).toBe('A-B')
    expect((await client.get('/posts/A_B')).status).toBe(404)
    expect([app.urlFor('tags', { tags: ['x', 'y z'] }), app.urlFor('post', { slug: 'x-1' })]).toEqual(['/x+y%20z', '/posts/x-1'])
    expect((await microErrorOf(() => app.urlFor('post', { slug: 'X' }))).message).toContain(
      `the param 'slug' of '/posts/:slug<slug>' cannot be "X"`,
    )
    await app.stop()
    const wrong = make().useConverters({ list })
    wrong.get('/wrong/:x<list(+,-)>', () => 'x')
    expect((await microErrorOf(() => wrong.routes)).message).toContain(
      "the arguments of the converter 'list' in ':x<list(+,-)>' are not accepted: it takes one separator",
    )
  })

  test('one may take the rest of a path, as the last segment', async () => {
    const version = {
      rest: true,
      parse: (text: string) => text.split('/').map(Number),
      format: (value: unknown) => (value as number[]).join('/'),
    } as const
    const app = make().useConverters({ version })
    app.get('/v/:parts<version>', { name: 'v' }, (ctx) => ctx.json(ctx.params.parts.length))
    expect(app.matchRoute('/v/1/2/3')?.params).toEqual({ parts: [1, 2, 3] })
    expect(app.urlFor('v', { parts: [4, 5] })).toBe('/v/4/5')
    app.get('/:parts<version>/x' as '/', () => 'x')
    expect((await microErrorOf(() => app.routes)).message).toContain(
      "a param with the converter 'version' takes the rest of the path: it must be the last segment",
    )
  })

  test('a blueprint brings its own: two may give one name different meanings', async () => {
    const even = blueprint('even', import.meta, {
      prefix: '/even',
      converters: { n: { parse: (text) => (Number(text) % 2 === 0 ? Number(text) : undefined), format: String } },
    })
    even.get('/:x<n>', { name: 'it' }, (ctx) => [ctx.params.x / 2])
    const odd = blueprint('odd', import.meta, {
      prefix: '/odd',
      converters: { n: { parse: (text) => (Number(text) % 2 === 1 ? `odd ${text}` : undefined), format: (value) => String(value) } },
    })
    odd.get('/:x<n>', (ctx) => ctx.params.x.toUpperCase())
    const inner = blueprint('inner', import.meta, { prefix: '/inner' })
    inner.get('/:x<n>' as '/:x', (ctx) => [ctx.params.x])
    even.register(inner)
    const app = make().register(even).register(odd)
    const client = app.client()
    expect(await (await client.get('/even/4')).json()).toEqual([2])
    expect((await client.get('/even/3')).status).toBe(404)
    expect(await (await client.get('/odd/3')).text()).toBe('ODD 3')
    expect(await (await client.get('/even/inner/4')).json()).toEqual([4])
    expect(app.urlFor('even.it', { x: 4 })).toBe('/even/4')
    await app.stop()
  })

  test('two routes of one path whose converters differ are two routes', () => {
    const one = blueprint('one', import.meta, { converters: { n: slug } }).get('/:x<n>', { name: 'it' }, () => 'x')
    const two = blueprint('two', import.meta, { converters: { n: { ...slug } } }).get('/:x<n>', { name: 'it' }, () => 'x')
    expect(make().register(one).register(two).routes).toHaveLength(2)
  })

  test('an extension brings typed ones by its definition', async () => {
    const colours = defineExtension({
      name: 'colours',
      version: '1.0.0',
      core: '*',
      config: options({}),
      converters: {
        hex: {
          parse: (text) => (/^[0-9a-f]{6}$/.test(text) ? Number.parseInt(text, 16) : undefined),
          format: (value) => (value as number).toString(16).padStart(6, '0'),
        },
      },
      initApp: () => ({}),
    })
    const swatches = blueprint('swatches', import.meta, { needs: [colours] })
    swatches.get('/swatch/:c<hex>', (ctx) => [ctx.params.c.toFixed(1)])
    const app = make().use(colours).register(swatches)
    app.get('/colour/:c<hex>', { name: 'colour' }, (ctx) => [ctx.params.c + 1])
    const client = app.client()
    expect(await (await client.get('/colour/0000ff')).json()).toEqual([256])
    expect(await (await client.get('/swatch/0000ff')).json()).toEqual(['255.0'])
    expect(app.urlFor('colour', { c: 255 })).toBe('/colour/0000ff')
    expect(app.extensions.get('colours')?.contributions).toEqual([{ kind: 'converter', detail: 'hex' }])
    await app.stop()
  })

  const taken: readonly (readonly [who: string, attempt: () => unknown])[] = [
    ['an app', () => make().useConverters({ int: slug } as never)],
    [
      'an app that has one already',
      () =>
        make()
          .useConverters({ slug })
          .useConverters({ slug } as never),
    ],
    ['a blueprint', () => blueprint('b', import.meta, { converters: { path: slug } })],
    [
      'an extension',
      () =>
        make()
          .useConverters({ slug })
          .use(defineExtension({ name: 'x', version: '1.0.0', core: '*', config: options({}), converters: { slug }, initApp: () => ({}) })),
    ],
  ]
  test.each(taken)('%s cannot take the name of another', async (_who, attempt) => {
    expect(await microErrorOf(attempt)).toMatchObject({ code: 'MICRO_CONVERTER_TAKEN' })
  })

  describe.each(DOORS)('through $name', ({ open }) => {
    test('parse gets decoded text, never an empty one, and undefined is no match', async () => {
      const seen: string[] = []
      const { send } = await open((app) =>
        app
          .useConverters({ seen: { parse: (text) => (seen.push(text), text === 'no' ? undefined : text), format: String } })
          .get('/at/:x<seen>', (ctx) => ctx.params.x),
      )
      expect([(await send('/at/a%20%2Fb')).text, (await send('/at/no')).status, (await send('/at/')).status]).toEqual(['a /b', 404, 404])
      expect(seen).not.toContain('')
    })
  })
})
