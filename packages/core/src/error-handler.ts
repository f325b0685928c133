import { HttpError, isHttpError } from './http-error.ts'
import type { ErrorRecord } from './plan.ts'

/**
 * The handler for an error, in Flask's precedence: one for its status, from the innermost blueprint to the app; then one for its
 * class, the most specific first, again from the inside out. An error that is no `HttpError` is a 500 where no class matches.
 */
export function findErrorHandler(scopes: readonly (readonly ErrorRecord[])[], error: unknown): ErrorRecord | undefined {
  if (scopes.length === 0) {
    return undefined
  }
  return isHttpError(error) ? (byStatus(scopes, error.status) ?? byClass(scopes, error)) : (byClass(scopes, error) ?? byStatus(scopes, 500))
}

function byStatus(scopes: readonly (readonly ErrorRecord[])[], status: number): ErrorRecord | undefined {
  for (const scope of scopes) {
    const record = scope.findLast(({ target }) => target === status)
    if (record !== undefined) {
      return record
    }
  }
  return undefined
}

function byClass(scopes: readonly (readonly ErrorRecord[])[], error: unknown): ErrorRecord | undefined {
  for (const scope of scopes) {
    for (const type of classesOf(error)) {
      const record = scope.findLast(({ target }) => target === type)
      if (record !== undefined) {
        return record
      }
    }
  }
  return undefined
}

/** The classes of an error, most specific first. An `HttpError` of another copy of core counts as this copy's. */
function* classesOf(error: unknown): Generator<unknown> {
  let prototype: unknown = typeof error === 'object' && error !== null ? Object.getPrototypeOf(error) : null
  while (prototype !== null && prototype !== Object.prototype) {
    yield (prototype as { constructor: unknown }).constructor
    prototype = Object.getPrototypeOf(prototype)
  }
  if (isHttpError(error) && !(error instanceof HttpError)) {
    yield HttpError
  }
}
