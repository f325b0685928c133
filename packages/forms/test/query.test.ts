import { micro } from '@micro/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { forms, params, query } from '../src/index.ts'
import { type TwoWays, twoWays } from './two-ways.ts'

const Search = z.object({
  page: z.number().int().min(1).default(1),
  q: z.string().optional(),
  open: z.boolean().optional(),
  all: z.boolean().default(true),
  tags: z.array(z.string()).optional(),
  ids: z.array(z.int()),
  hub: z.object({ mode: z.string() }).optional(),
})

let ways: TwoWays
beforeAll(async () => {
  const app = micro(import.meta, { mode: 'test', env: {} }).use(forms())
  app.get('/search', [query(Search)], (ctx) => ctx.query)
  app.get('/user/:id', [params(z.object({ id: z.int().min(1) }))], (ctx) => ({ next: ctx.params.id + 1 }))
  app.get('/item/:id<int>/:kind', [params(z.object({ id: z.number().max(9), kind: z.enum(['a', 'b']) }))], (ctx) => ctx.params)
  app.get('/both/:id', [params(z.object({ id: z.int() })), query(z.object({ id: z.string() }))], (ctx) => ({
    sum: ctx.params.id + 1,
    id: ctx.query.id,
  }))
  ways = await twoWays(app)
})
afterAll(() => ways.close())

describe('query', () => {
  it.each([
    ['', { page: 1, all: true, ids: [] }],
    ['?page=2&q=', { page: 2, all: true, ids: [] }],
    ['?page=', { page: 1, all: true, ids: [] }],
    ['?open=false&all=0', { page: 1, open: false, all: false, ids: [] }],
    ['?tags=a', { page: 1, all: true, tags: ['a'], ids: [] }],
    ['?ids=1&ids=2', { page: 1, all: true, ids: [1, 2] }],
    ['?hub.mode=subscribe&utm_source=x', { page: 1, all: true, hub: { mode: 'subscribe' }, ids: [] }],
  ])('reads ‹%s›: what is absent is not mentioned, rather than off', async (search, expected) => {
    expect((await ways.ask(`/search${search}`)).json()).toEqual(expected)
  })

  it('tells the parameter that is wrong', async () => {
    const answer = await ways.ask('/search?page=x&ids=1&ids=y')
    expect(answer.status).toBe(422)
    expect(answer.json()).toMatchObject({
      errors: [
        { parameter: 'page', detail: 'Invalid input: expected number, received string' },
        { parameter: 'ids.1', detail: 'Invalid input: expected number, received string' },
      ],
    })
    expect((await ways.ask('/search?page=1&page=2')).status).toBe(400)
  })
})

describe('params', () => {
  it('reads the texts of the path by what the schema expects', async () => {
    expect((await ways.ask('/user/41')).json()).toEqual({ next: 42 })
    expect((await ways.ask('/item/9/a')).json()).toEqual({ id: 9, kind: 'a' })
    expect((await ways.ask('/both/1?id=x')).json()).toEqual({ sum: 2, id: 'x' })
  })

  it.each(['/user/x', '/user/0', '/user/1.5', '/item/10/a', '/item/9/c', '/item/x/a'])('answers 404 to %s', async (path) => {
    expect((await ways.ask(path)).status).toBe(404)
  })
})
