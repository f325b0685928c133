/** Holds a database open, and gives out handles to it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type AbortableOperationOptions,
  type ConnectionProvider,
  type DatabaseConnection,
  DefaultQueryExecutor,
  type KyselyProps,
  sql,
  type Transaction,
  validateTransactionSettings,
} from 'kysely'
import { DbHandle, type HandleView } from './db-handle.ts'
import type { Engine } from './engine.ts'
import type { PageDefaults } from './paginate.ts'
import { Scope } from './scope.ts'
import type { ScopeRunner } from './scope-runner.ts'
import { TransactionHandle } from './transaction-handle.ts'

/** What every handle goes by. */
export interface DatabaseOptions extends PageDefaults {
  readonly acquireTimeoutMs: number
}

type Consumer<T> = (connection: DatabaseConnection) => Promise<T>

/** One open database. */
export class Database {
  readonly engine: Engine
  readonly #waitMs: number
  readonly #defaults: PageDefaults
  readonly #props: KyselyProps
  readonly #runner: ScopeRunner = this.#runnerOf(undefined)
  readonly #scopes: AsyncLocalStorage<Scope> = new AsyncLocalStorage()

  constructor(engine: Engine, { acquireTimeoutMs, perPage, maxPerPage }: DatabaseOptions) {
    this.engine = engine
    this.#waitMs = acquireTimeoutMs
    this.#defaults = { perPage, maxPerPage }
    const executor = new DefaultQueryExecutor(engine.createQueryCompiler(), engine.createAdapter(), this.#provider(undefined))
    this.#props = { config: { dialect: engine }, dialect: engine, driver: engine.driver, executor }
  }

  /** A handle outside requests, or the one of a request. */
  handle<S>(view: Partial<HandleView> = {}): DbHandle<S> {
    return new DbHandle<S>(this.#props, this.#runner, { defaults: this.#defaults, ...view })
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

  /** Runs a function in the transaction of a run of migrations. */
  migrating<T>(run: (trx: Transaction<unknown>, connection: DatabaseConnection) => Promise<T>): Promise<T> {
    return this.#hold((scope) =>
      scope.nest(
        {},
        (inner) => this.#runIn(inner, this.#props, (trx: Transaction<unknown>) => run(trx, scope.connection)),
        () => this.engine.beginMigrations(scope.connection),
      ),
    )
  }

  /** What handles ask: those of the scope, or of the code that asks where there is none. */
  #runnerOf(bound: Scope | undefined): ScopeRunner {
    const scope = () => this.#scope(bound)
    return {
      get within() {
        const current = scope()
        return current === undefined ? undefined : current.isTransaction ? 'transaction' : 'connection'
      },
      transact: async (props, settings, run) => {
        validateTransactionSettings(settings)
        return this.#holdUnless(scope(), (held) => held.nest(settings, (inner) => this.#runIn(inner, props, run)))
      },
      connect: (props, run, options) =>
        this.#holdUnless(
          scope(),
          (held) => this.#scopes.run(held, async () => run(this.#propsOf(held, props), this.#runnerOf(held))),
          options,
        ),
    }
  }

  #runIn<S, T>(scope: Scope, props: KyselyProps, run: (trx: Transaction<S>) => Promise<T>): Promise<T> {
    const trx = new TransactionHandle<S>(this.#propsOf(scope, props), this.#runnerOf(scope))
    return this.#scopes.run(scope, async () => run(trx))
  }

  #propsOf(scope: Scope, props: KyselyProps): KyselyProps {
    return { ...props, executor: props.executor.withConnectionProvider(this.#provider(scope)) }
  }

  /** Gives queries the connection of the scope they belong to, or one of their own. */
  #provider(bound: Scope | undefined): ConnectionProvider {
    return {
      provideConnection: <T>(consumer: Consumer<T>, options?: AbortableOperationOptions) => {
        const scope = this.#scope(bound)
        return scope === undefined ? this.#withConnection(consumer, options) : scope.use(consumer)
      },
    }
  }

  /** The handle of a transaction, used inside a savepoint of it, means the savepoint. */
  #scope(bound: Scope | undefined): Scope | undefined {
    const current = this.#scopes.getStore()
    return bound === undefined || current?.isWithin(bound) ? current : bound
  }

  /** Runs a function with a connection for itself, unless it runs on one already. */
  #holdUnless<T>(scope: Scope | undefined, run: (scope: Scope) => Promise<T>, options?: AbortableOperationOptions): Promise<T> {
    return scope === undefined ? this.#hold(run, options) : run(scope)
  }

  #hold<T>(run: (scope: Scope) => Promise<T>, options?: AbortableOperationOptions): Promise<T> {
    return this.#withConnection(async (connection) => {
      const scope = new Scope(connection, this.engine.driver, this.#waitMs)
      try {
        return await run(scope)
      } finally {
        scope.end()
      }
    }, options)
  }

  async #withConnection<T>(consumer: Consumer<T>, options?: AbortableOperationOptions): Promise<T> {
    const { driver } = this.engine
    const connection = await driver.acquireConnection(options)
    try {
      return await consumer(connection)
    } finally {
      await driver.releaseConnection(connection, options)
    }
  }
}
