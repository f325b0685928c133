import { type DrainOuterGeneric, type KyselyPlugin, type KyselyProps, Transaction } from 'kysely'
import { AmbientTransactionBuilder } from './handle-builders.ts'
import type { ScopeRunner } from './scope-runner.ts'
import { shownAs } from './shown-as.ts'

/** The handle that a transaction's function gets, and what is derived from it; `transaction()` of it is a savepoint. */
export class TransactionHandle<S> extends Transaction<S> {
  static {
    shownAs(this.prototype, (handle) => `Transaction(${handle.#props.dialect.constructor.name})`)
  }

  readonly #props: KyselyProps
  readonly #runner: ScopeRunner

  constructor(props: KyselyProps, runner: ScopeRunner) {
    super(props)
    this.#props = props
    this.#runner = runner
  }

  // Kysely types this as never, since its own throws. Code that was given a handle need not know that it is a transaction.
  override transaction(): never {
    return new AmbientTransactionBuilder<S>(this.#props, {}, this.#runner) as never
  }

  override withPlugin(plugin: KyselyPlugin): TransactionHandle<S> {
    return this.#with({ executor: super.withPlugin(plugin).getExecutor() })
  }

  override withoutPlugins(): TransactionHandle<S> {
    return this.#with({ executor: super.withoutPlugins().getExecutor() })
  }

  override withSchema(schema: string): TransactionHandle<S> {
    return this.#with({ executor: super.withSchema(schema).getExecutor() })
  }

  override withTables<T extends Record<string, Record<string, unknown>>>(): TransactionHandle<DrainOuterGeneric<S & T>> {
    return this.#with({})
  }

  override $extendTables<T extends Record<string, Record<string, unknown>>>(): TransactionHandle<DrainOuterGeneric<S & T>> {
    return this.#with({})
  }

  override $omitTables<T extends keyof S>(): TransactionHandle<S extends object ? Omit<S, T> : S> {
    return this.#with({})
  }

  override $pickTables<T extends keyof S>(): TransactionHandle<S extends object ? Pick<S, T> : S> {
    return this.#with({})
  }

  #with<T>(changes: Partial<KyselyProps>): TransactionHandle<T> {
    return new TransactionHandle<T>({ ...this.#props, ...changes }, this.#runner)
  }
}
