import {
  type DatabaseConnection,
  type DatabaseIntrospector,
  type DialectAdapter,
  type Kysely,
  type QueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import type { Engine } from './engine.ts'
import { ownConnection, SqliteDriver, type SqliteDriverOptions } from './sqlite-driver.ts'

/** How long a run of migrations waits for one in another process. */
const MIGRATION_WAIT_MS = 300_000

/** A savepoint that the transaction of a run of migrations begins with: another transaction, if one took its place, has none. */
const MIGRATION_MARK = 'micro_migrations'

/** SQLite by node:sqlite. */
export class SqliteEngine implements Engine {
  readonly name = 'sqlite'
  readonly driver: SqliteDriver

  constructor(options: SqliteDriverOptions) {
    this.driver = new SqliteDriver(options)
  }

  createDriver(): SqliteDriver {
    return this.driver
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler()
  }

  createAdapter(): DialectAdapter {
    return new SqliteAdapter()
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db)
  }

  async script(connection: DatabaseConnection, sql: string): Promise<void> {
    ownConnection(connection).script(sql)
  }

  async beginMigrations(connection: DatabaseConnection): Promise<void> {
    await ownConnection(connection).begin({ schemaChange: true, busyTimeoutMs: MIGRATION_WAIT_MS })
    await this.driver.savepoint(connection, MIGRATION_MARK)
  }

  async isMigrating(connection: DatabaseConnection): Promise<boolean> {
    try {
      await this.driver.releaseSavepoint(connection, MIGRATION_MARK)
      await this.driver.savepoint(connection, MIGRATION_MARK)
      return true
    } catch {
      return false
    }
  }

  async hasTable(db: Kysely<unknown>, name: string): Promise<boolean> {
    const { rows } = await sql`select 1 from sqlite_schema where type = 'table' and name = ${name}`.execute(db)
    return rows.length > 0
  }
}
