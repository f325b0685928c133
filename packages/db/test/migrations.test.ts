import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMicroError } from '@micro/core'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dropDatabases, engines, type Place, sqliteMemory, startApp } from './engines.ts'

afterAll(dropDatabases)

type App = Awaited<ReturnType<typeof startApp>>

const TEXT = `export const up = (db) => db.schema.createTable('a').addColumn('id', 'integer').execute()
export const down = (db) => db.schema.dropTable('a').execute()`
const SQL = `-- what it is for
-- up
create table b (id integer);
insert into b values (1);
-- down
drop table b;`

for (const engine of engines) {
  describe.skipIf(engine.missing)(`migrations on ${engine.name}`, () => {
    let place: Place
    let directory: string
    let app: App

    beforeEach(async () => {
      place = await engine.make()
      directory = await mkdtemp(join(tmpdir(), `micro-migrations-${randomBytes(3).toString('hex')}-`))
      app = await startApp(place.url, { migrations: directory, migrateOnStart: false })
    })
    afterEach(async () => {
      await app.stop()
      await place.drop()
      await rm(directory, { recursive: true })
    })

    const write = (files: { readonly [name: string]: string }) =>
      Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text)))
    const tables = async () =>
      (await app.db.default.introspection.getTables())
        .map(({ name }) => name)
        .filter((name) => name !== 'micro_migration')
        .sort()
    const code = (promise: Promise<unknown>) =>
      promise.then(
        () => 'none',
        (error: unknown) => (isMicroError(error) ? error.code : String(error)),
      )

    it('are applied once, in the order of their names, and taken back in reverse', async () => {
      await write({ '20260102_b.sql': SQL, '20260101_a.js': TEXT, 'notes.md': 'no migration', '20260101_a.d.ts': 'export {}' })
      await mkdir(join(directory, 'folder'))
      expect(await app.db.migrate()).toEqual(['20260101_a', '20260102_b'])
      expect(await app.db.migrate()).toEqual([])
      const [first, second] = (await app.db.migrationStatus()).map(({ appliedAt }) => appliedAt?.getTime() ?? 0)
      expect(second, 'no two at the same time').toBeGreaterThan(first ?? 0)
      expect(await tables()).toEqual(['a', 'b'])
      expect(await app.db.rollbackMigrations()).toEqual(['20260102_b'])
      expect(await tables()).toEqual(['a'])
      expect(await app.db.migrate()).toEqual(['20260102_b'])
      for (const steps of [-1, 0, 1.5, Number.NaN]) {
        expect([steps, await code(app.db.rollbackMigrations(steps))]).toEqual([steps, 'MICRO_DB_STEPS'])
      }
      expect(await app.db.rollbackMigrations(5)).toEqual(['20260102_b', '20260101_a'])
      expect(await tables()).toEqual([])
      expect(await app.db.rollbackMigrations()).toEqual([])
    })

    it('change nothing when one of them fails, those before it included', async () => {
      await write({
        '1_a.js': TEXT,
        '2_c.js': `export async function up(db) {
          await db.schema.createTable('c').addColumn('id', 'integer').execute()
          await db.insertInto('c').values({ id: 1 }).execute()
          throw new Error('on purpose')
        }`,
      })
      const failing = app.db.migrate()
      await expect(failing).rejects.toThrow(/'2_c' failed going up: on purpose/)
      expect([await tables(), await code(app.db.migrate())]).toEqual([[], 'MICRO_DB_MIGRATION_FAILED'])
      expect((await app.db.migrationStatus()).map(({ appliedAt }) => appliedAt)).toEqual([undefined, undefined])
      await write({ '2_c.js': 'export const up = () => {}' })
      // A module is read once in the life of a process.
      await rename(join(directory, '2_c.js'), join(directory, '2_d.js'))
      expect(await app.db.migrate()).toEqual(['1_a', '2_d'])
    })

    it('change nothing when a statement of an SQL file fails', async () => {
      await write({ '1.sql': 'create table c (id integer);\ncreate table c (id integer);' })
      expect([await code(app.db.migrate()), await tables()]).toEqual(['MICRO_DB_MIGRATION_FAILED', []])
    })

    it('do not end the transaction they run in', async () => {
      await write({ '1.sql': 'create table c (id integer);\ncommit;\ncreate table d (id integer);' })
      expect(await code(app.db.migrate())).toBe('MICRO_DB_MIGRATION_COMMITTED')
      await write({ '1.sql': 'create table e (id integer);\ncommit;\ncreate table e (id integer);' })
      expect(await code(app.db.migrate())).toBe('MICRO_DB_MIGRATION_COMMITTED')
      expect((await app.db.migrationStatus()).map(({ appliedAt }) => appliedAt)).toEqual([undefined])
    })

    it('do not end it and begin another one unnoticed', async () => {
      await write({ '1.sql': 'create table c (id integer);\ncommit;\nbegin;', '2.sql': 'create table c (id integer);' })
      expect([await code(app.db.migrate()), await tables()]).toEqual(['MICRO_DB_MIGRATION_COMMITTED', ['c']])
    })

    it('may use transactions themselves', async () => {
      await write({
        '1.js': `export const up = (db) => db.transaction().execute(async (trx) => {
          await trx.schema.createTable('c').addColumn('id', 'integer').execute()
        })`,
      })
      expect([await app.db.migrate(), await tables()]).toEqual([['1'], ['c']])
    })

    if (engine !== sqliteMemory) {
      it('are applied exactly once when two do it at the same time', async () => {
        await write({
          '1_slow.js':
            'export const up = async (db) => { await db.schema.createTable("slow").addColumn("id", "integer").execute(); await new Promise((done) => setTimeout(done, 200)) }',
        })
        const other = await startApp(place.url, { migrations: directory, migrateOnStart: false })
        const results = await Promise.all([app.db.migrate(), other.db.migrate()])
        await other.stop()
        expect(results.map((names) => names.join()).sort()).toEqual(['', '1_slow'])
      })
    }

    if (engine.engine === 'postgres') {
      it('are applied exactly once also where transactions see a snapshot by default', async () => {
        await sql`alter database ${sql.id(new URL(place.url).pathname.slice(1))} set default_transaction_isolation = 'repeatable read'`.execute(
          app.db.default,
        )
        await write({ '1_slow.sql': 'create table slow (id integer); select pg_sleep(0.2)' })
        const apps = await Promise.all([1, 2].map(() => startApp(place.url, { migrations: directory, migrateOnStart: false })))
        try {
          const results = await Promise.all(apps.map(({ db }) => db.migrate()))
          expect(results.map((names) => names.join()).sort()).toEqual(['', '1_slow'])
        } finally {
          await Promise.all(apps.map((one) => one.stop()))
          await sql`alter database ${sql.id(new URL(place.url).pathname.slice(1))} reset default_transaction_isolation`.execute(
            app.db.default,
          )
        }
      })
    }

    it('are refused when one comes before what is applied, unless that is wanted', async () => {
      await write({ '2.sql': SQL.replaceAll(' b', ' c') })
      await app.db.migrate()
      await write({ '1.sql': SQL })
      expect([await code(app.db.migrate()), await tables()]).toEqual(['MICRO_DB_MIGRATION_ORDER', ['c']])
      expect(await app.db.migrate({ allowUnordered: true })).toEqual(['1'])
      expect(await app.db.rollbackMigrations(), 'the last that was applied, not the last by name').toEqual(['1'])
    })

    it('are shown with what has become of them', async () => {
      await write({ '1.sql': SQL, '2.sql': SQL.replaceAll(' b', ' c'), '3.sql': SQL.replaceAll(' b', ' d') })
      expect((await app.db.migrationStatus()).map(({ name, appliedAt }) => [name, appliedAt])).toEqual([
        ['1', undefined],
        ['2', undefined],
        ['3', undefined],
      ])
      expect(await app.db.default.introspection.getTables(), 'asking makes no table').toEqual([])
      await app.db.migrate()
      await write({ '1.sql': `${SQL}\n`, '2.sql': SQL.replaceAll(' b', ' c').replaceAll('\n', '\r\n') })
      await rm(join(directory, '3.sql'))
      expect((await app.db.migrationStatus()).map(({ name, note }) => [name, note])).toEqual([
        ['3', 'gone'],
        ['1', 'changed'],
        ['2', undefined],
      ])
      expect(await code(app.db.rollbackMigrations())).toBe('MICRO_DB_MIGRATION_GONE')
    })

    it('are checked before they are run', async () => {
      const wrong: readonly [name: string, text: string, code: string][] = [
        ['1.js', 'export const down = () => {}', 'MICRO_DB_MIGRATION_INVALID'],
        ['2.js', 'export const up = 1', 'MICRO_DB_MIGRATION_INVALID'],
        ['3.js', 'export const up = () => {}; export const down = 1', 'MICRO_DB_MIGRATION_INVALID'],
        ['4.sql', 'create table x (id integer);\n-- up\n-- down', 'MICRO_DB_MIGRATION_INVALID'],
        ['5.sql', '-- down\ndrop table x', 'MICRO_DB_MIGRATION_INVALID'],
        ['6.sql', '-- up\n-- up', 'MICRO_DB_MIGRATION_INVALID'],
      ]
      for (const [name, text, expected] of wrong) {
        await write({ [name]: text })
        expect([name, await code(app.db.migrate())]).toEqual([name, expected])
        await rm(join(directory, name))
      }
      await write({ '7.sql': 'select 1', '7.js': TEXT })
      expect(await code(app.db.migrate())).toBe('MICRO_DB_MIGRATION_TWICE')
      await rm(join(directory, '7.js'))
      await app.db.migrate()
      expect(await code(app.db.rollbackMigrations()), 'no way back').toBe('MICRO_DB_MIGRATION_INVALID')
      expect(await readdir(directory)).toEqual(['7.sql'])
    })

    it('run when the app starts if that is configured, and are announced if not', async () => {
      await write({ '1.sql': SQL })
      const lines = async (migrateOnStart: boolean) => {
        const other = await startApp(place.url, { migrations: directory, migrateOnStart })
        const applied = (await other.db.migrationStatus()).filter(({ appliedAt }) => appliedAt !== undefined).length
        const warned = other.lines.filter(({ message }) => message.includes('micro db migrate')).length
        await other.stop()
        return [applied, warned]
      }
      expect(await lines(false)).toEqual([0, 1])
      expect(await lines(true)).toEqual([1, 0])
    })

    if (engine.engine === 'sqlite') {
      it('may rebuild a table that others refer to, and may leave no row that refers to nothing', async () => {
        await write({
          '1.sql':
            'create table p (id integer primary key); create table q (p integer not null references p(id) on delete cascade); insert into p values (1), (2); insert into q values (1), (2);',
        })
        await app.db.migrate()
        await write({
          '2.sql':
            'create table p2 (id integer primary key, more text); insert into p2 (id) select id from p; drop table p; alter table p2 rename to p;',
        })
        await app.db.migrate()
        expect((await sql<{ n: number }>`select count(*) as n from q`.execute(app.db.default)).rows).toEqual([{ n: 2 }])
        await write({ '3.sql': 'delete from p where id = 2' })
        await expect(app.db.migrate()).rejects.toThrow(/rows of table 'q' refer to rows of 'p'/)
        expect((await sql<{ n: number }>`select count(*) as n from p`.execute(app.db.default)).rows).toEqual([{ n: 2 }])
        await expect(sql`insert into q values (99)`.execute(app.db.default), 'foreign keys are on again').rejects.toThrow(/FOREIGN KEY/)
      })
    }
  })
}
