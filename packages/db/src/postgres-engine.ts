import type { Log } from '@micro/core'
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type DialectAdapter,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
  sql,
} from 'kysely'
import type { Engine } from './engine.ts'
import { PostgresConnection } from './postgres-connection.ts'
import { PostgresDriver } from './postgres-driver.ts'
import { createPool, loadPostgres, type PoolOptions } from './postgres-pool.ts'

/** Key of the advisory lock that a run of migrations holds: the word "micro" in ASCII. */
const MIGRATION_LOCK = 0x6d_69_63_72_6f

/** Makes the engine. @throws MicroError `MICRO_DB_DRIVER`, `MICRO_DB_URL`. */
export async function createPostgresEngine(url: URL, options: PoolOptions, log: Log): Promise<PostgresEngine> {
  return new PostgresEngine(new PostgresDriver(createPool(await loadPostgres(), url, options, log)))
}

/** PostgreSQL by pg. */
export class PostgresEngine implements Engine {
  readonly name = 'postgres'
  readonly driver: PostgresDriver
  /** Ids of the transactions that runs of migrations have begun. */
  readonly #migrating: WeakMap<DatabaseConnection, unknown> = new WeakMap()

  constructor(driver: PostgresDriver) {
    this.driver = driver
  }

  createDriver(): PostgresDriver {
    return this.driver
  }

  createQueryCompiler(): QueryCompiler {
    return new PostgresQueryCompiler()
  }

  createAdapter(): DialectAdapter {
    return new PostgresAdapter()
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new PostgresIntrospector(db)
  }

  /** Without parameters pg sends a text as it is, and the server runs each statement of it. */
  async script(connection: DatabaseConnection, text: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(text))
  }

  async beginMigrations(connection: DatabaseConnection): Promise<void> {
    // Whatever the server's default is: who has waited for the lock must see what the one before has done.
    await this.driver.beginTransaction(connection, { isolationLevel: 'read committed' })
    this.#migrating.set(connection, await transactionId(connection))
    // Neither the wait for another process nor a change of a large table is a statement that hangs.
    await connection.executeQuery(CompiledQuery.raw('set local statement_timeout = 0'))
    await connection.executeQuery(CompiledQuery.raw(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`))
  }

  async isMigrating(connection: DatabaseConnection): Promise<boolean> {
    try {
      return this.#migrating.get(connection) === (await transactionId(connection))
    } catch (error) {
      // Where the server had not said so yet, it is the question that finds the transaction gone.
      if (connection instanceof PostgresConnection && connection.isLost) {
        return false
      }
      throw error
    }
  }

  async hasTable(db: Kysely<unknown>, name: string): Promise<boolean> {
    const { rows } = await sql<{ readonly found: string | null }>`select to_regclass(${name})::text as found`.execute(db)
    return rows[0]?.found !== null
  }
}

async function transactionId(connection: DatabaseConnection): Promise<unknown> {
  const { rows } = await connection.executeQuery<{ readonly id: unknown }>(CompiledQuery.raw('select txid_current() as id'))
  return rows[0]?.id
}
