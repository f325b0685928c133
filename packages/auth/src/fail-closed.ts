import { HttpError, isHttpError, isMicroError } from '@micro/core'
import { authError } from './auth-errors.ts'
import type { AuthStore } from './auth-store.ts'
import type { AnyUser } from './user.ts'

/**
 * The store that `make` gives, made on first use. Every failure of it, and of making it, refuses the request: an outage, which is an
 * `HttpError` 503, must never be taken for an answer, such as "nobody". What a constraint refuses and what is a mistake of the program
 * is no outage, and stays the error of the database; of a table or column that is missing, what to do.
 */
export function failClosed<U extends AnyUser>(make: () => AuthStore<U>): AuthStore<U> {
  let store: AuthStore<U> | undefined
  return new Proxy({} as AuthStore<U>, {
    get:
      (_, name) =>
      async (...args: unknown[]) => {
        try {
          store ??= make()
          return await (Reflect.get(store, name) as (...args: unknown[]) => unknown).apply(store, args)
        } catch (error) {
          throw failureOf(error)
        }
      },
  })
}

function failureOf(error: unknown): unknown {
  const code = codeOf(error)
  if (error instanceof Error && MISSING.test(typeof code === 'number' ? error.message : String(code))) {
    return authError('MICRO_AUTH_TABLES', { reason: error.message }, { cause: error })
  }
  return isHttpError(error) || isNoOutage(error, code) ? error : unavailable(error)
}

/** A 5xx's message is for development; clients of a production see its status alone. */
function unavailable(cause: unknown): HttpError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new HttpError(503, `Accounts and sessions cannot be reached: ${reason}`, { cause, headers: { 'Retry-After': '5' } })
}

/** SQLite's messages of its plain error, and SQLSTATE undefined_table and undefined_column. */
const MISSING = /^(?:no such (?:table|column)|table .* has no column named|42P01$|42703$)/

/** Developers' errors that a database which has gone gives as well. */
const OUTAGES: ReadonlySet<unknown> = new Set(['MICRO_DB_NOT_OPEN', 'MICRO_DB_OPEN'])

const SQLITE_ERROR = 1
const SQLITE_CONSTRAINT = 19

/**
 * A constraint or a mistake: SQLSTATE classes 23 and 42, SQLite's constraints and its plain error, whatever their extended codes
 * (https://www.sqlite.org/rescode.html), and errors for developers.
 */
function isNoOutage(error: unknown, code: unknown): boolean {
  if (isMicroError(error)) {
    return !OUTAGES.has(code)
  }
  return typeof code === 'number'
    ? (code & 0xff) === SQLITE_CONSTRAINT || (code & 0xff) === SQLITE_ERROR
    : typeof code === 'string' && /^(?:23|42)[0-9A-Z]{3}$/.test(code)
}

/** The code of a database's error: a number of SQLite's, or a text. */
function codeOf(error: unknown): unknown {
  const { errcode, code } = (error instanceof Error ? error : {}) as { readonly errcode?: unknown; readonly code?: unknown }
  return typeof errcode === 'number' ? errcode : code
}
