import type { AbortableOperationOptions, KyselyProps, Transaction, TransactionSettings } from 'kysely'

/** What a handle asks for beside queries. It knows what the code that asks runs in, and takes it from there. */
export interface ScopeRunner {
  /** What the code that asks runs in: a transaction, or the function of a `connection()`. */
  readonly within: 'transaction' | 'connection' | undefined
  /** Runs a function in a transaction. */
  transact<S, T>(props: KyselyProps, settings: TransactionSettings, run: (trx: Transaction<S>) => Promise<T>): Promise<T>
  /** Runs a function that has a connection for itself, with what a handle to it is made of. */
  connect<T>(
    props: KyselyProps,
    run: (props: KyselyProps, runner: ScopeRunner) => Promise<T>,
    options?: AbortableOperationOptions,
  ): Promise<T>
}
