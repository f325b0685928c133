/** What the compiler says about `db()`: this file is checked by tsc; run, it only proves that the right uses also work. */
import { blueprint, defineExtension, double, micro, need, type OptionsFor, options } from '@micro/core'
import { expect, expectTypeOf, it } from 'vitest'
import { type AnyDbMember, type Connections, type Db, type DbMember, db, type Generated, type Kysely, type Page } from '../src/index.ts'

interface Schema {
  user: { id: Generated<number>; email: string }
  note: { id: Generated<number>; title: string; authorId: number }
}
interface WithAudit extends Schema {
  audit: { id: number }
}

const theDb = db<Schema>()
const memory = { config: { db: { url: ':memory:' } }, mode: 'test', env: {} } as const

const audit = () =>
  defineExtension({
    name: 'audit',
    version: '1.0.0',
    core: '^1.0.0',
    config: options({}),
    needs: { db: need<DbMember<{ audit: { id: number } }>>('^1') },
    initApp: () => ({ context: (ctx) => ({ write: (id: number) => ctx.db.insertInto('audit').values({ id }).execute() }) }),
  })
const anywhere = () =>
  defineExtension({
    name: 'anywhere',
    version: '1.0.0',
    core: '^1.0.0',
    config: options({}),
    needs: { db: need<AnyDbMember>('^1') },
    initApp(app) {
      app.db.migrations('anywhere', {
        '0001': { up: (handle: Kysely<unknown>) => handle.schema.createTable('mine').addColumn('id', 'integer').execute() },
      })
      return { context: (ctx) => ({ all: () => ctx.db.tables<{ mine: { id: number } }>().selectFrom('mine').selectAll().execute() }) }
    },
  })

it('types rows, members and options by the schema, with nothing declared', async () => {
  const notes = blueprint('notes', import.meta, { needs: [theDb] })
  notes.get('/:id<int>', (ctx) => ctx.db.firstOr404(ctx.db.selectFrom('note').select('title').where('id', '=', ctx.params.id)))
  const given: OptionsFor<typeof theDb> = { config: { db: { url: ':memory:', poolSize: 3 } } }
  const app = micro(import.meta, { ...memory, ...given })
    .use(theDb)
    .use(anywhere())
    .register(notes)
  expectTypeOf(app.db).toEqualTypeOf<Connections<Schema>>()
  expectTypeOf(app.config.db.perPage).toEqualTypeOf<number>()
  app.get('/', async (ctx) => {
    expectTypeOf(ctx.db).toEqualTypeOf<Db<Schema>>()
    const page = await ctx.db.paginate(
      ctx.db.selectFrom('note as n').leftJoin('user', 'user.id', 'n.authorId').select(['n.id', 'user.email']),
    )
    expectTypeOf(page).toExtend<Page<{ id: number; email: string | null }>>()
    const note = await ctx.db.firstOr404(ctx.db.updateTable('note').set({ title: 'x' }).returning(['id', 'title']))
    expectTypeOf(note).toEqualTypeOf<{ id: number; title: string }>()
    // @ts-expect-error there is no such table
    ctx.db.selectFrom('nope')
    // @ts-expect-error there is no such column
    ctx.db.selectFrom('note').select('nope')
    return page
  })
  app.get('/mine', async (ctx) => ctx.anywhere.all())
  await app.start()
  expectTypeOf(app.db.default).toEqualTypeOf<Db<Schema>>()
  expect(await (await app.client().get('/mine')).json()).toEqual([])
  await app.stop()
})

it('holds extensions to the schema they need', () => {
  const app = micro(import.meta, memory)
    .use(db<WithAudit>())
    .use(audit())
  app.get('/', (ctx) => ctx.audit.write(1))
  const narrow = micro(import.meta, memory).use(db<Schema>())
  // @ts-expect-error 'audit' needs 'db' of another type than the one installed
  narrow.use(audit())
  // @ts-expect-error 'anywhere' needs 'db': install it first with .use()
  expect(() => micro(import.meta, memory).use(anywhere())).toThrow(/needs 'db'/)
  // @ts-expect-error a handle of few tables is none of many
  const wider: Db<WithAudit> = {} as Db<Schema>
  expect(wider).toEqual({})
})

it('gives a second database its own name, and a double its place', async () => {
  const theStats = db<{ hit: { path: string } }>().as('stats')
  const app = micro(import.meta, {
    mode: 'test',
    env: {},
    config: { stats: { url: ':memory:' } },
    replace: [double(theDb, { app: {} as Connections<Schema> })],
  })
    .use(theDb)
    .use(theStats)
  expectTypeOf(app.stats).toEqualTypeOf<Connections<{ hit: { path: string } }>>()
  app.get('/', (ctx) => {
    expectTypeOf(ctx.stats).toEqualTypeOf<Db<{ hit: { path: string } }>>()
    return {}
  })
  // @ts-expect-error extension 'db' is already installed: give the second one another name with .as('…')
  expect(() => app.use(db<Schema>())).toThrow(/already installed/)
  await app.start()
  await app.stop()
})
