/** The PostgreSQL server that tests use, where one answers. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'

const given = process.env.MICRO_TEST_POSTGRES_URL
const postgresUrl: string = given ?? 'postgres://postgres@127.0.0.1:5432/postgres'

/** Why nothing can be tested on it here; undefined where it answers. */
export const noPostgres: string | undefined = await probe()

/** Makes a database, which is gone after `drop`. */
export async function makeDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `micro_test_${process.pid}_${randomBytes(6).toString('hex')}`
  await admin(`create database ${name}`)
  const url = new URL(postgresUrl)
  url.pathname = `/${name}`
  const drop = async () => {
    await admin(`drop database ${name} with (force)`)
  }
  return { url: url.href, drop }
}

/** Runs one statement on the server, outside the database under test. */
export function admin(sql: string): Promise<pg.QueryResult> {
  return runSql(postgresUrl, sql)
}

/** Runs one statement over a connection of its own. */
export async function runSql(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
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
