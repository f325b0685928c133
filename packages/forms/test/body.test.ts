import { micro, option, options } from '@micro/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { body, form, forms } from '../src/index.ts'
import { type TwoWays, twoWays } from './two-ways.ts'

/** What TypeScript makes of `enum Size { small = 1, large = 2 }`. */
const Size = { small: 1, large: 2, 1: 'small', 2: 'large' } as const

const Everything = z.object({
  text: z.string().optional(),
  must: z.string().min(1).optional(),
  nothing: z.string().nullable().optional(),
})

const schemas = {
  text: z.object({ v: z.string() }),
  textMin: z.object({ v: z.string().min(1, 'Say something.') }),
  textOptional: z.object({ v: z.string().optional() }),
  textNullable: z.object({ v: z.string().nullable() }),
  textNullish: z.object({ v: z.string().nullish() }),
  textDefault: z.object({ v: z.string().default('d') }),
  textPrefault: z.object({ v: z.string().prefault('d') }),
  textUnionNull: z.object({ v: z.union([z.string(), z.null()]) }),
  textCoerced: z.object({ v: z.coerce.string() }),
  textUntrimmed: z.object({ v: z.string().meta({ trim: false }) }),
  password: z.object({ password: z.string() }),
  passwords: z.object({ passwords: z.array(z.string()) }),
  number: z.object({ v: z.number() }),
  numberOptional: z.object({ v: z.number().optional() }),
  numberNullable: z.object({ v: z.number().nullable() }),
  numberDefault: z.object({ v: z.number().default(7) }),
  numberCoerced: z.object({ v: z.coerce.number() }),
  int: z.object({ v: z.int() }),
  bigint: z.object({ v: z.bigint() }),
  date: z.object({ v: z.date() }),
  dateOptional: z.object({ v: z.date().optional() }),
  isoDate: z.object({ v: z.iso.date() }),
  codec: z.object({
    v: z.codec(z.iso.date(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString().slice(0, 10) }),
  }),
  bool: z.object({ v: z.boolean() }),
  boolDefault: z.object({ v: z.boolean().default(true) }),
  boolCoerced: z.object({ v: z.coerce.boolean() }),
  stringbool: z.object({ v: z.stringbool() }),
  ownWords: z.object({ v: z.stringbool({ truthy: ['Ja'], falsy: ['Nein'] }) }),
  ownWordsMini: mini.object({ v: mini.stringbool({ truthy: ['Ja'], falsy: ['Nein'], case: 'sensitive' }) }),
  must: z.object({ v: z.literal(true) }),
  mustOptional: z.object({ v: z.literal(true).optional() }),
  choice: z.object({ v: z.enum(['a', 'b']) }),
  choiceOptional: z.object({ v: z.enum(['a', 'b']).optional() }),
  numericChoice: z.object({ v: z.enum(Size) }),
  literal: z.object({ v: z.literal([1, 2, 'x']) }),
  list: z.object({ v: z.array(z.string()) }),
  listMin: z.object({ v: z.array(z.string()).min(1) }),
  listMinOptional: z.object({ v: z.array(z.string()).min(1).optional() }),
  listMinNullable: z.object({ v: z.array(z.string()).min(1).nullable() }),
  listMinDefault: z.object({ v: z.array(z.string()).min(1).default(['d']) }),
  listOptional: z.object({ v: z.array(z.string()).optional() }),
  listNullable: z.object({ v: z.array(z.string()).nullable() }),
  listDefault: z.object({ v: z.array(z.string()).default(['d']) }),
  numbers: z.object({ v: z.array(z.number()) }),
  tuple: z.object({ v: z.tuple([z.string(), z.number()]) }),
  tupleOptional: z.object({ v: z.tuple([z.string(), z.number().optional()]).optional() }),
  tupleOfOptional: z.object({ v: z.tuple([z.string().optional()]).optional() }),
  group: z.object({ v: z.object({ zip: z.number(), ok: z.boolean() }) }),
  groupOptional: z.object({ v: z.object({ zip: z.number(), ok: z.boolean() }).optional() }),
  groups: z.object({ v: z.array(z.object({ name: z.string(), n: z.number().optional() })) }),
  record: z.object({ v: z.record(z.string(), z.number()) }),
  union: z.object({ v: z.union([z.number(), z.string()]) }),
  discriminated: z.object({
    v: z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), x: z.number() }), z.object({ kind: z.literal('b'), x: z.string() })]),
  }),
  intersection: z.object({ v: z.number() }).and(z.object({ w: z.boolean() })),
  transform: z.object({ v: z.string().transform((text) => text.length) }),
  preprocess: z.object({ v: z.preprocess((value) => (value === 'x' ? 'y' : value), z.string()) }),
  strict: z.strictObject({ v: z.number() }),
  loose: z.looseObject({ v: z.number() }),
  any: z.object({ v: z.any() }),
  recursive: z.object({
    name: z.string(),
    get children() {
      return z.array(schemas.recursive).optional()
    },
  }) as z.ZodType<{ name: string; children?: unknown }>,
  mini: mini.object({ v: mini.number(), w: mini._default(mini.boolean(), true), o: mini.optional(mini.string()) }),
  micro: options({ v: option.int({ min: 1 }), on: option.bool(), list: option.list(), deep: options({ n: option.number() }) }),
  everything: Everything,
} as const

