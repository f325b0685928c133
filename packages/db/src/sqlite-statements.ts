import type { DatabaseSync } from 'node:sqlite'
import { Prepared } from './sqlite-prepared.ts'

const MAX_STATEMENTS = 256

/** Keeps the statements used last prepared: preparing costs more than most queries. */
export class SqliteStatements {
  readonly #database: DatabaseSync
  readonly #prepared: Map<string, Prepared> = new Map()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** @throws MicroError `MICRO_DB_STATEMENTS`; SQLite's own error for SQL it does not understand. */
  get(sql: string): Prepared {
    let prepared = this.#prepared.get(sql)
    if (prepared === undefined) {
      prepared = new Prepared(this.#database, sql)
      const [oldest] = this.#prepared.keys()
      if (this.#prepared.size >= MAX_STATEMENTS && oldest !== undefined) {
        this.#prepared.delete(oldest)
      }
    } else {
      this.#prepared.delete(sql)
    }
    this.#prepared.set(sql, prepared)
    return prepared
  }

  /** After a change of the schema: Node 22 would give rows with the columns of before once more. */
  clear(): void {
    this.#prepared.clear()
  }
}
