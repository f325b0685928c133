/** The databases that tests run on: SQLite in a file and in memory, and PostgreSQL where one answers. */

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blueprint, type LogLine, type Mode, micro } from '@micro/core'
import pg from 'pg'
import { type DbOptions, db, type Generated } from '../src/index.ts'

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

const given = process.env.MICRO_TEST_POSTGRES_URL
export const postgresUrl: string = given ?? 'postgres://postgres@127.0.0.1:5432/postgres'

const missing = await probe()

export const postgres: TestEngine = {
  name: missing === undefined ? 'PostgreSQL' : `PostgreSQL (skipped: ${missing})`,
  engine: 'postgres',
  ...(missing === undefined ? {} : { missing }),
  async make() {
    const name = free.pop() ?? (await createDatabase())
    const url = new URL(postgresUrl)
    url.pathname = `/${name}`
    const drop = async () => {
      await run(url.href, 'drop schema public cascade; create schema public')
      free.push(name)
    }
    return { url: url.href, drop }
  },
}

/** Databases of this run on the server: made when they are wanted, emptied between tests, and gone after `dropDatabases`. */
const made: string[] = []
const free: string[] = []

async function createDatabase(): Promise<string> {
  const name = `micro_test_${process.pid}_${randomBytes(6).toString('hex')}`
  await admin(`create database ${name}`)
  made.push(name)
  return name
}

/** For `afterAll` of each file that uses PostgreSQL. */
export async function dropDatabases(): Promise<void> {
  free.length = 0
  for (const name of made.splice(0)) {
    await admin(`drop database ${name} with (force)`)
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

/** Runs one statement on the server that tests use, outside the database under test. */
export function admin(sql: string): Promise<pg.QueryResult> {
  return run(postgresUrl, sql)
}

async function run(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

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

async function probe(): Promise<string | undefined> {
  try {
    await admin('select 1')
    return undefined
  } catch (error) {
    // Who names a server wants it tested.
    if (given !== undefined) {
      throw error
    }
    return 'no server at MICRO_TEST_POSTGRES_URL or 127.0.0.1:5432'
  }
}
