/** A pool of connections to PostgreSQL by `pg`, which is loaded when it is wanted. */
import type { Log } from '@micro/core'
import type pg from 'pg'
import { dbError } from './db-errors.ts'
import { IDLE } from './postgres-status.ts'
import { postgresValues } from './postgres-values.ts'

/** How the pool behaves. */
export interface PoolOptions {
  readonly poolSize: number
  readonly acquireTimeoutMs: number
  readonly statementTimeoutMs: number
}

/** Loads `pg`. @throws MicroError `MICRO_DB_DRIVER` with the command that installs it. */
export async function loadPostgres(): Promise<typeof pg> {
  try {
    return (await import('pg')).default
  } catch (error) {
    const missing = (error as { readonly code?: unknown }).code === 'ERR_MODULE_NOT_FOUND'
    throw dbError('MICRO_DB_DRIVER', { package: 'pg', reason: missing ? 'it is not installed' : String(error) }, { cause: error })
  }
}

/** Makes a pool; it connects when it is used. */
export function createPool({ Pool, types }: typeof pg, url: URL, options: PoolOptions, log: Log): pg.Pool {
  const pool = new Pool({
    ...connectionOf(url),
    max: options.poolSize,
    connectionTimeoutMillis: options.acquireTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    types: postgresValues(types),
  })
  // Without a listener, a connection that is lost while nobody uses it ends the process.
  pool.on('error', (error) => log.warn('A database connection was lost while it was idle.', { error }))
  pool.on('connect', (client) => {
    // The same between two queries of a transaction; the next query says so.
    client.on('error', () => undefined)
  })
  pool.on('release', (broken, client) => {
    if (!broken && client.getTransactionStatus() !== IDLE) {
      log.error('A database connection was given back with a transaction open, and has been closed.', {
        error: dbError('MICRO_DB_RAW_TRANSACTION', {}),
      })
      // The pool drops what is ending, and the server rolls back.
      client.end().catch(() => undefined)
    }
  })
  return pool
}

type Connection = Pick<pg.PoolConfig, 'connectionString' | 'ssl'>

/** pg's own reading of a URL, but for TLS: a certificate is checked unless the URL says no-verify. */
function connectionOf(url: URL): Connection {
  const bare = new URL(url)
  const mode = bare.searchParams.get('sslmode')
  bare.searchParams.delete('sslmode')
  bare.searchParams.delete('uselibpqcompat')
  const connection = { connectionString: bare.href }
  switch (mode) {
    case null:
      return connection
    case 'disable':
      return { ...connection, ssl: false }
    case 'require':
    case 'verify-ca':
    case 'verify-full':
      return { ...connection, ssl: { rejectUnauthorized: true } }
    case 'no-verify':
      return { ...connection, ssl: { rejectUnauthorized: false } }
    default:
      throw dbError('MICRO_DB_URL', { problem: `has sslmode=${mode}; known are disable, require, verify-ca, verify-full and no-verify` })
  }
}
