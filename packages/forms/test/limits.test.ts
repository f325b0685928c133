import { micro } from '@micro/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { body, form, forms, query } from '../src/index.ts'
import { type Answer, type TwoWays, twoWays } from './two-ways.ts'

const Numbers = z.object({ v: z.array(z.number()).optional(), s: z.string().optional() })
// Quadratic where it fails: each place is tried to the end.
const slow = /a+c/

interface Tree {
  readonly child?: Tree | undefined
}
const Recursive: z.ZodType<Tree> = z.object({
  get child() {
    return Recursive.optional()
  },
})

let handled = 0

function limited() {
  const app = micro(import.meta, { mode: 'test', env: {}, config: { limits: { bodyBytes: 8_000_000 } } }).use(forms())
  const add = (path: string, middleware: ReturnType<typeof body>) =>
    app.post(path as '/x', [middleware], () => {
      handled++
      return 'ok'
    })
  add('/any', body(z.any()))
  add('/numbers', body(Numbers))
  add('/many', body(z.object({ v: z.array(z.number()).max(5_000) })))
  add('/top', body(z.array(z.string())))
  add('/nested', body(z.array(z.array(z.string()))))
  add('/pattern', body(z.object({ v: z.string().regex(slow) })))
  add('/patternlong', body(z.object({ v: z.string().regex(/^b*$/).max(20_000) })))
  add('/patternown', body(z.object({ v: z.string().max(5, 'Too much.').regex(/^b*$/) })))
  add('/recursive', body(Recursive))
  add('/scalar', body(z.object({ a: z.string() })))
  add('/own', body(z.object({ a: z.string() }), { limits: { duplicates: 'last', maxFields: 2 } }))
  add('/form', form(z.object({ a: z.string().min(1) })) as never)
  app.get('/query', [query(Numbers)], () => 'ok')
  return app
}

