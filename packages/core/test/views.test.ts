import { type AnyMiddleware, type Blueprint, blueprint, micro, middleware } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'

/** What a resource keeps its rows in: the constructor's argument of a class would be. */
interface Store<T> {
  readonly rows: T[]
}

/** The routes of a resource. `use` is around each of its methods; `show` may be another's. */
function resource<T extends object>(
  name: string,
  store: Store<T>,
  { use = [], show = (row: T): object => row }: { readonly use?: readonly AnyMiddleware[]; readonly show?: (row: T) => object } = {},
): Blueprint {
  const seen: string[] = []
  const routes = blueprint(name, import.meta, { prefix: `/${name}` })
  routes
    .route('/:id<int>', { name: 'item', use })
    .get((ctx) => {
      const row = store.rows[ctx.params.id]
      return row === undefined ? ctx.reply(null, 404) : show(row)
    })
    .put(async (ctx) => {
      store.rows[ctx.params.id] = (await ctx.readJson()) as T
      return ctx.urlFor('.item', { id: ctx.params.id })
    })
  routes.get('/count', (ctx) => [seen.push(ctx.path)])
  return routes
}

/** A resource with a method more, and one in the place of the other's. */
function upperCase(name: string, store: Store<{ readonly word: string }>): Blueprint {
  const routes = resource(name, store, { show: ({ word }) => ({ word: word.toUpperCase() }) })
  routes.route('/:id<int>').delete((ctx) => ctx.json(store.rows.splice(ctx.params.id, 1)))
  return routes
}

describe.each(DOORS)('views through $name', ({ open }) => {
  const order: string[] = []
  const noting = (name: string) =>
    middleware(async (_ctx, next) => {
      order.push(name)
      return next()
    })

  test('a function declares the routes of a resource, for each call with values of its own', async () => {
    const { send, app } = await open((made) =>
      made.register(resource('notes', { rows: [{ title: 'a' }] })).register(resource('tags', { rows: [{ word: 'x' }] })),
    )
    expect([(await send('/notes/0')).json, (await send('/tags/0')).json]).toEqual([{ title: 'a' }, { word: 'x' }])
    expect((await send('/tags/1', { method: 'PUT', body: '{"word":"y"}', headers: { 'Content-Type': 'application/json' } })).text).toBe(
      '/tags/1',
    )
    expect([(await send('/tags/1')).json, (await send('/notes/1')).status]).toEqual([{ word: 'y' }, 404])
    expect(app.urlFor('notes.item', { id: 5 })).toBe('/notes/5')
  })

  test('middleware around each method runs in the order it is listed', async () => {
    order.length = 0
    const { send } = await open((made) =>
      made.register(resource('notes', { rows: [{ a: 1 }] }, { use: [noting('outer'), noting('inner')] })),
    )
    await send('/notes/0')
    await send('/notes/count')
    expect(order).toEqual(['outer', 'inner'])
  })

  test('a method that is not declared is 405 with those that are; HEAD comes with GET', async () => {
    const { send } = await open((made) => made.register(resource('notes', { rows: [{ a: 1 }] })))
    const refused = await send('/notes/0', { method: 'DELETE' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS, PUT'])
    const head = await send('/notes/0', { method: 'HEAD' })
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '7'])
  })

  test('one function builds on another: with a method more, and a part in the place of its own', async () => {
    const { send } = await open((made) => made.register(upperCase('words', { rows: [{ word: 'x' }] })))
    expect((await send('/words/0')).json).toEqual({ word: 'X' })
    expect((await send('/words/0', { method: 'DELETE' })).json).toEqual([{ word: 'x' }])
    expect((await send('/words/0', { method: 'PATCH' })).headers.get('allow')).toBe('DELETE, GET, HEAD, OPTIONS, PUT')
  })

  test('what its variables hold is shared by all requests of one call, and of no other', async () => {
    const { send } = await open((made) => made.register(resource('a', { rows: [] })).register(resource('b', { rows: [] })))
    const counts = [await send('/a/count'), await send('/a/count'), await send('/b/count')]
    expect(counts.map(({ json }) => json)).toEqual([[1], [2], [1]])
  })
})

test('a blueprint that a function made may be patched until it is registered', async () => {
  const notes = resource('notes', { rows: [{ a: 1 }] })
  notes.afterRequest((ctx) => ctx.setHeader('X-Patched', 'yes'))
  const app = micro(import.meta, { env: {}, mode: 'test' }).register(notes)
  expect((await app.client().get('/notes/0')).headers.get('x-patched')).toBe('yes')
  await app.stop()
})
