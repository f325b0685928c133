/** Holds a database open, and gives out handles to it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type AbortableOperationOptions,
  type ConnectionProvider,
  type DatabaseConnection,
  DefaultQueryExecutor,
  isAbortedTransactionError,
  type KyselyProps,
  sql,
  type Transaction,
  type TransactionSettings,
  validateTransactionSettings,
} from 'kysely'
import { DbHandle, type HandleView, TransactionHandle, type TransactionRunner } from './db-handle.ts'
import type { Engine } from './engine.ts'
import type { PageDefaults } from './paginate.ts'
import { TransactionScope } from './transaction-scope.ts'

/** What every handle goes by. */
export interface DatabaseOptions extends PageDefaults {
  readonly acquireTimeoutMs: number
}

type Consumer<T> = (connection: DatabaseConnection) => Promise<T>

/** One open database. */
export class Database implements TransactionRunner {
  readonly engine: Engine
  readonly #waitMs: number
  readonly #defaults: PageDefaults
  readonly #props: KyselyProps
  readonly #scopes: AsyncLocalStorage<TransactionScope> = new AsyncLocalStorage()

  constructor(engine: Engine, { acquireTimeoutMs, perPage, maxPerPage }: DatabaseOptions) {
    this.engine = engine
    this.#waitMs = acquireTimeoutMs
    this.#defaults = { perPage, maxPerPage }
    const executor = new DefaultQueryExecutor(engine.createQueryCompiler(), engine.createAdapter(), this.#provider(undefined))
    this.#props = { config: { dialect: engine }, dialect: engine, driver: engine.driver, executor }
  }

  get inTransaction(): boolean {
    return this.#scopes.getStore() !== undefined
  }

  /** A handle outside requests, or the one of a request. */
  handle<S>(view: Partial<HandleView> = {}): DbHandle<S> {
    return new DbHandle<S>(this.#props, this, { defaults: this.#defaults, ...view })
  }

  /** Connects, and proves that the database answers. */
  async open(): Promise<void> {
    await this.engine.driver.init()
    await this.ping()
  }

  async ping(): Promise<void> {
    await sql`select 1`.execute(this.handle())
  }

  async close(): Promise<void> {
    this.#scopes.disable()
    await this.engine.driver.destroy()
  }

  transact<S, T>(props: KyselyProps, settings: TransactionSettings, run: (trx: Transaction<S>) => Promise<T>): Promise<T> {
    return this.#transact(undefined, props, settings, run)
  }

  /** Runs a function with a connection outside any transaction. */
  async withConnection<T>(consumer: Consumer<T>, options?: AbortableOperationOptions): Promise<T> {
    const { driver } = this.engine
    const connection = await driver.acquireConnection(options)
    try {
      return await consumer(connection)
    } finally {
      await driver.releaseConnection(connection, options)
    }
  }

  /** Runs a function in the transaction of a run of migrations. */
  migrating<T>(run: (trx: Transaction<unknown>, connection: DatabaseConnection) => Promise<T>): Promise<T> {
    return this.withConnection(async (connection) => {
      await this.engine.beginMigrations(connection)
      return this.#complete(connection, this.#props, {}, (trx: Transaction<unknown>) => run(trx, connection))
    })
  }

  async #transact<S, T>(
    bound: TransactionScope | undefined,
    props: KyselyProps,
    settings: TransactionSettings,
    run: (trx: Transaction<S>) => Promise<T>,
  ): Promise<T> {
    validateTransactionSettings(settings)
    const scope = this.#scope(bound)
    if (scope !== undefined) {
      return scope.nest(settings, this.engine.driver, (inner) => this.#runIn(inner, props, run))
    }
    return this.withConnection(async (connection) => {
      await this.engine.driver.beginTransaction(connection, settings)
      return this.#complete(connection, props, settings, run)
    })
  }

  async #complete<S, T>(
    connection: DatabaseConnection,
    props: KyselyProps,
    settings: TransactionSettings,
    run: (trx: Transaction<S>) => Promise<T>,
  ): Promise<T> {
    const { driver } = this.engine
    const scope = new TransactionScope(connection, settings, this.#waitMs)
    try {
      const result = await this.#runIn(scope, props, run)
      scope.end()
      await driver.commitTransaction(connection)
      return result
    } catch (error) {
      scope.end()
      if (!isAbortedTransactionError(error)) {
        // Its own failure would hide the reason; the driver does not use the connection again.
        await driver.rollbackTransaction(connection).catch(() => undefined)
      }
      throw error
    }
  }

  #runIn<S, T>(scope: TransactionScope, props: KyselyProps, run: (trx: Transaction<S>) => Promise<T>): Promise<T> {
    const trx = new TransactionHandle<S>(
      { ...props, executor: props.executor.withConnectionProvider(this.#provider(scope)) },
      {
        inTransaction: true,
        transact: (inner, settings, runInner) => this.#transact(scope, inner, settings, runInner),
      },
    )
    return this.#scopes.run(scope, async () => run(trx))
  }

  /** Gives queries the connection of the transaction they belong to, or one of their own. */
  #provider(bound: TransactionScope | undefined): ConnectionProvider {
    return {
      provideConnection: <T>(consumer: Consumer<T>, options?: AbortableOperationOptions) => {
        const scope = this.#scope(bound)
        return scope === undefined ? this.withConnection(consumer, options) : scope.use(consumer)
      },
    }
  }

  /** The handle of a transaction, used inside a savepoint of it, means the savepoint. */
  #scope(bound: TransactionScope | undefined): TransactionScope | undefined {
    const current = this.#scopes.getStore()
    return bound === undefined || current?.isWithin(bound) ? current : bound
  }
}
