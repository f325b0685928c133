/**
 * Kysely's driver on node:sqlite. There is one connection, and its statements are synchronous: what has to be kept apart are
 * transactions, which stay open while their functions wait for other things. A gate lets one transaction or statement in at a time.
 */

import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AbortableOperationOptions, DatabaseConnection, Driver, TransactionSettings } from 'kysely'
import { MEMORY } from './database-url.ts'
import { dbError } from './db-errors.ts'
import { Gate, overloaded } from './gate.ts'
import { quote } from './quote.ts'
import { isBusy, SqliteConnection, type SqliteHost, type WhenFreeOptions } from './sqlite-connection.ts'
import { openSqlite } from './sqlite-open.ts'
import { SqliteStatements } from './sqlite-statements.ts'

/** Where the database is and how long to wait for it. */
export interface SqliteDriverOptions {
  readonly path: string
  readonly busyTimeoutMs: number
  readonly acquireTimeoutMs: number
  /** The name in messages. */
  readonly name: string
}

/** The first wait for another process's lock; each further one is longer, up to the last. */
const FIRST_WAIT_MS = 1
const LAST_WAIT_MS = 50

/** The driver; `init` opens the file, `destroy` closes it. */
export class SqliteDriver implements Driver, SqliteHost {
  readonly #options: SqliteDriverOptions
  readonly #gate: Gate = new Gate()
  #open: { readonly database: DatabaseSync; readonly statements: SqliteStatements } | undefined

  constructor(options: SqliteDriverOptions) {
    this.#options = options
  }

  async init(): Promise<void> {
    if (this.#open === undefined) {
      const { path, busyTimeoutMs } = this.#options
      const database = openSqlite(path, { busyTimeoutMs })
      // From here on waiting is done by `whenFree`: SQLite's own would stop the whole process meanwhile.
      database.exec('pragma busy_timeout = 0')
      this.#open = { database, statements: new SqliteStatements(database) }
    }
  }

  async destroy(): Promise<void> {
    this.#open?.database.close()
    this.#open = undefined
  }

  /** The open database. @throws MicroError `MICRO_DB_NOT_OPEN`. */
  get database(): DatabaseSync {
    return this.#opened().database
  }

  get statements(): SqliteStatements {
    return this.#opened().statements
  }

  /** Opens a second connection that reads; undefined for a database in memory, which has but one. */
  openReader(): DatabaseSync | undefined {
    const { path, busyTimeoutMs } = this.#options
    return path === MEMORY ? undefined : openSqlite(path, { busyTimeoutMs, readOnly: true })
  }

  /**
   * Runs `work` when no transaction is open, and again while another process holds the lock it needs.
   * `keep` keeps others out until `leave` is called.
   * @throws HttpError 503 when either takes too long.
   */
  async whenFree<T>(work: () => T, options: WhenFreeOptions = {}): Promise<T> {
    const { keep = false, busyTimeoutMs = this.#options.busyTimeoutMs, signal } = options
    const startedMs = performance.now()
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LAST_WAIT_MS)) {
      if (signal !== undefined || !this.#gate.take()) {
        await this.#gate.enter(this.#options.acquireTimeoutMs, signal)
      }
      try {
        const result = work()
        if (!keep) {
          this.#gate.leave()
        }
        return result
      } catch (error) {
        this.#gate.leave()
        if (!isBusy(error)) {
          throw error
        }
        if (performance.now() - startedMs >= busyTimeoutMs) {
          throw overloaded('The database is locked by another process.', error)
        }
      }
      await sleep(waitMs, undefined, signal === undefined ? {} : { signal })
    }
  }

  /** Lets the next one in after `whenFree` with `keep`. */
  leave(): void {
    this.#gate.leave()
  }

  async acquireConnection(options?: AbortableOperationOptions): Promise<SqliteConnection> {
    this.#opened()
    return new SqliteConnection(this, options?.signal)
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    // A connection given back with its transaction open would keep everybody else out.
    if (ownConnection(connection).inTransaction) {
      await ownConnection(connection).rollback()
    }
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await ownConnection(connection).begin({ readOnly: settings.accessMode === 'read only' })
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await ownConnection(connection).commit()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await ownConnection(connection).rollback()
  }

  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    ownConnection(connection).control(`savepoint ${quote(name)}`)
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    ownConnection(connection).control(`rollback to ${quote(name)}`)
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    ownConnection(connection).control(`release ${quote(name)}`)
  }

  #opened(): { readonly database: DatabaseSync; readonly statements: SqliteStatements } {
    if (this.#open === undefined) {
      throw dbError('MICRO_DB_NOT_OPEN', { name: this.#options.name })
    }
    return this.#open
  }
}

/** @throws TypeError for a connection of another driver. */
export function ownConnection(connection: DatabaseConnection): SqliteConnection {
  if (!(connection instanceof SqliteConnection)) {
    throw new TypeError('This connection belongs to another driver.')
  }
  return connection
}
