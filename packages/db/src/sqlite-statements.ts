import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { dbError } from './db-errors.ts'

/** A prepared statement, and whether it gives rows. */
export interface Prepared {
  readonly statement: StatementSync
  readonly returnsRows: boolean
}

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
      prepared = prepare(this.#database, sql)
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

/** Prepares one statement. @throws MicroError `MICRO_DB_STATEMENTS` where more follow, which SQLite would leave out silently. */
export function prepare(database: DatabaseSync, sql: string): Prepared {
  const statement = database.prepare(sql)
  if (!ONLY_SPACE.test(sql.slice(statement.sourceSQL.length))) {
    throw dbError('MICRO_DB_STATEMENTS', {})
  }
  return { statement, returnsRows: statement.columns().length > 0 }
}

/** Space, semicolons and comments. */
const ONLY_SPACE = /^(?:[\s;]|--[^\n]*|\/\*[\s\S]*?\*\/)*$/
