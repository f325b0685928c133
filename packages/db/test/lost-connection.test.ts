import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dropDatabases, makeApp, names, type Place, postgres, type TestApp } from './engines.ts'
import { admin } from './postgres-server.ts'

afterAll(dropDatabases)

describe.skipIf(postgres.missing)('a transaction whose connection is lost', () => {
  let place: Place
  let app: TestApp

  beforeEach(async () => {
    place = await postgres.make()
    app = await makeApp(place, { poolSize: 3, acquireTimeoutMs: 1_000 })
  })
  afterEach(async () => {
    await app.stop()
    await place.drop()
  })

  const killAll = () =>
    admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(place.url).pathname.slice(1)}'`)

  it('is answered with 503 by the next query', async () => {
    const running = app.db.transaction(async (trx) => {
      await trx.insertInto('account').values({ id: 1, name: 'a', balance: 0 }).execute()
      await killAll()
      await sleep(50)
      await trx.insertInto('account').values({ id: 2, name: 'b', balance: 0 }).execute()
    })
    await expect(running).rejects.toMatchObject({ status: 503 })
    expect(await names(app)).toEqual([])
  })

  it('throws what its function threw, inside a savepoint too, although nothing can be rolled back any more', async () => {
    const error = new Error('the reason')
    const failing = async () => {
      await killAll()
      throw error
    }
    await expect(app.db.transaction(failing)).rejects.toBe(error)
    await expect(app.db.transaction(() => app.db.transaction(failing))).rejects.toBe(error)
    const asking = app.db.transaction(() =>
      app.db.transaction(async () => {
        await killAll()
        await names(app)
      }),
    )
    await expect(asking).rejects.toMatchObject({ status: 503 })
  })

  it('does not blame the application for a connection that was lost in a transaction, a savepoint or a stream', async () => {
    const losing: readonly (() => Promise<unknown>)[] = [
      () => app.db.transaction(killAll),
      () => app.db.transaction(() => app.db.transaction(killAll)),
      () => app.db.transaction(() => sql`select pg_terminate_backend(pg_backend_pid())`.execute(app.db.default)),
      async () => {
        for await (const _ of app.db.default.selectFrom(sql<{ n: number }>`generate_series(1, 1000)`.as('g')).selectAll().stream(10)) {
          await killAll()
        }
      },
    ]
    for (const lose of losing) {
      await expect(lose()).rejects.toMatchObject({ status: 503 })
    }
    expect(app.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})