type Row = readonly [schema: keyof typeof schemas, form: string, expected: unknown]
const DAY = '2026-03-01T00:00:00.000Z'

/** What a form comes to; a text that begins with `!` is the error of the first field that has one. */
const rows: readonly Row[] = [
  // Empty texts, absent fields.
  ['text', 'v=', { v: '' }],
  ['text', '', '!Please fill in this field.'],
  ['text', 'v=%20a%20', { v: 'a' }],
  ['textMin', 'v=', '!Say something.'],
  ['textMin', 'v=%20', '!Say something.'],
  ['textOptional', 'v=', {}],
  ['textOptional', '', {}],
  ['textNullable', 'v=', { v: null }],
  ['textNullable', '', { v: null }],
  ['textNullish', 'v=', {}],
  ['textDefault', 'v=', { v: 'd' }],
  ['textPrefault', 'v=', { v: 'd' }],
  ['textUnionNull', 'v=', { v: null }],
  ['textCoerced', '', { v: '' }],
  ['textUntrimmed', 'v=%20a', { v: ' a' }],
  ['password', 'password=%20a%20', { password: ' a ' }],
  ['passwords', 'passwords=%20a%20&passwords=b', { passwords: [' a ', 'b'] }],
  // Numbers, dates.
  ['number', 'v=12', { v: 12 }],
  ['number', 'v=%2012%20', { v: 12 }],
  ['number', 'v=-1.5e3', { v: -1500 }],
  ['number', 'v=', '!Please fill in this field.'],
  ['number', '', '!Please fill in this field.'],
  ['number', 'v=abc', '!Please enter a number.'],
  ['number', 'v=12abc', '!Please enter a number.'],
  ['number', 'v=0x10', '!Please enter a number.'],
  ['number', 'v=1,5', '!Please enter a number.'],
  ['number', 'v=Infinity', '!Please enter a number.'],
  ['number', 'v=1e999', '!Please enter a number.'],
  ['number', 'v=NaN', '!Please enter a number.'],
  ['numberOptional', 'v=', {}],
  ['numberNullable', 'v=', { v: null }],
  ['numberDefault', 'v=', { v: 7 }],
  ['numberCoerced', 'v=12', { v: 12 }],
  ['numberCoerced', 'v=', '!Please enter a number.'],
  ['int', 'v=1.5', '!Please enter a whole number.'],
  ['bigint', 'v=12345678901234567890', '!json'],
  ['bigint', 'v=1.5', '!Please enter a whole number.'],
  ['date', 'v=2026-03-01', { v: DAY }],
  ['date', 'v=2026-03-01T10:30', { v: '2026-03-01T10:30:00.000Z' }],
  ['date', 'v=2026-03-01T10:30:00%2B02:00', { v: '2026-03-01T08:30:00.000Z' }],
  ['date', 'v=2026-02-30', '!Please enter a date.'],
  ['date', 'v=0', '!Please enter a date.'],
  ['date', 'v=', '!Please fill in this field.'],
  ['dateOptional', 'v=', {}],
  ['isoDate', 'v=2026-03-01', { v: '2026-03-01' }],
  ['codec', 'v=2026-03-01', { v: DAY }],
  // Switches.
  ['bool', '', { v: false }],
  ['bool', 'v=on', { v: true }],
  ['bool', 'v=1', { v: true }],
  ['bool', 'v=TRUE', { v: true }],
  ['bool', 'v=false', { v: false }],
  ['bool', 'v=0', { v: false }],
  ['bool', 'v=maybe', '!Please answer yes or no.'],
  ['boolDefault', '', { v: false }],
  ['boolCoerced', 'v=false', { v: false }],
  ['stringbool', '', { v: false }],
  ['stringbool', 'v=on', { v: true }],
  ['ownWords', '', { v: false }],
  ['ownWords', 'v=Ja', { v: true }],
  ['ownWordsMini', '', { v: false }],
  ['ownWordsMini', 'v=Ja', { v: true }],
  ['must', 'v=on', { v: true }],
  ['must', '', '!Please tick this box.'],
  ['mustOptional', 'v=on', { v: true }],
  ['mustOptional', '', {}],
  // Choices.
  ['choice', 'v=a', { v: 'a' }],
  ['choice', 'v=', '!Please choose one of the options.'],
  ['choiceOptional', 'v=', {}],
  ['numericChoice', 'v=2', { v: 2 }],
  ['numericChoice', 'v=small', '!Please choose one of the options.'],
  ['literal', 'v=1', { v: 1 }],
  ['literal', 'v=x', { v: 'x' }],
  // Lists.
  ['list', 'v=a&v=b', { v: ['a', 'b'] }],
  ['list', 'v[]=a&v[]=b', { v: ['a', 'b'] }],
  ['list', 'v[0]=a&v[1]=b', { v: ['a', 'b'] }],
  ['list', 'v[1]=b&v[0]=a', { v: ['a', 'b'] }],
  ['list', 'v=a', { v: ['a'] }],
  ['list', 'v=', { v: [] }],
  ['list', '', { v: [] }],
  ['listMin', '', '!Please choose at least 1.'],
  ['listMinOptional', '', {}],
  ['listMinOptional', 'v=', {}],
  ['listMinOptional', 'v=a', { v: ['a'] }],
  ['listMinNullable', '', { v: null }],
  ['listMinDefault', '', { v: ['d'] }],
  ['listOptional', '', { v: [] }],
  ['listNullable', '', { v: [] }],
  ['listDefault', '', { v: [] }],
  ['numbers', 'v=1&v=2', { v: [1, 2] }],
  ['numbers', 'v=1&v=x', '!Please enter a number.'],
  ['tuple', 'v[0]=1&v[1]=2', { v: ['1', 2] }],
  ['tupleOptional', '', {}],
  ['tupleOptional', 'v[0]=1', { v: ['1'] }],
  ['tupleOfOptional', '', { v: [] }],
  ['groups', 'v[0][name]=a&v[0][n]=1&v[1].name=b', { v: [{ name: 'a', n: 1 }, { name: 'b' }] }],
  ['groups', '', { v: [] }],
  // Groups.
  ['group', 'v[zip]=1&v[ok]=on', { v: { zip: 1, ok: true } }],
  ['group', 'v.zip=1', { v: { zip: 1, ok: false } }],
  ['group', 'v=x', '!This is not accepted here.'],
  ['groupOptional', '', {}],
  ['groupOptional', 'v.zip=', {}],
  ['groupOptional', 'v.zip=1', { v: { zip: 1, ok: false } }],
  ['record', 'v[a]=1&v[17]=2', { v: { 17: 2, a: 1 } }],
  [
    'recursive',
    'name=a&children[0][name]=b&children[0][children][0][name]=c',
    { name: 'a', children: [{ name: 'b', children: [{ name: 'c', children: [] }] }] },
  ],
  // Either-or.
  ['union', 'v=12', { v: 12 }],
  ['union', 'v=x', { v: 'x' }],
  ['discriminated', 'v.kind=a&v.x=1', { v: { kind: 'a', x: 1 } }],
  ['discriminated', 'v.kind=b&v.x=1', { v: { kind: 'b', x: '1' } }],
  ['intersection', 'v=1&w=on', { v: 1, w: true }],
  // Code of the author.
  ['transform', 'v=abc', { v: 3 }],
  ['preprocess', 'v=x', { v: 'y' }],
  // Fields that the schema does not name.
  ['number', 'v=1&role=admin', { v: 1 }],
  ['number', 'v=1&role=a&role=b&role2[x]=1', { v: 1 }],
  ['number', 'v=1&x[5]=1', { v: 1 }],
  ['strict', 'v=1&role=admin', '!Unrecognized key: "role"'],
  ['loose', 'v=1&role=admin&x[y]=1&x[z][]=2', { v: 1, role: 'admin', x: { y: '1', z: '2' } }],
  ['any', 'v=a&v=b', { v: ['a', 'b'] }],
  // Other libraries.
  ['mini', 'v=1&o=', { v: 1, w: false }],
  ['mini', 'v=x', '!Please enter a number.'],
  ['micro', 'v=3&on=on&list=a&list=b&deep.n=1.5', { v: 3, on: true, list: ['a', 'b'], deep: { n: 1.5 } }],
  ['micro', 'v=0', '!it must be an integer of 1 or more'],
]

