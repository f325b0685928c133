import type { Member } from '@micro/core'
import type { Kysely, SelectQueryBuilder, Transaction, TransactionSettings } from 'kysely'
import type { EngineName } from './engine.ts'
import type { MigrationStatus, Migrations } from './migration.ts'

/** A page of results. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Number of this page, from 1. */
  readonly page: number
  readonly perPage: number
  /** Number of items on all pages. */
  readonly total: number
  /** Number of pages. */
  readonly pages: number
  readonly hasNext: boolean
  readonly hasPrevious: boolean
}

/** Which page; what is left out is read from the request's query: `?page=2&perPage=50`. */
export interface PageOptions {
  readonly page?: number
  readonly perPage?: number
  /** Most items that the request may ask for; `config.<name>.maxPerPage` otherwise. */
  readonly max?: number
}

/** A query that gives rows: a select, or an insert, update or delete with `returning`. */
export interface FirstQuery<T> {
  executeTakeFirst(): Promise<T | undefined>
}

/**
 * `ctx.db`: a Kysely of the application's schema. Inside a transaction it is the transaction, wherever it is used; a transaction
 * inside another one is a savepoint.
 */
export interface Db<S> extends Kysely<S> {
  /** A phantom: types only. It keeps handles of different schemas apart. */
  readonly '~schema': S
  /**
   * One page of a query's rows, and how many there are. Give the query an order.
   * @throws HttpError 400 where the request asks for a page that is no positive integer.
   */
  paginate<DB, T extends keyof DB, O>(query: SelectQueryBuilder<DB, T, O>, options?: PageOptions): Promise<Page<O>>
  /** The first row. @throws HttpError 404 with `message` where there is none. */
  firstOr404<T>(query: FirstQuery<T>, message?: string): Promise<T>
  /** The same handle, typed for tables that the schema does not name, as an extension brings them. */
  tables<T>(): Kysely<T>
}

/** What is asked of `ctx.db` by extensions that work with any schema. */
export interface AnyDb {
  readonly isTransaction: boolean
  tables<T>(): Kysely<T>
}

/** What is asked of `app.db` by extensions that work with any schema. */
export interface AnyConnections {
  /** The kind of database. */
  readonly engine: EngineName
  /** The handle, typed for the tables an extension brings; it takes part in open transactions. @throws MicroError `MICRO_DB_NOT_OPEN`. */
  tables<T>(): Kysely<T>
  /** Runs a function in a transaction, which is committed when it returns and rolled back when it throws. */
  transaction<T>(run: () => Promise<T>): Promise<T>
  /**
   * Adds migrations of an extension, in `initApp`. They run before the app's own, in the order of their names; the table of what
   * has been applied knows them as `<namespace>/<name>`.
   * @throws MicroError `MICRO_DB_MIGRATIONS_CLOSED`, `MICRO_DB_MIGRATION_TWICE`, `MICRO_DB_MIGRATION_INVALID`.
   */
  migrations(namespace: string, migrations: Migrations): void
}

/** How migrations are applied. */
export interface MigrateOptions {
  /** Applies also what comes before something that has been applied. */
  readonly allowUnordered?: boolean
}

/** `app.db`: the database of an app. */
export interface Connections<S> extends AnyConnections {
  /** The handle outside requests. @throws MicroError `MICRO_DB_NOT_OPEN` before the app has started. */
  readonly default: Db<S>
  /**
   * Opens the database and proves that it answers. The app does this when it starts.
   * @throws MicroError `MICRO_DB_OPEN`, `MICRO_DB_DRIVER`.
   */
  open(): Promise<void>
  /** Closes it. The app does this when it stops. */
  close(): Promise<void>
  transaction<T>(run: (trx: Transaction<S>) => Promise<T>, settings?: TransactionSettings): Promise<T>
  /**
   * Applies what is pending, all of it or nothing, and gives the names. Another process that does so at the same time is waited for.
   * @throws MicroError `MICRO_DB_MIGRATION_FAILED`, `MICRO_DB_MIGRATION_COMMITTED`, `MICRO_DB_MIGRATION_ORDER`, `MICRO_DB_MIGRATION_INVALID`, `MICRO_DB_MIGRATION_TWICE`.
   */
  migrate(options?: MigrateOptions): Promise<readonly string[]>
  /**
   * Takes back the last `steps` migrations, one by default, all of them or none, and gives the names.
   * @throws MicroError `MICRO_DB_STEPS`, `MICRO_DB_MIGRATION_FAILED`, `MICRO_DB_MIGRATION_COMMITTED`, `MICRO_DB_MIGRATION_GONE`, `MICRO_DB_MIGRATION_INVALID`.
   */
  rollbackMigrations(steps?: number): Promise<readonly string[]>
  /** Every migration, in order. */
  migrationStatus(): Promise<readonly MigrationStatus[]>
  /** Resolves if the database answers. @throws HttpError 503. */
  ping(): Promise<void>
}

/** The member that `db()` provides, of one schema. */
export interface DbMember<S> extends Member<Connections<S>, Db<S>> {}

/** The member as extensions need it that work with any schema: `needs: { db: need<AnyDbMember>('^1') }`. */
export interface AnyDbMember extends Member<AnyConnections, AnyDb> {}
