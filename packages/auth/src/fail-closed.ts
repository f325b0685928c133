import { HttpError, isHttpError } from '@micro/core'
import type { AuthStore } from './auth-store.ts'
import type { AnyUser } from './user.ts'

const SQLITE_CONSTRAINT = 19

/**
 * The store that `make` gives, made on first use. Every failure of it, and of making it, is an `HttpError` 503: an outage must never be
 * taken for an answer, such as "nobody". What a constraint refuses is no outage, and stays the error of the database.
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
          throw isHttpError(error) || isViolation(error) ? error : unavailable(error)
        }
      },
  })
}

/** A 5xx's message is for development; clients of a production see its status alone. */
function unavailable(cause: unknown): HttpError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new HttpError(503, `Accounts and sessions cannot be read: ${reason}`, { cause, headers: { 'Retry-After': '5' } })
}

/** SQLSTATE class 23, or any of SQLite's extended codes of its constraints (https://www.sqlite.org/rescode.html). */
function isViolation(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false
  }
  const { errcode, code } = error as { readonly errcode?: unknown; readonly code?: unknown }
  return typeof errcode === 'number' ? (errcode & 0xff) === SQLITE_CONSTRAINT : typeof code === 'string' && /^23[0-9A-Z]{3}$/.test(code)
}
