/** The databases that tests run on: SQLite in a file and in memory, and PostgreSQL where one answers. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blueprint, type LogLine, type Mode, micro } from '@micro/core'
import { type DbOptions, db, type Generated } from '../src/index.ts'
import { makeDatabase, noPostgres, runSql } from './postgres-server.ts'

export interface Schema {
  account: { id: number; name: string; balance: number }
  entry: { id: Generated<number>; account: number; note: string | null }
}

/** A database of its own, which is gone after `drop`. */
export interface Place {
  readonly url: string
  drop(): Promise<void>
}

export interface TestEngine {
  readonly name: string
  readonly engine: 'sqlite' | 'postgres'
  /** Why it cannot be tested here. */
  readonly missing?: string
  make(): Promise<Place>
}

export const postgres: TestEngine = {
  name: noPostgres === undefined ? 'PostgreSQL' : `PostgreSQL (skipped: ${noPostgres})`,
  engine: 'postgres',
  ...(noPostgres === undefined ? {} : { missing: noPostgres }),
  async make() {
    const { url } = free.pop() ?? (await newDatabase())
    const drop = async () => {
      await runSql(url, 'drop schema public cascade; create schema public')
      free.push({ url })
    }
    return { url, drop }
  },
}

/** Databases of this run on the server: made when they are wanted, emptied between tests, and gone after `dropDatabases`. */
const made: Place[] = []
const free: Pick<Place, 'url'>[] = []

async function newDatabase(): Promise<Place> {
  const place = await makeDatabase()
  made.push(place)
  return place
}

/** For `afterAll` of each file that uses PostgreSQL. */
export async function dropDatabases(): Promise<void> {
  free.length = 0
  for (const place of made.splice(0)) {
    await place.drop()
  }
}

export const sqliteFile: TestEngine = {
  name: 'SQLite in a file',
  engine: 'sqlite',
  async make() {
    const directory = await mkdtemp(join(tmpdir(), 'micro-db-'))
    return { url: `sqlite:${join(directory, 'test.db')}`, drop: () => rm(directory, { recursive: true }) }
  },
}

export const sqliteMemory: TestEngine = {
  name: 'SQLite in memory',
  engine: 'sqlite',
  async make() {
    return { url: ':memory:', drop: async () => undefined }
  },
}

export const engines: readonly TestEngine[] = [sqliteMemory, sqliteFile, postgres]

export const theDb = db<Schema>()

/** Routes of an app under test. */
export const routes = () => blueprint('test', import.meta, { needs: [theDb] })

/** An app, started. `lines` is what it logs. */
export async function startApp(url: string, options: Omit<DbOptions, 'url'> = {}, served = routes(), mode: Mode = 'test') {
  const lines: LogLine[] = []
  const env = { MICRO_SECRET_KEY: 'a secret key of more than thirty-two characters' }
  const app = micro(import.meta, { mode, env, config: { db: { url, ...options } }, logSink: (line) => lines.push(line) })
    .use(theDb)
    .register(served)
  await app.start()
  return Object.assign(app, { lines })
}

/** An app with two tables, started. */
export async function makeApp(place: Place, ...options: StartOptions) {
  const app = await startApp(place.url, ...options)
  const { schema } = app.db.default
  await schema
    .createTable('account')
    .addColumn('id', 'integer', (id) => id.primaryKey())
    .addColumn('name', 'text', (name) => name.notNull().unique())
    .addColumn('balance', 'integer', (balance) => balance.notNull())
    .execute()
  await schema
    .createTable('entry')
    .addColumn('id', 'integer', (id) => (app.db.engine === 'sqlite' ? id.primaryKey() : id.primaryKey().generatedByDefaultAsIdentity()))
    .addColumn('account', 'integer', (account) => account.notNull().references('account.id'))
    .addColumn('note', 'text')
    .execute()
  return app
}

type StartOptions = Parameters<typeof startApp> extends [string, ...infer Rest] ? Rest : never

export type TestApp = Awaited<ReturnType<typeof makeApp>>

/** Names in the table, in order. */
export async function names(app: TestApp): Promise<string[]> {
  return (await app.db.default.selectFrom('account').select('name').orderBy('id').execute()).map(({ name }) => name)
}
