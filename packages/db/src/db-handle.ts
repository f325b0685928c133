import { abort, type Context, HttpError } from '@micro/core'
import {
  type ConnectionBuilder,
  type ControlledTransactionBuilder,
  type DrainOuterGeneric,
  Kysely,
  type KyselyPlugin,
  type KyselyProps,
  type SelectQueryBuilder,
  type TransactionBuilder,
} from 'kysely'
import { dbError } from './db-errors.ts'
import type { Db, FirstQuery, Page, PageOptions } from './db-member.ts'
import { AmbientConnectionBuilder, AmbientTransactionBuilder, RequestTransactionBuilder } from './handle-builders.ts'
import { type PageDefaults, paginate } from './paginate.ts'
import { isOutOfRange } from './postgres-trouble.ts'
import type { ScopeRunner } from './scope-runner.ts'
import { shownAs } from './shown-as.ts'

/** What a handle is made for. */
export interface HandleView {
  readonly defaults: PageDefaults
  /** The request, if it is one's. */
  readonly request?: Context
}

/** A handle: `ctx.db`, `app.db.default`, and what their `withSchema` and `withPlugin` give. */
export class DbHandle<S> extends Kysely<S> implements Db<S> {
  static {
    shownAs(this.prototype, (handle) => `Db(${handle.#props.dialect.constructor.name})`)
  }

  declare readonly '~schema': S
  readonly #props: KyselyProps
  readonly #runner: ScopeRunner
  readonly #view: HandleView

  constructor(props: KyselyProps, runner: ScopeRunner, view: HandleView) {
    super(props)
    this.#props = props
    this.#runner = runner
    this.#view = view
  }

  paginate<DB, T extends keyof DB, O>(query: SelectQueryBuilder<DB, T, O>, options: PageOptions = {}): Promise<Page<O>> {
    return paginate(this.tables<unknown>(), query, options, this.#view.defaults, this.#view.request)
  }

  async firstOr404<T>(query: FirstQuery<T>, message?: string): Promise<T> {
    try {
      return (await query.executeTakeFirst()) ?? abort(404, message)
    } catch (error) {
      throw isOutOfRange(error) ? new HttpError(404, message, { cause: error }) : error
    }
  }

  tables<T>(): DbHandle<T> {
    return this.#with<T>({})
  }

  override get isTransaction(): boolean {
    return this.#runner.within === 'transaction'
  }

  override transaction(): TransactionBuilder<S> {
    return new AmbientTransactionBuilder<S>(this.#props, {}, this.#runner)
  }

  override connection(): ConnectionBuilder<S> {
    return new AmbientConnectionBuilder<S>(this.#props, this.#runner, (props, runner) => new DbHandle<S>(props, runner, this.#view))
  }

  /** @throws MicroError `MICRO_DB_CONTROLLED` inside a transaction or the function of `connection()`, which it would outlive. */
  override startTransaction(): ControlledTransactionBuilder<S> {
    if (this.#runner.within !== undefined) {
      throw dbError('MICRO_DB_CONTROLLED', { within: this.#runner.within })
    }
    const { request } = this.#view
    return request === undefined ? super.startTransaction() : new RequestTransactionBuilder<S>(this.#props, {}, request)
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
