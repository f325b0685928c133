/** What `transaction()`, `connection()` and `startTransaction()` of a handle give: Kysely's own, bound to what the code runs in. */
import type { Context } from '@micro/core'
import {
  type AbortableOperationOptions,
  type AccessMode,
  ConnectionBuilder,
  type ControlledTransaction,
  ControlledTransactionBuilder,
  type IsolationLevel,
  type Kysely,
  type KyselyProps,
  type Transaction,
  TransactionBuilder,
  type TransactionSettings,
} from 'kysely'
import type { ScopeRunner } from './scope-runner.ts'

/** `transaction()`: what its function does, and whatever that calls, runs in the transaction. */
export class AmbientTransactionBuilder<S> extends TransactionBuilder<S> {
  readonly #props: KyselyProps
  readonly #settings: TransactionSettings
  readonly #runner: ScopeRunner

  constructor(props: KyselyProps, settings: TransactionSettings, runner: ScopeRunner) {
    super({ ...props, ...settings })
    this.#props = props
    this.#settings = settings
    this.#runner = runner
  }

  override setAccessMode(accessMode: AccessMode): AmbientTransactionBuilder<S> {
    return new AmbientTransactionBuilder(this.#props, { ...this.#settings, accessMode }, this.#runner)
  }

  override setIsolationLevel(isolationLevel: IsolationLevel): AmbientTransactionBuilder<S> {
    return new AmbientTransactionBuilder(this.#props, { ...this.#settings, isolationLevel }, this.#runner)
  }

  override execute<T>(run: (trx: Transaction<S>) => Promise<T>): Promise<T> {
    return this.#runner.transact(this.#props, this.#settings, run)
  }
}

/** `connection()`: what its function does, and whatever that calls, runs on one connection. */
export class AmbientConnectionBuilder<S> extends ConnectionBuilder<S> {
  readonly #props: KyselyProps
  readonly #runner: ScopeRunner
  readonly #handleOf: (props: KyselyProps, runner: ScopeRunner) => Kysely<S>

  constructor(props: KyselyProps, runner: ScopeRunner, handleOf: (props: KyselyProps, runner: ScopeRunner) => Kysely<S>) {
    super(props)
    this.#props = props
    this.#runner = runner
    this.#handleOf = handleOf
  }

  override execute<T>(run: (db: Kysely<S>) => Promise<T>, options?: AbortableOperationOptions): Promise<T> {
    return this.#runner.connect(this.#props, (props, runner) => run(this.#handleOf(props, runner)), options)
  }
}

/** `startTransaction()` in a request: what is still open at the request's end is rolled back. */
export class RequestTransactionBuilder<S> extends ControlledTransactionBuilder<S> {
  readonly #props: KyselyProps
  readonly #settings: TransactionSettings
  readonly #request: Context

  constructor(props: KyselyProps, settings: TransactionSettings, request: Context) {
    super({ ...props, ...settings })
    this.#props = props
    this.#settings = settings
    this.#request = request
  }

  override setAccessMode(accessMode: AccessMode): RequestTransactionBuilder<S> {
    return new RequestTransactionBuilder(this.#props, { ...this.#settings, accessMode }, this.#request)
  }

  override setIsolationLevel(isolationLevel: IsolationLevel): RequestTransactionBuilder<S> {
    return new RequestTransactionBuilder(this.#props, { ...this.#settings, isolationLevel }, this.#request)
  }

  /** Nothing begins once the request is over: asking for its teardown fails then. */
  override async execute(): Promise<ControlledTransaction<S>> {
    let begun: Promise<ControlledTransaction<S>> | undefined
    this.#request.onTeardown(() => begun?.then((trx) => this.#end(trx)))
    begun = super.execute()
    return begun
  }

  async #end(trx: ControlledTransaction<S>): Promise<void> {
    if (trx.isCommitted || trx.isRolledBack) {
      return
    }
    const { method, path, log } = this.#request
    log.warn(
      `${method} ${path} left a transaction open that it had begun with startTransaction(); it is rolled back. Commit it, or use transaction().`,
    )
    await trx.rollback().execute()
  }
}
