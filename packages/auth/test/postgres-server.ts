/** The PostgreSQL server that tests use where one answers, reached through `@micro/db`. */
import { randomBytes } from 'node:crypto'
import { micro } from '@micro/core'
import { db } from '@micro/db'
import { sql } from '@micro/db/kysely'

/** A server that answers. */
export interface PostgresServer {
  /** Makes a database, which is gone after `drop`. */
  makeDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }>
  close(): Promise<void>
}

/** The server at `MICRO_TEST_POSTGRES_URL`, or one on this machine; undefined if none is given and none answers. */
export async function postgresServer(): Promise<PostgresServer | undefined> {
  const given = process.env.MICRO_TEST_POSTGRES_URL
  const server = given ?? 'postgres://postgres@127.0.0.1:5432/postgres'
  const admin = micro(import.meta, { mode: 'test', env: {}, config: { db: { url: server }, log: { level: 'silent' } } }).use(db())
  try {
    await admin.start()
  } catch (error) {
    // Who names a server wants it tested.
    if (given !== undefined) {
      throw error
    }
    return undefined
  }
  return {
    async makeDatabase() {
      const name = `micro_auth_${process.pid}_${randomBytes(6).toString('hex')}`
      await sql`create database ${sql.raw(name)}`.execute(admin.db.default)
      const url = new URL(server)
      url.pathname = `/${name}`
      const drop = async () => {
        await sql`drop database ${sql.raw(name)} with (force)`.execute(admin.db.default)
      }
      return { url: url.href, drop }
    },
    close: () => admin.stop(),
  }
}
