import { CamelCasePlugin, type Kysely, sql } from 'kysely'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dropDatabases, engines, makeApp, names, type Place, type Schema, type TestApp } from './engines.ts'

afterAll(dropDatabases)

class Undo extends Error {}

for (const engine of engines) {
  describe.skipIf(engine.missing)(`connection() on ${engine.name}`, () => {
    let place: Place
    let app: TestApp

    beforeEach(async () => {
      place = await engine.make()
      app = await makeApp(place, { poolSize: 2, acquireTimeoutMs: 500 })
    })
    afterEach(async () => {
      await app.stop()
      await place.drop()
    })

    const insert = (id: number, db: Kysely<Schema> = app.db.default) =>
      db
        .insertInto('account')
        .values({ id, name: `n${id}`, balance: 0 })
        .execute()
    const connect = <T>(run: (db: Kysely<Schema>) => Promise<T>) => app.db.default.connection().execute(run)

    it('keeps one connection for its function, whichever handle is used', async () => {
      const pid = (db: Kysely<Schema>) =>
        engine.engine === 'sqlite'
          ? Promise.resolve(undefined)
          : sql`select pg_backend_pid() as pid`.execute(db).then(({ rows }) => rows[0])
      const answers = await Promise.all(
        [1, 2, 3].map((id) =>
          connect(async (db) => {
            expect([db.isTransaction, app.db.default.isTransaction]).toEqual([false, false])
            await insert(id, db)
            return [await pid(db), await pid(app.db.default)]
          }),
        ),
      )
      for (const [own, other] of answers) {
        expect(own).toEqual(other)
      }
      expect(await names(app)).toEqual(['n1', 'n2', 'n3'])
    })

    it('lets its transactions be what every handle means inside them', async () => {
      await connect(async (db) => {
        await insert(1, db)
        const undone = db.transaction().execute(async (trx) => {
          await insert(2)
          await insert(3, db)
          await insert(4, trx)
          expect([db.isTransaction, await names(app)]).toEqual([true, ['n1', 'n2', 'n3', 'n4']])
          throw new Undo()
        })
        await expect(undone).rejects.toThrow(Undo)
        await app.db.transaction(() => insert(5))
      })
      expect(await names(app)).toEqual(['n1', 'n5'])
    })

    it('is the transaction around it, whose savepoints its own transactions are', async () => {
      const undone = app.db.transaction(async () => {
        await connect(async (db) => {
          await insert(1, db)
          await db.transaction().execute(() => insert(2))
          await expect(db.transaction().execute(() => insert(2, db))).rejects.toThrow(/unique/i)
          expect([db.isTransaction, await names(app)]).toEqual([true, ['n1', 'n2']])
        })
        throw new Undo()
      })
      await expect(undone).rejects.toThrow(Undo)
      expect(await names(app)).toEqual([])
    })

    it('refuses a query after its end, and a transaction that nothing waits for', async () => {
      let late: Promise<unknown> | undefined
      const kept = await connect(async (db) => {
        late = db.transaction().execute(async () => {
          await insert(1)
          await new Promise((resolve) => setTimeout(resolve, 20))
        })
        late.catch(() => undefined)
        await new Promise((resolve) => setTimeout(resolve, 5))
        return db
      })
      await expect(late).rejects.toMatchObject({ code: 'MICRO_DB_TRANSACTION_ENDED' })
      await expect(insert(2, kept)).rejects.toMatchObject({ code: 'MICRO_DB_TRANSACTION_ENDED' })
      expect(await names(app)).toEqual([])
    })

    it('has no controlled transactions: they would outlive it', async () => {
      await connect(async (db) => {
        expect(() => db.startTransaction()).toThrow(expect.objectContaining({ code: 'MICRO_DB_CONTROLLED' }))
      })
    })
  })

  describe.skipIf(engine.missing)(`handles derived from a transaction's on ${engine.name}`, () => {
    const derivations: { readonly [name: string]: (db: Kysely<Schema>) => Kysely<Schema> } = {
      withSchema: (db) => db.withSchema(engine.engine === 'sqlite' ? 'main' : 'public'),
      withPlugin: (db) => db.withPlugin(new CamelCasePlugin()),
      withoutPlugins: (db) => db.withoutPlugins(),
      withTables: (db) => db.withTables<{}>(),
      $extendTables: (db) => db.$extendTables<{}>(),
      $pickTables: (db) => db.$pickTables<'account' | 'entry'>(),
      $omitTables: (db) => db.$omitTables<never>(),
    }

    it.each(Object.entries(derivations))('%s: are the transaction, and their transactions are savepoints', async (_, derive) => {
      const place = await engine.make()
      const app = await makeApp(place)
      const insert = (db: Kysely<Schema>, id: number) =>
        db
          .insertInto('account')
          .values({ id, name: `n${id}`, balance: 0 })
          .execute()
      await app.db.transaction(async (trx) => {
        const derived = derive(trx)
        await insert(derived, 1)
        const undone = derived.transaction().execute(async (inner) => {
          await insert(inner, 2)
          await insert(derived, 3)
          throw new Undo()
        })
        await expect(undone).rejects.toThrow(Undo)
        await derive(app.db.default)
          .transaction()
          .execute((inner) => insert(derive(inner), 4))
      })
      expect(await names(app)).toEqual(['n1', 'n4'])
      await app.stop()
      await place.drop()
    })
  })
}