describe('body', () => {
  let ways: TwoWays
  let handled = 0

  beforeAll(async () => {
    const app = micro(import.meta, { mode: 'test', env: {} }).use(forms())
    for (const [name, schema] of Object.entries(schemas)) {
      app.post(`/${name}`, [body(schema)], (ctx) => {
        handled++
        return ctx.json(ctx.body)
      })
    }
    ways = await twoWays(app)
  })
  afterAll(() => ways.close())

  describe('reads the texts of a form by what the schema expects', () => {
    it.each(rows.filter(([, , expected]) => expected !== '!json'))('%s ‹%s›', async (schema, form, expected) => {
      const answer = await ways.ask(`/${schema}`, { form })
      const told: { errors?: readonly { detail: string }[] } = answer.json()
      if (typeof expected === 'string') {
        expect(answer.status).toBe(422)
        expect(told.errors?.[0]?.detail).toBe(expected.slice(1))
      } else {
        expect(told).toEqual(expected)
        expect(answer.status).toBe(200)
      }
    })
  })

  it('takes JSON as it says itself, and reads no texts in it', async () => {
    expect((await ways.ask('/number', { json: { v: 12, role: 'admin' } })).json()).toEqual({ v: 12 })
    expect((await ways.ask('/number', { json: { v: '12' } })).json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/v', detail: 'Invalid input: expected number, received string' }],
    })
    expect((await ways.ask('/bool', { json: {} })).status).toBe(422)
    expect((await ways.ask('/text', { json: { v: ' a\r\n' } })).json()).toEqual({ v: ' a\r\n' })
  })

  it.each([[{ a: 1 }], [['a']], [1], [null], [true]])('answers 422, never 500, to %j where a text is expected (F-5)', async (v) => {
    const answer = await ways.ask('/textMin', { json: { v } })
    expect(answer.status).toBe(422)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.json()).toMatchObject({ errors: [{ pointer: '#/v' }] })
  })

  it.each([['[]'], ['"text"'], ['1'], ['null']])('answers 422 to the document %s where an object is expected', async (document) => {
    const answer = await ways.ask('/text', { body: document, headers: { 'content-type': 'application/json' } })
    expect(answer.status).toBe(422)
    expect(answer.json()).toMatchObject({ errors: [{ pointer: '#' }] })
  })

  it('points into the document, escaped as RFC 6901 says', async () => {
    const answer = await ways.ask('/record', { json: { v: { 'a/b~c d#e': 'x' } } })
    expect(answer.json()).toMatchObject({ errors: [{ pointer: '#/v/a~1b~0c%20d%23e' }] })
    expect((await ways.ask('/groups', { json: { v: [{ name: 'a' }, {}] } })).json()).toMatchObject({ errors: [{ pointer: '#/v/1/name' }] })
  })

  it.each([
    ['application/json', 200],
    ['Application/JSON; Charset="UTF-8"', 200],
    ['application/vnd.note+json', 200],
    ['application/json;', 200],
    [undefined, 415],
    ['', 415],
    ['application/json garbage', 415],
    ['application/json\tgarbage', 415],
    ['application/json, application/json', 415],
    ['application/json; charset=utf-16', 415],
    ['text/plain', 415],
    ['text/json', 415],
    ['application/xml', 415],
    ['multipart/form-data; boundary=x', 415],
  ] as const)('reads the content type %j strictly: %i (F-6)', async (type, status) => {
    const before = handled
    const answer = await ways.ask('/number', { body: '{"v":1}', headers: type === undefined ? {} : { 'content-type': type } })
    expect(answer.status).toBe(status)
    expect(handled - before).toBe(status === 200 ? 2 : 0)
  })

  it('refuses malformed JSON', async () => {
    expect((await ways.ask('/number', { body: '{"v":', headers: { 'content-type': 'application/json' } })).status).toBe(400)
  })

  it('never answers with what was sent', async () => {
    const answer = await ways.ask('/strict', { json: { v: 'hunter2-secret' } })
    expect(answer.status).toBe(422)
    expect(answer.text).not.toContain('hunter2')
  })

  it('names the wrong field on the page of a browser whose route has no page for it', async () => {
    const answer = await ways.ask('/textMin', { form: 'v=', headers: { accept: 'text/html' } })
    expect(answer.status).toBe(422)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.text).toContain('v: Say something.')
  })

  it('refuses options that nobody reads, when the route is declared: a check would check nothing', () => {
    const chek = (): undefined => undefined
    expect(() => body(Everything, { chek } as object)).toThrow("body() has the option 'chek', which is not known. Did you mean 'check'?")
    expect(() => form(Everything, { ids: 'a' } as object)).toThrow("form() has the option 'ids', which is not known. Did you mean 'id'?")
    expect(() => body(Everything, chek as never)).toThrow('body() has a function as its options')
  })

  it('refuses what is no schema, when the route is declared', () => {
    expect(() => body({} as never)).toThrow('body() was given something that is no schema: object.')
    expect(() => body(null as never)).toThrow('body() was given something that is no schema: null.')
    const old = { '~standard': { version: 1, vendor: 'zod', validate: () => ({ value: 1 }) } } as const
    expect(() => body(old)).toThrow('zod 3')
  })
})
