import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { QueryResult } from 'kysely'
import { dbError } from './db-errors.ts'

/** A row as node:sqlite gives it, or as it is given on. */
export type Row = { [column: string]: SQLOutputValue }

/** A prepared statement. An integer is read as a number where that is exact, and as a bigint beyond. */
export class Prepared {
  /** Whether it gives rows. */
  readonly returnsRows: boolean
  readonly #statement: StatementSync
  /** Whether its integers are read as bigints first: that is exact, and slower. */
  #exact = false

  /** @throws MicroError `MICRO_DB_STATEMENTS` where more statements follow, which SQLite would leave out silently. */
  constructor(database: DatabaseSync, sql: string) {
    this.#statement = database.prepare(sql)
    if (!ONLY_SPACE.test(sql.slice(this.#statement.sourceSQL.length))) {
      throw dbError('MICRO_DB_STATEMENTS', {})
    }
    this.returnsRows = this.#statement.columns().length > 0
  }

  /** All its rows. Where it is `repeatable`, numbers are tried first, and it is run once more if one of them does not do. */
  all(parameters: readonly SQLInputValue[], repeatable: boolean): Row[] {
    if (repeatable && !this.#exact) {
      try {
        return this.#plain(this.#statement.all(...parameters))
      } catch (error) {
        if (!isTooLarge(error)) {
          throw error
        }
      }
    }
    this.#readExactly()
    return this.#plain(this.#statement.all(...parameters))
  }

  /** Its rows in chunks, read while they are asked for. */
  *chunks(parameters: readonly SQLInputValue[], size: number): Generator<Row[]> {
    this.#readExactly()
    let chunk: Row[] = []
    for (const row of this.#statement.iterate(...parameters)) {
      chunk.push(row)
      if (chunk.length >= size) {
        yield this.#plain(chunk)
        chunk = []
      }
    }
    if (chunk.length > 0) {
      yield this.#plain(chunk)
    }
  }

  /** Runs a statement that gives no rows. */
  run(parameters: readonly SQLInputValue[]): QueryResult<never> {
    this.#readExactly()
    const { changes, lastInsertRowid } = this.#statement.run(...parameters)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  #readExactly(): void {
    if (!this.#exact) {
      this.#exact = true
      this.#statement.setReadBigInts(true)
    }
  }

  /** Rows of node:sqlite have no prototype, and are slow dictionaries. */
  #plain(rows: readonly Row[]): Row[] {
    const [first] = rows
    if (first === undefined) {
      return []
    }
    const columns = Object.keys(first)
    const exact = this.#exact
    return rows.map((row) => {
      const copy: Row = {}
      for (const column of columns) {
        const value = row[column] as SQLOutputValue
        copy[column] = exact ? numberIfExact(value) : value
      }
      return copy
    })
  }
}

function numberIfExact(value: SQLOutputValue): SQLOutputValue {
  if (typeof value !== 'bigint') {
    return value
  }
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** Whether an integer was met that no number holds. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && (error as { readonly code?: unknown }).code === 'ERR_OUT_OF_RANGE'
}

/** Space, semicolons and comments. */
const ONLY_SPACE = /^(?:[\s;]|--[^\n]*|\/\*[\s\S]*?\*\/)*$/
