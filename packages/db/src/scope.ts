import type { DatabaseConnection, TransactionSettings } from 'kysely'
import { dbError } from './db-errors.ts'
import type { EngineDriver } from './engine.ts'
import { Gate } from './gate.ts'

/** What a scope inside another one is: a transaction on its connection, or a savepoint of its transaction. */
interface Inner {
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** What queries run in while a function does: a connection that it has, a transaction on it, or a savepoint inside that. */
export class Scope {
  readonly connection: DatabaseConnection
  readonly #driver: EngineDriver
  readonly #waitMs: number
  readonly #parent: Scope | undefined
  /** Those of the transaction; undefined while none is open. */
  readonly #settings: TransactionSettings | undefined
  readonly #depth: number
  /** Taken while a scope inside this one is open: statements of this one would be rolled back with it. */
  readonly #inner: Gate = new Gate()
  #ended = false

  constructor(connection: DatabaseConnection, driver: EngineDriver, waitMs: number, parent?: Scope, settings?: TransactionSettings) {
    this.connection = connection
    this.#driver = driver
    this.#waitMs = waitMs
    this.#parent = parent
    this.#settings = settings
    this.#depth = parent === undefined ? 0 : parent.#depth + 1
  }

  get isTransaction(): boolean {
    return this.#settings !== undefined
  }

  /** Whether it, or what is around it, has ended. */
  get ended(): boolean {
    return this.#ended || (this.#parent?.ended ?? false)
  }

  /** From here on statements are refused. */
  end(): void {
    this.#ended = true
  }

  /** Whether it is `outer` or lies inside it. */
  isWithin(outer: Scope): boolean {
    return this === outer || (this.#parent?.isWithin(outer) ?? false)
  }

  /**
   * Runs statements in it, after the scopes open inside it.
   * @throws MicroError `MICRO_DB_TRANSACTION_ENDED`.
   */
  async use<T>(consumer: (connection: DatabaseConnection) => Promise<T>): Promise<T> {
    this.#assertOpen()
    if (!this.#inner.busy) {
      return consumer(this.connection)
    }
    await this.#inner.enter(this.#waitMs)
    try {
      this.#assertOpen()
      return consumer(this.connection)
    } finally {
      this.#inner.leave()
    }
  }

  /**
   * Runs a function in a transaction, or in a savepoint of the one that this is: what it did is undone if it fails. `begin` begins
   * a transaction of another kind.
   * @throws MicroError `MICRO_DB_TRANSACTION_SETTINGS` where it asks for what the transaction around it is not.
   */
  async nest<T>(settings: TransactionSettings, run: (inner: Scope) => Promise<T>, begin?: () => Promise<void>): Promise<T> {
    this.#assertOpen()
    this.#assertSame(settings)
    if (!this.#inner.take()) {
      await this.#inner.enter(this.#waitMs)
    }
    try {
      this.#assertOpen()
      const inner = new Scope(this.connection, this.#driver, this.#waitMs, this, this.#settings ?? settings)
      return await this.#runIn(inner, this.isTransaction ? this.#savepoint() : this.#transaction(settings, begin), run)
    } finally {
      this.#inner.leave()
    }
  }

  async #runIn<T>(scope: Scope, { begin, commit, rollback }: Inner, run: (inner: Scope) => Promise<T>): Promise<T> {
    await begin()
    try {
      const result = await run(scope)
      scope.#assertOpen()
      scope.end()
      await commit()
      return result
    } catch (error) {
      scope.end()
      // Once what is around it has ended, the connection may be somebody else's.
      if (!this.ended) {
        // A failure to undo would hide the reason; but nothing goes on from there.
        await rollback().catch(() => this.end())
      }
      throw error
    }
  }

  #transaction(settings: TransactionSettings, begin = () => this.#driver.beginTransaction(this.connection, settings)): Inner {
    return {
      begin,
      commit: () => this.#driver.commitTransaction(this.connection),
      rollback: () => this.#driver.rollbackTransaction(this.connection),
    }
  }

  #savepoint(): Inner {
    const name = `micro_${this.#depth}`
    return {
      begin: () => this.#driver.savepoint(this.connection, name),
      commit: () => this.#driver.releaseSavepoint(this.connection, name),
      rollback: async () => {
        await this.#driver.rollbackToSavepoint(this.connection, name)
        await this.#driver.releaseSavepoint(this.connection, name)
      },
    }
  }

  #assertOpen(): void {
    if (this.ended) {
      throw dbError('MICRO_DB_TRANSACTION_ENDED', {})
    }
  }

  #assertSame({ accessMode, isolationLevel }: TransactionSettings): void {
    if (this.#settings === undefined) {
      return
    }
    const differs = (accessMode ?? this.#settings.accessMode) !== this.#settings.accessMode ? accessMode : undefined
    const wanted =
      differs ?? ((isolationLevel ?? this.#settings.isolationLevel) !== this.#settings.isolationLevel ? isolationLevel : undefined)
    if (wanted !== undefined) {
      throw dbError('MICRO_DB_TRANSACTION_SETTINGS', { wanted })
    }
  }
}
