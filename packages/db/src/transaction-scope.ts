import type { DatabaseConnection, TransactionSettings } from 'kysely'
import { dbError } from './db-errors.ts'
import { Gate } from './gate.ts'

/** Statements about savepoints, as a driver runs them. */
export interface Savepoints {
  savepoint(connection: DatabaseConnection, name: string): Promise<void>
  rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void>
  releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void>
}

/** An open transaction, or a savepoint inside one: what queries run in while its function does. */
export class TransactionScope {
  readonly #connection: DatabaseConnection
  readonly #settings: TransactionSettings
  readonly #waitMs: number
  readonly #parent: TransactionScope | undefined
  readonly #depth: number
  /** Taken while a savepoint inside this scope is open: statements of this scope would be rolled back with it. */
  readonly #inner: Gate = new Gate()
  #ended = false

  constructor(connection: DatabaseConnection, settings: TransactionSettings, waitMs: number, parent?: TransactionScope) {
    this.#connection = connection
    this.#settings = settings
    this.#waitMs = waitMs
    this.#parent = parent
    this.#depth = parent === undefined ? 0 : parent.#depth + 1
  }

  /** Whether it, or the transaction around it, has ended. */
  get ended(): boolean {
    return this.#ended || (this.#parent?.ended ?? false)
  }

  /** From here on statements are refused. */
  end(): void {
    this.#ended = true
  }

  /** Whether it is `outer` or lies inside it. */
  isWithin(outer: TransactionScope): boolean {
    return this === outer || (this.#parent?.isWithin(outer) ?? false)
  }

  /**
   * Runs statements in it, after the savepoints open inside it.
   * @throws MicroError `MICRO_DB_TRANSACTION_ENDED`.
   */
  async use<T>(consumer: (connection: DatabaseConnection) => Promise<T>): Promise<T> {
    this.#assertOpen()
    if (!this.#inner.busy) {
      return consumer(this.#connection)
    }
    await this.#inner.enter(this.#waitMs)
    try {
      this.#assertOpen()
      return consumer(this.#connection)
    } finally {
      this.#inner.leave()
    }
  }

  /**
   * Runs a function inside a savepoint: what it did is undone if it fails, and the transaction goes on.
   * @throws MicroError `MICRO_DB_TRANSACTION_SETTINGS` where it asks for what the transaction around it is not.
   */
  async nest<T>(settings: TransactionSettings, savepoints: Savepoints, run: (inner: TransactionScope) => Promise<T>): Promise<T> {
    this.#assertOpen()
    this.#assertSame(settings)
    await this.#inner.enter(this.#waitMs)
    try {
      this.#assertOpen()
      return await this.#runNested(savepoints, run)
    } finally {
      this.#inner.leave()
    }
  }

  async #runNested<T>(savepoints: Savepoints, run: (inner: TransactionScope) => Promise<T>): Promise<T> {
    const inner = new TransactionScope(this.#connection, this.#settings, this.#waitMs, this)
    const name = `micro_${inner.#depth}`
    await savepoints.savepoint(this.#connection, name)
    try {
      const result = await run(inner)
      inner.end()
      this.#assertOpen()
      await savepoints.releaseSavepoint(this.#connection, name)
      return result
    } catch (error) {
      inner.end()
      // Once the transaction around it has ended, the connection may be somebody else's.
      if (!this.ended) {
        await savepoints.rollbackToSavepoint(this.#connection, name)
        await savepoints.releaseSavepoint(this.#connection, name)
      }
      throw error
    }
  }

  #assertOpen(): void {
    if (this.ended) {
      throw dbError('MICRO_DB_TRANSACTION_ENDED', {})
    }
  }

  #assertSame({ accessMode, isolationLevel }: TransactionSettings): void {
    const differs = (accessMode ?? this.#settings.accessMode) !== this.#settings.accessMode ? accessMode : undefined
    const wanted =
      differs ?? ((isolationLevel ?? this.#settings.isolationLevel) !== this.#settings.isolationLevel ? isolationLevel : undefined)
    if (wanted !== undefined) {
      throw dbError('MICRO_DB_TRANSACTION_SETTINGS', { wanted })
    }
  }
}
