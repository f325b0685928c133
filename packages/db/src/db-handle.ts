/** Kysely's own classes, with transactions that queries find by themselves. */
import { abort } from '@micro/core'
import {
  type AccessMode,
  type ControlledTransactionBuilder,
  type DrainOuterGeneric,
  type IsolationLevel,
  Kysely,
  type KyselyPlugin,
  type KyselyProps,
  type SelectQueryBuilder,
  Transaction,
  TransactionBuilder,
  type TransactionSettings,
} from 'kysely'
import { dbError } from './db-errors.ts'
import type { Db, FirstQuery, Page, PageOptions } from './db-member.ts'
import { type PageDefaults, paginate } from './paginate.ts'
import { shownAs } from './shown-as.ts'

/** Runs functions in transactions. */
export interface TransactionRunner {
  /** Whether the code that asks runs inside a transaction. */
  readonly inTransaction: boolean
  transact<S, T>(props: KyselyProps, settings: TransactionSettings, run: (trx: Transaction<S>) => Promise<T>): Promise<T>
}

/** What a handle is made for. */
export interface HandleView {
  readonly defaults: PageDefaults
  /** The request, if it is one's. Its query may have been replaced by what a schema made of it. */
  readonly request?: { readonly query: unknown }
}

/** A handle: `ctx.db`, `app.db.default`, and what their `withSchema` and `withPlugin` give. */
export class DbHandle<S> extends Kysely<S> implements Db<S> {
  static {
    shownAs(this.prototype, (handle) => `Db(${handle.#props.dialect.constructor.name})`)
  }

  declare readonly '~schema': S
  readonly #props: KyselyProps
  readonly #runner: TransactionRunner
  readonly #view: HandleView

  constructor(props: KyselyProps, runner: TransactionRunner, view: HandleView) {
    super(props)
    this.#props = props
    this.#runner = runner
    this.#view = view
  }

  paginate<DB, T extends keyof DB, O>(query: SelectQueryBuilder<DB, T, O>, options: PageOptions = {}): Promise<Page<O>> {
    return paginate(this.tables<unknown>(), query, options, this.#view.defaults, this.#view.request?.query)
  }

  async firstOr404<T>(query: FirstQuery<T>, message?: string): Promise<T> {
    return (await query.executeTakeFirst()) ?? abort(404, message)
  }

  tables<T>(): DbHandle<T> {
    return this.#with<T>({})
  }

  override get isTransaction(): boolean {
    return this.#runner.inTransaction
  }

  override transaction(): TransactionBuilder<S> {
    return new AmbientTransactionBuilder<S>(this.#props, {}, this.#runner)
  }

  /** @throws MicroError `MICRO_DB_CONTROLLED` inside a transaction. */
  override startTransaction(): ControlledTransactionBuilder<S> {
    if (this.#runner.inTransaction) {
      throw dbError('MICRO_DB_CONTROLLED', {})
    }
    return super.startTransaction()
  }

  override withPlugin(plugin: KyselyPlugin): DbHandle<S> {
    return this.#with({ executor: super.withPlugin(plugin).getExecutor() })
  }

  override withoutPlugins(): DbHandle<S> {
    return this.#with({ executor: super.withoutPlugins().getExecutor() })
  }

  override withSchema(schema: string): DbHandle<S> {
    return this.#with({ executor: super.withSchema(schema).getExecutor() })
  }

  override withTables<T extends Record<string, Record<string, unknown>>>(): DbHandle<DrainOuterGeneric<S & T>> {
    return this.#with({})
  }

  override $extendTables<T extends Record<string, Record<string, unknown>>>(): DbHandle<DrainOuterGeneric<S & T>> {
    return this.#with({})
  }

  override $omitTables<T extends keyof S>(): DbHandle<S extends object ? Omit<S, T> : S> {
    return this.#with({})
  }

  override $pickTables<T extends keyof S>(): DbHandle<S extends object ? Pick<S, T> : S> {
    return this.#with({})
  }

  /** The app closes the database, not a request. */
  override async destroy(): Promise<void> {
    throw dbError('MICRO_DB_DESTROY', {})
  }

  #with<T>(changes: Partial<KyselyProps>): DbHandle<T> {
    return new DbHandle<T>({ ...this.#props, ...changes }, this.#runner, this.#view)
  }
}

/** `transaction()`: what its function does, and whatever that calls, runs in the transaction. */
class AmbientTransactionBuilder<S> extends TransactionBuilder<S> {
  readonly #props: KyselyProps
  readonly #settings: TransactionSettings
  readonly #runner: TransactionRunner

  constructor(props: KyselyProps, settings: TransactionSettings, runner: TransactionRunner) {
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

/** The handle that a transaction's function gets; `transaction()` of it is a savepoint. */
export class TransactionHandle<S> extends Transaction<S> {
  static {
    shownAs(this.prototype, (handle) => `Transaction(${handle.#props.dialect.constructor.name})`)
  }

  readonly #props: KyselyProps
  readonly #runner: TransactionRunner

  constructor(props: KyselyProps, runner: TransactionRunner) {
    super(props)
    this.#props = props
    this.#runner = runner
  }

  // Kysely types this as never, since its own throws. Code that was given a handle need not know that it is a transaction.
  override transaction(): never {
    return new AmbientTransactionBuilder<S>(this.#props, {}, this.#runner) as never
  }
}
