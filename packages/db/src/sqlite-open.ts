/** Opens SQLite files so that nobody else on the machine reads them, and so that several processes can use one at a time. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { MEMORY } from './database-url.ts'

/** How a database is opened. */
export interface OpenOptions {
  readonly busyTimeoutMs: number
  readonly readOnly?: boolean
}

const OWNER_FILE = 0o600
const OWNER_DIRECTORY = 0o700

/**
 * Opens a database, and makes the file if need be: 0600 in a directory that is made 0700. SQLite gives `-wal` and `-shm` the mode
 * of the file.
 * @throws Error where the file cannot be made or is no database, or the runtime has no SQLite.
 */
export function openSqlite(path: string, { busyTimeoutMs, readOnly = false }: OpenOptions): DatabaseSync {
  // Not an import: bundlers and other runtimes may not know the module, and on Node 22 it warns as soon as it is loaded.
  const sqlite = process.getBuiltinModule('node:sqlite') as typeof import('node:sqlite') | undefined
  if (sqlite === undefined) {
    throw new Error('this runtime has no node:sqlite')
  }
  if (path !== MEMORY && !readOnly) {
    makePrivate(path)
  }
  const database = new sqlite.DatabaseSync(path, { readOnly, enableForeignKeyConstraints: true })
  try {
    // The timeout comes first: switching to WAL takes a lock, for which two processes that start together would fail.
    database.exec(`pragma busy_timeout = ${busyTimeoutMs}`)
    if (!readOnly) {
      database.exec('pragma journal_mode = wal; pragma synchronous = normal')
    }
    // SQL functions and virtual tables that a schema could call behind the application's back. Not in Node 22.
    ;(database as { enableDefensive?: (on: boolean) => void }).enableDefensive?.(true)
    database.exec('pragma trusted_schema = off')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function makePrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: OWNER_DIRECTORY })
  closeSync(openSync(path, 'a', OWNER_FILE))
}
