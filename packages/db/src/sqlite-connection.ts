import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { AbortedTransactionError, type CompiledQuery, type DatabaseConnection, type QueryResult } from 'kysely'
import { type Bindable, checkBindable } from './bind.ts'
import { dbError } from './db-errors.ts'
import { Prepared } from './sqlite-prepared.ts'
import type { SqliteStatements } from './sqlite-statements.ts'

/** How to wait for one's turn. */
export interface WhenFreeOptions {
  readonly keep?: boolean
  readonly busyTimeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

/** What a connection needs of its driver. */
export interface SqliteHost {
  readonly database: DatabaseSync
  readonly statements: SqliteStatements
  openReader(): DatabaseSync | undefined
  whenFree<T>(work: () => T, options?: WhenFreeOptions): Promise<T>
  leave(): void
}

/** The kinds of transaction. */
export interface BeginOptions {
  /** Refuses writing statements, and takes no lock. */
  readonly readOnly?: boolean
  /** Lets tables be rebuilt: foreign keys are checked at the end instead of at each statement. */
  readonly schemaChange?: boolean
  readonly busyTimeoutMs?: number
}

/** One user's view of the only connection: its statements wait for the transactions of others, but not for its own. */
export class SqliteConnection implements DatabaseConnection {
  readonly #host: SqliteHost
  readonly #signal: AbortSignal | undefined
  #transaction: BeginOptions | undefined
  /** SQLite has rolled the transaction back by itself, as some errors make it do. */
  #lost = false

  constructor(host: SqliteHost, signal?: AbortSignal) {
    this.#host = host
    this.#signal = signal
  }

  get inTransaction(): boolean {
    return this.#transaction !== undefined
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const parameters = toSqlite(checkBindable(query.parameters))
    const run = () => this.#run(query, parameters) as QueryResult<R>
    return this.#transaction === undefined ? this.#host.whenFree(run, { signal: this.#signal }) : run()
  }

  /** Rows in chunks. Outside a transaction they are read by a connection of their own, so that the consumer may take its time. */
  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    const parameters = toSqlite(checkBindable(query.parameters))
    const transaction = this.#transaction
    const reader = transaction === undefined ? this.#host.openReader() : undefined
    try {
      // Not from the cache: a statement gives one series of rows at a time.
      const statement = new Prepared(reader ?? this.#host.database, query.sql)
      const chunks =
        reader === undefined && transaction === undefined
          ? await this.#host.whenFree(() => [...statement.chunks(parameters, chunkSize)], { signal: this.#signal })
          : statement.chunks(parameters, chunkSize)
      for (const rows of chunks) {
        if (this.#transaction !== transaction) {
          throw dbError('MICRO_DB_TRANSACTION_ENDED', {})
        }
        yield { rows: rows as R[] }
      }
    } finally {
      reader?.close()
    }
  }

  /** Begins a transaction and keeps others out until it ends. */
  async begin(options: BeginOptions): Promise<void> {
    const { database } = this.#host
    const { busyTimeoutMs } = options
    await this.#host.whenFree(
      () => {
        if (options.schemaChange) {
          database.exec('pragma foreign_keys = off')
        }
        try {
          // Deferred, a transaction that reads before it writes would fail where another process has written meanwhile.
          database.exec(options.readOnly ? 'begin; pragma query_only = on' : 'begin immediate')
        } catch (error) {
          this.#restore(options)
          throw error
        }
      },
      { keep: true, signal: this.#signal, ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }) },
    )
    this.#transaction = options
    this.#lost = false
  }

  /** @throws AbortedTransactionError where SQLite has rolled back already; the transaction stays open if the commit fails. */
  async commit(): Promise<void> {
    if (this.#lost) {
      this.#end()
      throw new AbortedTransactionError()
    }
    if (this.#transaction?.schemaChange) {
      const [dangling] = this.#host.database.prepare('pragma foreign_key_check').all()
      if (dangling !== undefined) {
        throw new Error(`rows of table '${dangling.table}' refer to rows of '${dangling.parent}' that do not exist`)
      }
    }
    this.#host.database.exec('commit')
    this.#end()
  }

  async rollback(): Promise<void> {
    try {
      // One that SQLite has rolled back by itself has been ended: what is open now may be somebody else's.
      if (this.inTransaction && this.#host.database.isTransaction) {
        this.#host.database.exec('rollback')
      }
    } finally {
      this.#end()
    }
  }

  /** Runs a statement about savepoints. */
  control(sql: string): void {
    this.#assertAlive()
    this.#host.database.exec(sql)
  }

  /** Runs a text of several statements, inside the open transaction. */
  script(sql: string): void {
    this.#assertAlive()
    try {
      this.#host.database.exec(sql)
    } catch (error) {
      this.#noticeTransaction()
      throw error
    } finally {
      this.#host.statements.clear()
    }
    if (this.#noticeTransaction()) {
      throw dbError('MICRO_DB_RAW_TRANSACTION', {})
    }
  }

  #run({ sql, query }: CompiledQuery, parameters: SQLInputValue[]): QueryResult<unknown> {
    this.#assertAlive()
    const { statements } = this.#host
    let result: QueryResult<unknown>
    try {
      const prepared = statements.get(sql)
      // What only reads may be run twice.
      result = prepared.returnsRows ? { rows: prepared.all(parameters, query.kind === 'SelectQueryNode') } : prepared.run(parameters)
      if (!prepared.returnsRows && !WRITES.has(query.kind)) {
        statements.clear()
      }
    } catch (error) {
      this.#noticeTransaction()
      throw error
    }
    if (this.#noticeTransaction()) {
      throw dbError('MICRO_DB_RAW_TRANSACTION', {})
    }
    return result
  }

  /** Whether a statement began or ended a transaction by itself. What it began is undone; what it ended is noted as lost. */
  #noticeTransaction(): boolean {
    const { database } = this.#host
    if (database.isTransaction === this.inTransaction) {
      return false
    }
    if (this.inTransaction) {
      this.#lost = true
    } else {
      database.exec('rollback')
    }
    return true
  }

  #assertAlive(): void {
    if (this.#lost) {
      throw dbError('MICRO_DB_TRANSACTION_ENDED', {})
    }
  }

  #end(): void {
    const options = this.#transaction
    if (options !== undefined) {
      this.#transaction = undefined
      this.#lost = false
      try {
        this.#restore(options)
      } finally {
        this.#host.leave()
      }
    }
  }

  #restore(options: BeginOptions): void {
    if (options.readOnly) {
      this.#host.database.exec('pragma query_only = off')
    }
    if (options.schemaChange) {
      this.#host.database.exec('pragma foreign_keys = on')
    }
  }
}

const WRITES: ReadonlySet<string> = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode', 'MergeQueryNode'])

/** node:sqlite binds no Date, and no boolean on Node 22. */
function toSqlite(parameters: readonly Bindable[]): SQLInputValue[] {
  return parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value instanceof Date ? value.toISOString() : value))
}

const BUSY = 5
const PRIMARY_CODE = 0xff

/** Whether SQLite failed because another connection holds a lock (result code SQLITE_BUSY and its extended ones). */
export function isBusy(error: unknown): boolean {
  const errcode = error instanceof Error ? (error as { readonly errcode?: unknown }).errcode : undefined
  return typeof errcode === 'number' && (errcode & PRIMARY_CODE) === BUSY
}
