/** Kysely's driver for PostgreSQL, with what a server needs around it: checked parameters, errors that say 503, no lost transactions. */
import {
  type AbortableOperationOptions,
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresDriver as KyselyPostgresDriver,
  type PostgresPool,
  type TransactionSettings,
} from 'kysely'
import type pg from 'pg'
import { dbError } from './db-errors.ts'
import type { EngineDriver } from './engine.ts'
import { overloaded } from './gate.ts'
import { PostgresConnection } from './postgres-connection.ts'
import { quote } from './quote.ts'

/** More than these do not wait for a connection: they are refused at once. */
const MAX_WAITING = 1_000

/** How long connections in use are waited for when the pool ends. */
const CLOSE_WAIT_MS = 2_000

/** The driver; `init` connects nothing yet, `destroy` ends the pool. */
export class PostgresDriver implements EngineDriver {
  readonly #pool: pg.Pool
  readonly #driver: Driver
  readonly #clients: Set<pg.PoolClient> = new Set()
  /** The client that Kysely's driver has just asked for, whose connection does not show it. */
  #asked: Promise<pg.PoolClient> | undefined

  constructor(pool: pg.Pool) {
    this.#pool = pool
    const connect = () => {
      this.#asked = pool.connect()
      return this.#asked
    }
    const { options, Client } = pool as pg.Pool & Pick<PostgresPool, 'Client'>
    this.#driver = new KyselyPostgresDriver({
      pool: { connect, end: () => pool.end(), options, ...(Client === undefined ? {} : { Client }) },
    })
    pool.on('connect', (client) => this.#clients.add(client))
    pool.on('remove', (client) => this.#clients.delete(client))
  }

  async init(): Promise<void> {
    await this.#driver.init()
  }

  /** Ends the pool. Connections that somebody has not given back in time are cut: they would keep the process. */
  async destroy(): Promise<void> {
    const ended = this.#driver.destroy()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_WAIT_MS)
    })
    await Promise.race([ended, late.then(() => Promise.allSettled([...this.#clients].map((client) => client.end())))])
    clearTimeout(timer)
  }

  /** @throws HttpError 503 where no connection can be had in time. */
  async acquireConnection(options?: AbortableOperationOptions): Promise<PostgresConnection> {
    if (this.#pool.waitingCount >= MAX_WAITING) {
      throw overloaded('Too many requests wait for the database.')
    }
    try {
      this.#asked = undefined
      const acquired = this.#driver.acquireConnection(options)
      // Asked for before the call returns: no other one can come between.
      const client = this.#asked
      return new PostgresConnection(await acquired, await client)
    } catch (error) {
      throw overloaded('The database cannot be reached.', error)
    }
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    // What nobody has ended would be the next one's. Where the rollback fails, the pool drops the connection.
    if (own(connection).inTransaction) {
      await this.rollbackTransaction(connection).catch(() => undefined)
    }
    await this.#driver.releaseConnection(own(connection).connection)
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await own(connection).inTurn(() => this.#driver.beginTransaction(own(connection).connection, settings))
    own(connection).inTransaction = true
    own(connection).isLost = false
  }

  /** @throws MicroError `MICRO_DB_RAW_TRANSACTION` where a query has ended the transaction already. */
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    if (own(connection).isLost) {
      throw dbError('MICRO_DB_RAW_TRANSACTION', {})
    }
    own(connection).inTransaction = false
    await own(connection).inTurn(() => this.#driver.commitTransaction(own(connection).connection))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    own(connection).inTransaction = false
    await own(connection).inTurn(() => this.#driver.rollbackTransaction(own(connection).connection))
    // Not before: what the transaction had started waits for its turn.
    own(connection).isLost = false
  }

  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint ${quote(name)}`))
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to ${quote(name)}`))
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release ${quote(name)}`))
  }
}

/** @throws TypeError for a connection of another driver. */
function own(connection: DatabaseConnection): PostgresConnection {
  if (!(connection instanceof PostgresConnection)) {
    throw new TypeError('This connection belongs to another driver.')
  }
  return connection
}
