import type { DatabaseConnection, Dialect, Driver, Kysely } from 'kysely'

/** The kinds of database that are known here. */
export type EngineName = 'sqlite' | 'postgres'

/** A driver that knows savepoints. */
export interface EngineDriver extends Driver {
  savepoint(connection: DatabaseConnection, name: string): Promise<void>
  rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void>
  releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void>
}

/** One kind of database, as the rest of the package uses it: a Kysely dialect with its one driver, and what migrations need. */
export interface Engine extends Dialect {
  readonly name: EngineName
  readonly driver: EngineDriver
  /** Runs a text of several statements. */
  script(connection: DatabaseConnection, sql: string): Promise<void>
  /** Begins the transaction of a run of migrations, waiting for one in another process. */
  beginMigrations(connection: DatabaseConnection): Promise<void>
  /** Whether the transaction that `beginMigrations` began is still open: a migration may have ended it by itself. */
  isMigrating(connection: DatabaseConnection): Promise<boolean>
  /** Whether a table of that name exists. */
  hasTable(db: Kysely<unknown>, name: string): Promise<boolean>
}
