import { middleware } from '@micro/core'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dropDatabases, engines, makeApp, type Place, routes, type TestApp } from './engines.ts'

afterAll(dropDatabases)

const pages: readonly [query: string, expected: { items: readonly number[]; [key: string]: unknown }][] = [
  ['', { items: [1, 2, 3], page: 1, perPage: 3, total: 7, pages: 3, hasNext: true, hasPrevious: false }],
  ['?page=2', { items: [4, 5, 6], page: 2, hasNext: true, hasPrevious: true }],
  ['?page=3', { items: [7], page: 3, hasNext: false, hasPrevious: true }],
  ['?page=4', { items: [], page: 4, total: 7, hasNext: false, hasPrevious: true }],
  ['?page=2147483647', { items: [], page: 2_147_483_647 }],
  ['?perPage=2&page=2', { items: [3, 4], perPage: 2, pages: 4 }],
  ['?perPage=1000000', { items: [1, 2, 3, 4, 5], perPage: 5, pages: 2 }],
]

const refused: readonly string[] = [
  '?page=0',
  '?page=-1',
  '?page=1.5',
  '?page=x',
  '?page=',
  '?page=1e3',
  '?page=2147483648',
  '?page=99999999999999999999',
  '?perPage=0',
  '?perPage=x',
  '?page=1;--',
  '?page=%31%00',
]

/** A schema of the query that names other fields, as `query()` of forms puts it there. */
const narrowed = middleware(async (ctx, next) => {
  const size = ctx.query.get('size')
  return next({ query: { tag: ctx.query.get('tag'), ...(size === null ? {} : { perPage: Number(size) }) } })
})

for (const engine of engines) {
  describe.skipIf(engine.missing)(`paginate on ${engine.name}`, () => {
    let place: Place
    let app: TestApp

    beforeAll(async () => {
      place = await engine.make()
      const served = routes()
      served.get('/', (ctx) => ctx.db.paginate(ctx.db.selectFrom('account').select('id').orderBy('id')))
      served.get('/narrowed', [narrowed], (ctx) => ctx.db.paginate(ctx.db.selectFrom('account').select('id').orderBy('id')))
      app = await makeApp(place, { perPage: 3, maxPerPage: 5 }, served)
      for (let id = 1; id <= 7; id++) {
        await app.db.default
          .insertInto('account')
          .values({ id, name: `n${id}`, balance: id % 2 })
          .execute()
      }
    })
    afterAll(async () => {
      await app.stop()
      await place.drop()
    })

    it('gives the page that the request asks for, within limits', async () => {
      for (const [query, { items, ...expected }] of pages) {
        const response = await app.client().get(`/${query}`)
        expect(await response.json(), query).toMatchObject({ ...expected, items: items.map((id) => ({ id })) })
      }
      for (const query of refused) {
        const response = await app.client().get(`/${query}`)
        expect([response.status, await response.text()], query).toEqual([
          400,
          expect.stringMatching(/'(page|perPage)' must be a positive integer/),
        ])
      }
    })

    it('reads from the address what a schema of the query has left out', async () => {
      const ids = async (query: string) =>
        ((await (await app.client().get(`/narrowed${query}`)).json()) as { items: { id: number }[] }).items.map(({ id }) => id)
      expect(await ids('?tag=x')).toEqual([1, 2, 3])
      expect(await ids('?tag=x&page=2')).toEqual([4, 5, 6])
      expect(await ids('?tag=x&page=2&perPage=2')).toEqual([3, 4])
      expect(await ids('?size=2&page=2')).toEqual([3, 4])
      expect((await app.client().get('/narrowed?page=0')).status).toBe(400)
    })

    it('counts what a query would give, whatever it is made of', async () => {
      const { default: handle } = app.db
      const grouped = await handle.paginate(handle.selectFrom('account').select(['balance']).groupBy('balance').orderBy('balance'), {
        perPage: 1,
      })
      expect(grouped).toMatchObject({ items: [{ balance: 0 }], total: 2, pages: 2 })
      const distinct = await handle.paginate(handle.selectFrom('account').select('balance').distinct().orderBy('balance'), {
        page: 2,
        perPage: 1,
      })
      expect(distinct).toMatchObject({ items: [{ balance: 1 }], total: 2, hasNext: false })
      const joined = await handle.paginate(
        handle
          .selectFrom('account as a')
          .innerJoin('account as b', 'a.id', 'b.id')
          .select(['a.id', 'b.name'])
          .where('a.id', '>', 5)
          .orderBy('a.id'),
      )
      expect(joined).toMatchObject({
        items: [
          { id: 6, name: 'n6' },
          { id: 7, name: 'n7' },
        ],
        total: 2,
      })
      expect(await handle.paginate(handle.selectFrom('account').selectAll().where(sql<boolean>`1 = 0`))).toEqual({
        items: [],
        page: 1,
        perPage: 3,
        total: 0,
        pages: 0,
        hasNext: false,
        hasPrevious: false,
      })
    })

    it('takes what the call says over what the request says, and refuses nonsense of either', async () => {
      const { default: handle } = app.db
      const all = handle.selectFrom('account').select('id').orderBy('id')
      expect(await handle.paginate(all, { page: 2, perPage: 6 })).toMatchObject({ items: [{ id: 7 }], perPage: 6 })
      for (const options of [{ page: 0 }, { page: 1.5 }, { page: Number.NaN }, { perPage: 0 }]) {
        await expect(handle.paginate(all, options)).rejects.toMatchObject({ status: 400 })
      }
    })
  })
}
