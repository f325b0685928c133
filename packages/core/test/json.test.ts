import { describe, expect, test } from 'vitest'
import { jsonProvider, nestsDeeper } from '../src/json/json.ts'
import { DOORS } from './both.ts'
import { microErrorOf } from './micro-error-of.ts'

const cycle: { self?: unknown } = {}
cycle.self = { list: [cycle] }

describe('jsonProvider', () => {
  test('writes dates by ISO 8601, calls toJSON, and null for what is nothing', () => {
    expect(jsonProvider.stringify({ when: new Date(0), url: new URL('http://a/'), none: undefined })).toBe(
      '{"when":"1970-01-01T00:00:00.000Z","url":"http://a/"}',
    )
    expect(jsonProvider.stringify(undefined)).toBe('null')
  })

  test.each<[what: string, value: unknown, message: string]>([
    ['a bigint', 1n, 'the value itself is a bigint'],
    ['a bigint inside', { rows: [{ id: 1 }, { id: 2n }] }, 'rows[1].id is a bigint'],
    ['an object that contains itself', { cycle }, 'cycle.self.list[0] contains itself'],
  ])('names the place of %s', async (_, value, message) => {
    const error = await microErrorOf(() => jsonProvider.stringify(value))
    expect([error.code, error.message]).toEqual(['MICRO_JSON_VALUE', expect.stringContaining(message)])
  })

  test('leaves an error of toJSON as it is', () => {
    const value = {
      toJSON() {
        throw new TypeError('mine')
      },
    }
    expect(() => jsonProvider.stringify({ value })).toThrow(new TypeError('mine'))
  })
})

describe('nestsDeeper', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  test.each<[text: string, most: number, deeper: boolean]>([
    [nested(3), 3, false],
    [nested(4), 3, true],
    ['{"a":{"b":[[1]]}}', 3, true],
    [`[${'[],'.repeat(50)}{}]`, 2, false],
    [`["${'['.repeat(50)}"]`, 2, false],
    [`["\\"${'['.repeat(50)}","\\\\",[]]`, 2, false],
    [`["\\\\",[[${'1,'.repeat(50)}1]]]`, 2, true],
    ['"unclosed [[[[[[[[[[', 2, false],
  ])('%s, at most %d: %s', (text, most, deeper) => {
    expect(nestsDeeper(text, most)).toBe(deeper)
  })
})

describe.each(DOORS)('JSON by $name', (door) => {
  test('a reply that cannot be written is a 500 that tells the developer where', async () => {
    const { send, lines } = await door.open((app) => app.get('/', () => ({ id: 1n })))
    expect((await send('/')).status).toBe(500)
    expect(lines.map(({ fields }) => String((fields.error as Error).message))).toEqual([expect.stringContaining('id is a bigint')])
  })

  test('the provider of an app writes its replies and reads its bodies', async () => {
    const { send } = await door.open((app) => {
      const { stringify, parse } = app.json
      app.json = {
        stringify: (value) => stringify(value === undefined ? undefined : { own: value }),
        parse: (text) => ({ read: parse(text) }),
      }
      app.get('/object', () => ({ a: 1 }))
      app.get('/list', (ctx) => ctx.json([1], 202))
      app.post('/body', async (ctx) => ctx.text(JSON.stringify(await ctx.readJson())))
      app.get('/page', (ctx) => ctx.render({ text: '<%- json(1) %>' }))
    })
    const bodies = await Promise.all(['/object', '/list', '/page'].map(async (path) => (await send(path)).text))
    expect(bodies).toEqual(['{"own":{"a":1}}', '{"own":[1]}', '{"own":1}'])
    const sent = await send('/body', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '[2]' })
    expect(sent.text).toBe('{"read":[2]}')
  })

  test('a body that nests deeper than the limit is 400, whatever reads it afterwards', async () => {
    const { send } = await door.open((app) => app.post('/', async (ctx) => ctx.json(await ctx.readJson())), {
      config: { limits: { jsonDepth: 3 } },
    })
    const post = (body: string) => send('/', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect((await post('[[["[[["]]]')).status).toBe(200)
    const refused = await post('[[[[]]]]')
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('nests deeper than 3 levels')])
    expect((await post('[[[')).status).toBe(400)
  })

  test('is the same in development: no spaces, keys in their order', async () => {
    const { send } = await door.open((app) => app.get('/', () => ({ b: 1, a: [2] })), {
      mode: 'development',
      env: { MICRO_SECRET_KEY: 'x'.repeat(40) },
    })
    expect((await send('/')).text).toBe('{"b":1,"a":[2]}')
  })
})
