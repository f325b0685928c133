import { isHttpError } from '@micro/core'
import { CamelCasePlugin } from 'kysely'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dropDatabases, engines, makeApp, names, type Place, type TestApp } from './engines.ts'

afterAll(dropDatabases)

class Undo extends Error {}

for (const engine of engines) {
  describe.skipIf(engine.missing)(`transaction on ${engine.name}`, () => {
    let place: Place
    let app: TestApp

    beforeEach(async () => {
      place = await engine.make()
      app = await makeApp(place, { poolSize: 3, acquireTimeoutMs: 2_000 })
    })
    afterEach(async () => {
      await app.stop()
      await place.drop()
    })

    const insert = (name: string, id: number) => app.db.default.insertInto('account').values({ id, name, balance: 0 }).execute()

    it('commits what its function did, and gives its result', async () => {
      const done = app.db.transaction(async (trx) => {
        await trx.insertInto('account').values({ id: 1, name: 'a', balance: 0 }).execute()
        return 'done'
      })
      expect([await done, await names(app)]).toEqual(['done', ['a']])
    })

    it('rolls back when its function throws, and throws the same error', async () => {
      const error = new Undo('no')
      const running = app.db.transaction(async (trx) => {
        await trx.insertInto('account').values({ id: 1, name: 'a', balance: 0 }).execute()
        throw error
      })
      await expect(running).rejects.toBe(error)
      expect(await names(app)).toEqual([])
    })

    it('is what the outer handle means inside it', async () => {
      const seen = app.db.default.transaction().execute(async () => {
        await insert('a', 1)
        expect(app.db.default.isTransaction).toBe(true)
        expect(await names(app)).toEqual(['a'])
        throw new Undo()
      })
      await expect(seen).rejects.toThrow(Undo)
      expect(app.db.default.isTransaction).toBe(false)
      expect(await names(app)).toEqual([])
    })

    it('is what handles derived from the outer one mean inside it', async () => {
      const derived = app.db.default.withPlugin(new CamelCasePlugin())
      const running = derived.transaction().execute(async (trx) => {
        await insert('a', 1)
        await trx.insertInto('account').values({ id: 2, name: 'b', balance: 0 }).execute()
        expect(await derived.selectFrom('account').selectAll().execute()).toHaveLength(2)
        throw new Undo()
      })
      await expect(running).rejects.toThrow(Undo)
      expect(await names(app)).toEqual([])
    })

    it('is a savepoint inside another one', async () => {
      await app.db.transaction(async () => {
        await insert('a', 1)
        const inner = app.db.transaction(async () => {
          await insert('b', 2)
          await insert('b', 3)
        })
        await expect(inner).rejects.toThrow(/unique/i)
        await app.db.transaction(() => insert('c', 4))
      })
      expect(await names(app)).toEqual(['a', 'c'])
    })

    it('is a savepoint through its own handle too, however deep', async () => {
      await app.db.transaction(async (outer) => {
        await outer.insertInto('account').values({ id: 1, name: 'a', balance: 0 }).execute()
        const inner = app.db.transaction(async () => {
          // The handle of the outer transaction, used while a savepoint is open, belongs to the savepoint.
          await outer.insertInto('account').values({ id: 2, name: 'b', balance: 0 }).execute()
          await app.db.transaction(() => insert('c', 3))
          throw new Undo()
        })
        await expect(inner).rejects.toThrow(Undo)
      })
      expect(await names(app)).toEqual(['a'])
    })

    it('keeps two savepoints that were started together apart', async () => {
      await app.db.transaction(async () => {
        const results = await Promise.allSettled([
          app.db.transaction(async () => {
            await insert('a', 1)
            await pause()
            throw new Undo()
          }),
          app.db.transaction(async () => {
            await insert('b', 2)
            await pause()
          }),
        ])
        expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
      })
      expect(await names(app)).toEqual(['b'])
    })

    it('keeps its own statements out of a savepoint that is open beside them', async () => {
      await app.db.transaction(async () => {
        const entered = Promise.withResolvers<void>()
        const inner = app.db.transaction(async () => {
          await insert('a', 1)
          entered.resolve()
          await pause()
          throw new Undo()
        })
        await Promise.allSettled([inner, entered.promise.then(() => insert('b', 2))])
      })
      expect(await names(app)).toEqual(['b'])
    })

    it('refuses a query after its end', async () => {
      let late: Promise<unknown> | undefined
      const kept = await app.db.transaction(async (trx) => {
        late = pause().then(() => insert('late', 9))
        return trx
      })
      await expect(late).rejects.toMatchObject({ code: 'MICRO_DB_TRANSACTION_ENDED' })
      await expect(kept.selectFrom('account').selectAll().execute()).rejects.toMatchObject({ code: 'MICRO_DB_TRANSACTION_ENDED' })
      await expect(kept.selectFrom('account').selectAll().stream().next()).rejects.toMatchObject({ code: 'MICRO_DB_TRANSACTION_ENDED' })
      expect(await names(app)).toEqual([])
    })

    it('leaves the connection alone when a savepoint outlives it', async () => {
      let left: Promise<unknown> | undefined
      await app.db.transaction(async () => {
        left = app.db.transaction(async () => {
          await insert('a', 1)
          await pause(30)
        })
        left.catch(() => undefined)
        await pause(10)
      })
      const other = app.db.transaction(async () => {
        await insert('b', 2)
        await pause(60)
      })
      await expect(left).rejects.toMatchObject({ code: 'MICRO_DB_TRANSACTION_ENDED' })
      await other
      expect(await names(app)).toContain('b')
    })

    it('keeps the statements of others out', async () => {
      const inside = Promise.withResolvers<void>()
      const rolledBack = app.db.transaction(async () => {
        await insert('mine', 1)
        inside.resolve()
        await pause(20)
        throw new Undo()
      })
      await inside.promise
      const others = Promise.all([insert('other', 2), app.db.transaction(() => insert('third', 3)), names(app)])
      await expect(rolledBack).rejects.toThrow(Undo)
      expect((await others)[2]).not.toContain('mine')
      expect(await names(app)).toEqual(['other', 'third'])
    })

    it('refuses to be of another kind than the one around it', async () => {
      await app.db.transaction(async () => {
        const inner = app.db.default
          .transaction()
          .setIsolationLevel('serializable')
          .execute(async () => 1)
        await expect(inner).rejects.toMatchObject({ code: 'MICRO_DB_TRANSACTION_SETTINGS' })
      })
      const same = app.db.transaction(
        (trx) =>
          app.db.default
            .transaction()
            .setIsolationLevel('serializable')
            .execute(async () => trx.isTransaction),
        {
          isolationLevel: 'serializable',
        },
      )
      expect(await same).toBe(true)
    })

    it('writes nothing when it is read only', async () => {
      const writing = app.db.transaction((trx) => trx.insertInto('account').values({ id: 1, name: 'a', balance: 0 }).execute(), {
        accessMode: 'read only',
      })
      await expect(writing).rejects.toThrow(/read-?only/i)
      await insert('b', 2)
      expect(await names(app)).toEqual(['b'])
    })

    it('is open to Kysely’s controlled transactions, outside another one', async () => {
      const controlled = await app.db.default.startTransaction().execute()
      await controlled.insertInto('account').values({ id: 1, name: 'a', balance: 0 }).execute()
      await controlled.rollback().execute()
      expect(await names(app)).toEqual([])
      await app.db.transaction(async () => {
        expect(() => app.db.default.startTransaction()).toThrow(expect.objectContaining({ code: 'MICRO_DB_CONTROLLED' }))
      })
    })
  })

  describe.skipIf(engine.missing)(`waiting on ${engine.name}`, () => {
    it('ends with 503 and Retry-After when its time is over, and the next request works', async () => {
      const place = await engine.make()
      const app = await makeApp(place, { poolSize: 1, acquireTimeoutMs: 80 })
      try {
        const entered = Promise.withResolvers<void>()
        const leave = Promise.withResolvers<void>()
        const holding = app.db.transaction(async () => {
          entered.resolve()
          await leave.promise
        })
        await entered.promise
        const refused = await names(app).catch((error: unknown) => error)
        expect(isHttpError(refused) && [refused.status, refused.headers['retry-after']]).toEqual([503, '1'])
        leave.resolve()
        await holding
        expect(await names(app)).toEqual([])
      } finally {
        await app.stop()
        await place.drop()
      }
    })
  })
}

function pause(ms = 5): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
