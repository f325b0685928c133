/** Which handler answers an error. */
import { coreError } from '../errors/core-errors.ts'
import { isMicroErrorClass } from '../errors/micro-error.ts'
import { isErrorStatus, isHttpError, isHttpErrorClass } from '../http/http-error.ts'
import type { ErrorHandler, ErrorTarget } from './request-hooks.ts'

/** An error handler as declared. */
export interface ErrorRecord {
  readonly target: ErrorTarget
  readonly handler: ErrorHandler
  /** An extension's name, `blueprint <name>`, or `app`. */
  readonly owner: string
}

/**
 * The handler for an error, in Flask's precedence: one for its status, from the innermost blueprint to the app; then one for its
 * class, again from the inside out, the most specific of each first. An error that is no `HttpError` has no status.
 */
export function findErrorHandler(scopes: readonly (readonly ErrorRecord[])[], error: unknown): ErrorRecord | undefined {
  if (scopes.length === 0) {
    return undefined
  }
  return (isHttpError(error) ? byStatus(scopes, error.status) : undefined) ?? byClass(scopes, error)
}

/** @throws MicroError `MICRO_ERROR_TARGET` for what is neither a status of an error nor a class of errors, or no function to answer it. */
export function checkErrorHandler(target: unknown, handler: unknown): void {
  const problem = problemOf(target)
  if (problem !== undefined) {
    throw coreError('MICRO_ERROR_TARGET', { problem })
  }
  if (typeof handler !== 'function') {
    throw coreError('MICRO_ERROR_TARGET', { problem: `no function to answer it: ${handler === null ? 'null' : typeof handler}` })
  }
}

function problemOf(target: unknown): string | undefined {
  if (typeof target === 'number') {
    return isErrorStatus(target) ? undefined : `${target}, which is no status of an error`
  }
  if (typeof target === 'function') {
    // Of any realm: each class of errors inherits the empty message of `Error.prototype`.
    const { name, prototype } = target as { readonly name: string; readonly prototype?: object }
    return prototype !== undefined && 'message' in prototype
      ? undefined
      : `${name === '' ? 'a function' : `'${name}'`}, which is no class of errors`
  }
  if (typeof target === 'object' && target !== null) {
    return `an instance of ${target.constructor?.name ?? 'nothing'}, where its class is asked for`
  }
  return typeof target === 'string' ? `the text '${target}', where a number or a class is asked for` : String(target)
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
      const record = scope.findLast(({ target }) => isSameClass(target, type))
      if (record !== undefined) {
        return record
      }
    }
  }
  return undefined
}

/** The classes of an error, most specific first. */
function* classesOf(error: unknown): Generator<unknown> {
  let prototype: unknown = typeof error === 'object' && error !== null ? Object.getPrototypeOf(error) : null
  while (prototype !== null && prototype !== Object.prototype) {
    yield (prototype as { readonly constructor: unknown }).constructor
    prototype = Object.getPrototypeOf(prototype)
  }
}

/** Core's own classes of errors are the same in every copy of it. */
function isSameClass(one: unknown, other: unknown): boolean {
  return one === other || (isHttpErrorClass(one) && isHttpErrorClass(other)) || (isMicroErrorClass(one) && isMicroErrorClass(other))
}
