import { CompiledQuery, type ControlConnectionProvider, type DatabaseConnection, type QueryResult } from 'kysely'
import type pg from 'pg'
import { checkBindable } from './bind.ts'
import { dbError } from './db-errors.ts'
import { overloaded } from './gate.ts'
import { IDLE } from './postgres-status.ts'
import { isConnectionTrouble, refusedValue } from './postgres-trouble.ts'
import { quote } from './quote.ts'

/** What is asked of a client of pg. */
export type ClientStatus = Pick<pg.PoolClient, 'getTransactionStatus'>

/** A connection while somebody has it. */
export class PostgresConnection implements DatabaseConnection {
  readonly connection: DatabaseConnection
  /** Whether a transaction was begun that is still to be ended. */
  inTransaction = false
  /** Whether a query has ended it by itself: nothing may be run in its place. */
  isLost = false
  readonly #client: ClientStatus | undefined
  #last: Promise<unknown> = Promise.resolve()
  #streams = 0

  constructor(connection: DatabaseConnection, client: ClientStatus | undefined) {
    this.connection = connection
    this.#client = client
  }

  /** @throws MicroError `MICRO_DB_RAW_TRANSACTION` where the query ends the transaction, `MICRO_DB_TRANSACTION_ENDED` where one has. */
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const bound = { ...query, parameters: checkBindable(query.parameters).map(toPostgres) }
    return this.inTurn(() => this.#guarded(() => this.connection.executeQuery<R>(bound)))
  }

  /** Rows in chunks, by a cursor of the server, inside the open transaction or one of its own. */
  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    if (query.query.kind !== 'SelectQueryNode') {
      yield await this.executeQuery(query)
      return
    }
    const whole = !this.inTransaction
    const name = quote(`micro_stream_${++this.#streams}`)
    if (whole) {
      await this.#execute(CompiledQuery.raw('begin'))
      this.inTransaction = true
    }
    let failed = true
    try {
      await this.executeQuery({ ...query, sql: `declare ${name} no scroll cursor for ${query.sql}` })
      for (;;) {
        const chunk = await this.#execute<R>(CompiledQuery.raw(`fetch forward ${Math.max(1, Math.trunc(chunkSize))} from ${name}`))
        if (chunk.rows.length === 0) {
          break
        }
        yield chunk
      }
      failed = false
    } finally {
      const end = async () => {
        await this.#execute(CompiledQuery.raw(whole ? 'rollback' : `close ${name}`))
        this.inTransaction = !whole
      }
      // After an error of its own the transaction is over, or about to be.
      await end().catch((error: unknown) => {
        if (!failed) {
          throw error
        }
      })
    }
  }

  async collectSessionInfo(): Promise<void> {
    await this.connection.collectSessionInfo?.()
  }

  async cancelQuery(control: ControlConnectionProvider): Promise<void> {
    await this.connection.cancelQuery?.(control)
  }

  async killSession(control: ControlConnectionProvider): Promise<void> {
    await this.connection.killSession?.(control)
  }

  /** Runs one thing after the other: pg takes no query while another one runs. */
  inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => translated(run))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** Notices what a query does to the transaction before the next one has its turn. */
  async #guarded<T>(run: () => Promise<T>): Promise<T> {
    if (this.isLost) {
      throw dbError('MICRO_DB_TRANSACTION_ENDED', {})
    }
    let result: T
    try {
      result = await run()
    } finally {
      this.isLost = this.inTransaction && this.#client?.getTransactionStatus() === IDLE
    }
    if (this.isLost) {
      throw dbError('MICRO_DB_RAW_TRANSACTION', {})
    }
    return result
  }

  #execute<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.inTurn(() => this.connection.executeQuery<R>(query))
  }
}

/** Dates as UTC, whatever the zone of this machine. */
function toPostgres(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value
}

async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw isConnectionTrouble(error) ? overloaded('The database does not answer.', error) : (refusedValue(error) ?? error)
  }
}