describe('limits', () => {
  let ways: TwoWays
  beforeAll(async () => {
    ways = await twoWays(limited())
    await ways.ask('/any', { form: 'a=1' })
  })
  afterAll(() => ways.close())

  /** Milliseconds of processor time for one of the two ways. */
  const timed = async (
    path: string,
    sent: Parameters<TwoWays['ask']>[1],
  ): Promise<Answer & { readonly ms: number; readonly ran: boolean }> => {
    const before = handled
    const cpu = process.cpuUsage()
    const answer = await ways.ask(path, sent)
    const { user, system } = process.cpuUsage(cpu)
    return { ...answer, ms: (user + system) / 2_000, ran: handled > before }
  }

  it.each([
    ['__proto__=x'],
    ['__proto__[polluted]=x'],
    ['constructor.prototype.polluted=x'],
    ['a[__proto__][polluted]=x'],
    ['a[0].__proto__.polluted=x'],
    ['a[constructor][prototype][polluted]=x'],
    ['%5F%5Fproto%5F%5F.polluted=x'],
    ['prototype[]=x'],
  ])('refuses the name in ‹%s› (F-1)', async (body) => {
    const answer = await timed('/any', { form: body })
    expect(answer.status).toBe(400)
    expect(answer.ran).toBe(false)
    expect(answer.text).toContain('reserved word')
    expect(({} as { [key: string]: unknown }).polluted).toBeUndefined()
  })

  it.each([['{"__proto__":{"polluted":1}}'], ['{"a":[{"__proto__":1}]}'], ['{"constructor":{"prototype":{"polluted":1}}}']])(
    'refuses the keys of %s (F-1)',
    async (document) => {
      const answer = await timed('/any', { body: document, headers: { 'content-type': 'application/json' } })
      expect(answer.status).toBe(400)
      expect(answer.ran).toBe(false)
    },
  )

  it('takes words in JSON that only look dangerous', async () => {
    expect((await timed('/any', { json: { constructor: 'Ferrari', prototype: 1 } })).status).toBe(200)
  })

  it.each([
    [`a${'[b]'.repeat(1_000)}=x`, 413],
    ['a[b][c][d][e][f][g][h][i]=x', 400],
    ['a.b.c.d.e.f.g.h=x', 200],
    ['v[99999999]=1', 400],
    ['v[4294967295]=1', 400],
    ['v[0]=1&v[2]=1', 400],
    ['v[-1]=1', 400],
    ['v[01]=1', 400],
    ['v[x]=1', 400],
  ])('answers %s with %i at once (F-2)', async (body, status) => {
    const heap = process.memoryUsage().heapUsed
    const answer = await timed('/numbers', { form: body })
    expect(answer.status).toBe(status)
    expect(answer.ms).toBeLessThan(100)
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(20_000_000)
  })

  it.each([
    ['1000 fields', Array.from({ length: 1_000 }, (_, n) => `f${n}=1`).join('&'), 200],
    ['1001 fields', Array.from({ length: 1_001 }, (_, n) => `f${n}=1`).join('&'), 413],
    ['a name of 100 bytes', `${'é'.repeat(50)}=1`, 200],
    ['a name of 101 bytes', `${'é'.repeat(50)}x=1`, 413],
    ['a value of 1 MiB', `a=${'x'.repeat(1_048_576)}`, 200],
    ['a longer value', `a=${'x'.repeat(1_048_577)}`, 413],
    ['a value that is longer in bytes alone', `a=${'%E2%82%AC'.repeat(349_526)}`, 413],
    ['a body over its limit', `a=${'x'.repeat(8_000_001)}`, 413],
  ])('takes %s or refuses it before the handler runs (F-3)', async (_, body, status) => {
    const answer = await timed('/any', { form: body })
    expect(answer.status).toBe(status)
    expect(answer.ran).toBe(status === 200)
  })

  it('measures fields that the schema does not name as well', async () => {
    expect((await timed('/scalar', { form: `a=1&other=${'x'.repeat(1_048_577)}` })).status).toBe(413)
  })

  it('takes its limits from the configuration', async () => {
    const app = micro(import.meta, { mode: 'test', env: { MICRO_FORMS__MAX_FIELDS: '2' }, config: { forms: { maxItems: 3 } } }).use(forms())
    app.post('/', [body(Numbers)], () => 'ok')
    const client = app.client()
    expect((await client.post('/', { form: { a: 1, b: 2 } })).status).toBe(200)
    expect((await client.post('/', { form: { a: 1, b: 2, c: 3 } })).status).toBe(413)
    expect((await client.post('/', { json: { v: [1, 2, 3, 4] } })).status).toBe(422)
    await app.stop()
  })

  it('takes those of the route, or of the request, before the configuration', async () => {
    const app = micro(import.meta, { mode: 'test', env: {} }).use(forms())
    app.post('/route', { use: [body(Numbers)], maxFields: 2 }, () => 'ok')
    app.beforeRequest((ctx) => ctx.limitBody({ maxFields: 2 }))
    app.post('/request', [body(Numbers)], () => 'ok')
    app.post('/own', [body(Numbers, { limits: { maxFields: 3 } })], () => 'ok')
    const client = app.client()
    const statusOf = async (path: string, fields: object) => (await client.post(path, { form: { ...fields } })).status
    for (const path of ['/route', '/request']) {
      expect([await statusOf(path, { a: 1, b: 2 }), await statusOf(path, { a: 1, b: 2, c: 3 })]).toEqual([200, 413])
    }
    expect(await statusOf('/own', { a: 1, b: 2, c: 3 })).toBe(200)
    await app.stop()
  })

  it('holds by default where forms() is not installed', async () => {
    const app = micro(import.meta, { mode: 'test', env: {} })
    app.post('/', [body(Numbers)], () => 'ok')
    const client = app.client()
    expect((await client.post('/', { form: { s: 'x' } })).status).toBe(200)
    expect(
      (await client.post('/', { body: '&'.repeat(1_000), headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status,
    ).toBe(413)
    await app.stop()
  })

  it.each([['a&'], ['%&'], ['&'], ['a=1&']])('refuses a megabyte of ‹%s› at once', async (field) => {
    const answer = await timed('/any', { form: field.repeat(1_000_000 / field.length) })
    expect(answer.status).toBe(413)
    expect(answer.ms).toBeLessThan(200)
  })

  it('refuses a query that holds too much with 414', async () => {
    expect((await ways.ask(`/query?${'a=1&'.repeat(1_001)}`)).status).toBe(414)
    expect((await ways.ask(`/query?${'x'.repeat(101)}=1`)).status).toBe(414)
    expect((await ways.ask('/query?v[0]=1&v[1]=2')).status).toBe(200)
    expect((await ways.ask('/query?__proto__[a]=1')).status).toBe(400)
  })

  it('answers a list of a million wrong items before the schema sees it (F-4)', async () => {
    const answer = await timed('/top', { body: `[${'1,'.repeat(999_999)}1]`, headers: { 'content-type': 'application/json' } })
    expect(answer.status).toBe(422)
    expect(answer.json()).toMatchObject({ errors: [{ pointer: '#', detail: 'Too many items: at most 1000 are accepted.' }] })
    expect(answer.ms).toBeLessThan(400)
  })

  it('bounds lists of lists by the number of values', async () => {
    const answer = await timed('/nested', { json: Array.from({ length: 1_000 }, () => Array.from({ length: 500 }, () => 1)) })
    expect(answer.status).toBe(413)
    expect(answer.ms).toBeLessThan(400)
  })

  it('tells no more than 100 errors', async () => {
    const answer = await timed('/numbers', { json: { v: Array.from({ length: 1_000 }, () => 'x') } })
    expect(answer.status).toBe(422)
    const { errors }: { errors: readonly unknown[] } = answer.json()
    expect(errors).toHaveLength(100)
  })

  it('takes as many items as the schema itself allows', async () => {
    const list = (length: number) => ({ json: { v: Array.from({ length }, () => 1) } })
    expect((await timed('/numbers', list(1_000))).status).toBe(200)
    expect((await timed('/numbers', list(1_001))).status).toBe(422)
    expect((await timed('/many', list(5_000))).status).toBe(200)
    expect((await timed('/many', list(5_001))).status).toBe(422)
  })

  it('refuses JSON that is nested too deeply, and never overflows the stack', async () => {
    const nest = (depth: number) => `${'{"child":'.repeat(depth)}{}${'}'.repeat(depth)}`
    const json = { 'content-type': 'application/json' }
    expect((await timed('/recursive', { body: nest(60), headers: json })).status).toBe(200)
    expect((await timed('/recursive', { body: nest(100_000), headers: json })).status).toBe(400)
    expect((await timed('/any', { body: `${'['.repeat(200_000)}${']'.repeat(200_000)}`, headers: json })).status).toBe(400)
  })

  it('does not hold a long text against a regular expression (F-12)', async () => {
    const answer = await timed('/pattern', { json: { v: `${'a'.repeat(1_000_000)}b` } })
    expect(answer.status).toBe(422)
    expect(answer.json()).toMatchObject({ errors: [{ pointer: '#/v', detail: 'Too long: at most 10000 characters are accepted.' }] })
    expect(answer.ms).toBeLessThan(200)
    expect((await timed('/pattern', { form: `v=${'a'.repeat(1_000_000)}b` })).status).toBe(422)
    expect((await timed('/patternlong', { json: { v: 'b'.repeat(20_000) } })).status).toBe(200)
    expect((await timed('/patternown', { json: { v: 'bbbbbb' } })).json()).toMatchObject({ errors: [{ detail: 'Too much.' }] })
  })

  it('refuses a value sent twice, or takes the last one where it is told to', async () => {
    const answer = await timed('/scalar', { form: 'a=1&a=2' })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain("The field 'a' was sent more than once.")
    expect((await timed('/own', { form: 'a=1&a=2' })).status).toBe(200)
    expect((await timed('/own', { form: 'a=1&b=2&c=3' })).status).toBe(413)
  })

  it.each([['[=1'], ['a[=1'], ['.a=1'], ['a..b=1'], ['=1']])('refuses the malformed name in ‹%s›', async (body) => {
    expect((await timed('/any', { form: body })).status).toBe(400)
  })
})
