import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { violationOf } from '../src/index.ts'
import { makeApp, names, type Place, sqliteFile, sqliteMemory, type TestApp } from './engines.ts'

const pathOf = (place: Place) => place.url.slice('sqlite:'.length)
const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

describe('SqliteDriver', () => {
  let place: Place
  let app: TestApp

  beforeEach(async () => {
    place = await sqliteFile.make()
    app = await makeApp(place, { busyTimeoutMs: 300 })
  })
  afterEach(async () => {
    await app.stop()
    await place.drop()
  })

  const insert = (id: number, name: string) => app.db.default.insertInto('account').values({ id, name, balance: 0 }).execute()
  const pragma = async (name: string) =>
    Object.values((await sql<object>`pragma ${sql.raw(name)}`.execute(app.db.default)).rows[0] ?? {})[0]

  it('opens the file for its owner alone, with a write-ahead log and foreign keys', async () => {
    const path = pathOf(place)
    await insert(1, 'a')
    expect([await mode(path), await mode(`${path}-wal`), await mode(`${path}-shm`)]).toEqual(['600', '600', '600'])
    expect([
      await pragma('journal_mode'),
      await pragma('foreign_keys'),
      await pragma('synchronous'),
      await pragma('trusted_schema'),
    ]).toEqual(['wal', 1, 1, 0])
    await expect(app.db.default.insertInto('entry').values({ account: 99, note: null }).execute()).rejects.toThrow(/FOREIGN KEY/)
  })

  it('makes the directory for its owner alone, and leaves one that is there as it is', async () => {
    const inner = join(dirname(pathOf(place)), 'made', 'deep')
    const there = join(dirname(pathOf(place)), 'there')
    await mkdir(there, { mode: 0o755 })
    for (const [directory, expected] of [
      [inner, '700'],
      [there, '755'],
    ] as const) {
      const other = await makeApp({ url: `sqlite:${join(directory, 'x.db')}`, drop: async () => undefined })
      await other.stop()
      expect(await mode(directory)).toBe(expected)
    }
    expect(await mode(dirname(inner))).toBe('700')
  })

  it('prepares a statement once, and again after a change of the schema', async () => {
    await insert(1, 'a')
    const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare')
    try {
      const all = () => app.db.default.selectFrom('account').selectAll().execute()
      await all()
      await all()
      expect(prepare).toHaveBeenCalledTimes(1)
      await app.db.default.schema
        .alterTable('account')
        .addColumn('extra', 'text', (column) => column.defaultTo('new'))
        .execute()
      expect(await all()).toEqual([{ id: 1, name: 'a', balance: 0, extra: 'new' }])
      const before = prepare.mock.calls.length
      for (let n = 0; n < 300; n++) {
        await sql`select ${sql.raw(String(n))} as n`.execute(app.db.default)
      }
      await all()
      expect(prepare.mock.calls.length - before).toBe(301)
    } finally {
      prepare.mockRestore()
    }
  })

  it('gives rows by the names that columns have now, also when another process renamed them', async () => {
    await insert(1, 'a')
    const all = () => app.db.default.selectFrom('account').selectAll().execute()
    await all()
    const other = new DatabaseSync(pathOf(place))
    other.exec("alter table account drop column balance; alter table account add column colour text default 'red'")
    other.close()
    expect(await all()).toEqual([{ id: 1, name: 'a', colour: 'red' }])
  })

  it('reads integers beyond 2^53 as bigints, and all others as numbers', async () => {
    const large = 2n ** 60n
    const safe = Number.MAX_SAFE_INTEGER
    const write = sql<object>`insert into account values (${large}, 'large', ${-large}) returning id, balance`
    expect((await write.execute(app.db.default)).rows, 'written once').toEqual([{ id: large, balance: -large }])
    await app.db.default.insertInto('account').values({ id: safe, name: 'safe', balance: -safe }).execute()
    const all = app.db.default.selectFrom('account').select(['id', 'balance']).orderBy('id')
    const rows = [
      { id: safe, balance: -safe },
      { id: large, balance: -large },
    ]
    expect(await all.execute()).toEqual(rows)
    expect(await all.execute(), 'again, by the same statement').toEqual(rows)
    expect(await all.limit(1).execute()).toEqual(rows.slice(0, 1))
    const streamed: object[] = []
    for await (const row of all.stream(1)) {
      streamed.push(row)
    }
    expect(streamed).toEqual(rows)
    expect(await app.db.transaction((trx) => trx.deleteFrom('account').returning('id').execute())).toHaveLength(2)
  })

  it('gives the id of a row that was inserted exactly', async () => {
    const { insertId } = await sql`insert into account values (${2n ** 60n + 1n}, 'large', 0)`.execute(app.db.default)
    expect(insertId).toBe(2n ** 60n + 1n)
  })

  it('refuses several statements in one query', async () => {
    const both = sql`select 1; delete from account`
    await expect(both.execute(app.db.default)).rejects.toMatchObject({ code: 'MICRO_DB_STATEMENTS' })
    expect((await sql`select 1 as one; -- that is all`.execute(app.db.default)).rows).toEqual([{ one: 1 }])
  })

  it('undoes transactions that a query begins or ends by itself', async () => {
    for (const text of ['begin', 'begin immediate', 'savepoint x']) {
      await expect(sql.raw(text).execute(app.db.default)).rejects.toMatchObject({ code: 'MICRO_DB_RAW_TRANSACTION' })
    }
    await insert(1, 'a')
    for (const text of ['commit', 'rollback']) {
      const running = app.db.transaction(async (trx) => {
        await sql.raw(text).execute(trx)
      })
      await expect(running).rejects.toMatchObject({ code: 'MICRO_DB_RAW_TRANSACTION' })
    }
    expect(await names(app)).toEqual(['a'])
  })

  it('does not go on alone when SQLite has rolled back by itself', async () => {
    await insert(1, 'a')
    const running = app.db.transaction(async (trx) => {
      await trx.insertInto('account').values({ id: 2, name: 'b', balance: 0 }).execute()
      await expect(sql`insert or rollback into account values (1, 'x', 0)`.execute(trx)).rejects.toThrow(/UNIQUE/)
      await expect(trx.insertInto('account').values({ id: 3, name: 'c', balance: 0 }).execute()).rejects.toMatchObject({
        code: 'MICRO_DB_TRANSACTION_ENDED',
      })
    })
    await expect(running).rejects.toThrow(/rolled back/)
    await insert(4, 'd')
    expect(await names(app)).toEqual(['a', 'd'])
  })

  it('throws what went wrong inside a savepoint although SQLite has rolled everything back, and does not go on without it', async () => {
    await insert(1, 'a')
    const failing = () => app.db.transaction(() => sql`insert or rollback into account values (1, 'x', 0)`.execute(app.db.default))
    const thrown = await app.db.transaction(failing).catch((error: unknown) => error)
    expect(violationOf(thrown)).toBe('unique')
    const swallowed = app.db.transaction(async () => {
      await insert(2, 'b')
      await failing().catch(() => undefined)
    })
    await expect(swallowed).rejects.toMatchObject({ code: 'MICRO_DB_TRANSACTION_ENDED' })
    expect(await names(app)).toEqual(['a'])
  })

  it('rolls back when the commit fails, and lets the next one in', async () => {
    const running = app.db.transaction(async (trx) => {
      await sql`pragma defer_foreign_keys = on`.execute(trx)
      await trx.insertInto('entry').values({ account: 99, note: null }).execute()
    })
    await expect(running).rejects.toThrow(/FOREIGN KEY/)
    await insert(1, 'a')
    expect(await app.db.default.selectFrom('entry').selectAll().execute()).toEqual([])
  })

  it('waits for the lock of another process without stopping this one, then says 503', async () => {
    const other = new DatabaseSync(pathOf(place))
    other.exec('begin immediate')
    let ticks = 0
    const timer = setInterval(() => ticks++, 10)
    const locked = { status: 503, headers: { 'retry-after': '1' } }
    await expect(insert(1, 'a')).rejects.toMatchObject(locked)
    await expect(app.db.transaction(async () => 1)).rejects.toMatchObject(locked)
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(5)
    expect(await names(app), 'readers go on').toEqual([])
    const waiting = insert(2, 'b')
    await sleep(30)
    other.exec('rollback')
    other.close()
    await waiting
    expect(await names(app)).toEqual(['b'])
  })

  it('streams from a snapshot of its own, while others write', async () => {
    for (let id = 1; id <= 5; id++) {
      await insert(id, `n${id}`)
    }
    const atOnce = vi.spyOn(StatementSync.prototype, 'all')
    const seen: number[] = []
    for await (const { id } of app.db.default.selectFrom('account').select('id').orderBy('id').stream(2)) {
      seen.push(id)
      await app.db.transaction(() => insert(100 + id, `late${id}`))
    }
    expect([seen, atOnce.mock.calls]).toEqual([[1, 2, 3, 4, 5], []])
    atOnce.mockRestore()
    expect(await names(app)).toHaveLength(10)
  })

  it('streams inside a transaction what the transaction sees, and not after its end', async () => {
    let kept: AsyncIterableIterator<{ id: number }> | undefined
    await app.db.transaction(async (trx) => {
      for (let id = 1; id <= 3; id++) {
        await trx
          .insertInto('account')
          .values({ id, name: `n${id}`, balance: 0 })
          .execute()
      }
      const seen: number[] = []
      for await (const { id } of trx.selectFrom('account').select('id').stream()) {
        seen.push(id)
        await insert(100 + id, `late${id}`).catch(() => undefined)
        if (seen.length === 3) {
          break
        }
      }
      expect(seen).toEqual([1, 2, 3])
      kept = trx.selectFrom('account').select('id').stream(1)
      await kept.next()
    })
    await expect(kept?.next()).rejects.toMatchObject({ code: 'MICRO_DB_TRANSACTION_ENDED' })
  })

  it('keeps nothing open that was streamed and left', async () => {
    await insert(1, 'a')
    await insert(2, 'b')
    const close = vi.spyOn(DatabaseSync.prototype, 'close')
    try {
      for await (const _ of app.db.default.selectFrom('account').selectAll().stream()) {
        break
      }
      expect(close).toHaveBeenCalledTimes(1)
    } finally {
      close.mockRestore()
    }
  })

  it('reads its rows from the file after a restart', async () => {
    await insert(1, 'kept')
    await app.stop()
    expect((await readFile(pathOf(place))).subarray(0, 15).toString()).toBe('SQLite format 3')
    const again = new DatabaseSync(pathOf(place), { readOnly: true })
    expect(again.prepare('select name from account').all()).toEqual([expect.objectContaining({ name: 'kept' })])
    again.close()
  })

  it('says what is wrong with a file that is none of SQLite’s', async () => {
    const path = join(dirname(pathOf(place)), 'other.db')
    await writeFile(path, 'this is no database, whatever its name says. '.repeat(50))
    await expect(makeApp({ url: `sqlite:${path}`, drop: async () => undefined })).rejects.toThrow(/MICRO_DB_OPEN|not a database/)
  })
})

for (const engine of [sqliteFile, sqliteMemory]) {
  describe(`a stream of ${engine.name}`, () => {
    it('sees nothing of the transactions of others, and does not keep them waiting', async () => {
      const place = await engine.make()
      const app = await makeApp(place)
      const insert = (id: number) =>
        app.db.default
          .insertInto('account')
          .values({ id, name: `n${id}`, balance: 0 })
          .execute()
      for (const id of [1, 2, 3]) {
        await insert(id)
      }
      const stream = app.db.default.selectFrom('account').select('id').orderBy('id').stream(1)
      const seen = [(await stream.next()).value?.id]
      const undone = app.db.transaction(async () => {
        await insert(100)
        for await (const { id } of stream) {
          seen.push(id)
        }
        throw new Error('undone')
      })
      await expect(undone).rejects.toThrow('undone')
      expect([seen, await names(app)]).toEqual([
        [1, 2, 3],
        ['n1', 'n2', 'n3'],
      ])
      await app.stop()
      await place.drop()
    })
  })
}
