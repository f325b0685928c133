import { coreError } from '../errors/core-errors.ts'
import type { Reply } from './reply.ts'
import { reasonOf, statusInWords } from './status.ts'

/** Marks errors for clients, so that two copies of core recognise each other's. */
const HTTP_ERROR: unique symbol = Symbol.for('micro.httpError')

/** What an `HttpError` may carry beside status and message. */
export interface HttpErrorOptions extends ErrorOptions {
  /** Headers of the reply, such as `Retry-After`. */
  readonly headers?: { readonly [name: string]: string }
  /** Further members of the RFC 9457 problem document, shown to the client. */
  readonly problem?: { readonly [member: string]: unknown }
}

/**
 * An error for the client: its status and message are the reply. A 5xx's message is shown in development only.
 * @throws MicroError `MICRO_ERROR_STATUS` for a status that is none of an error.
 */
export class HttpError extends Error {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly problem: { readonly [member: string]: unknown }

  constructor(status: number, message?: string, options: HttpErrorOptions = {}) {
    if (!isErrorStatus(status)) {
      throw coreError('MICRO_ERROR_STATUS', { status: statusInWords(status) })
    }
    super(message ?? reasonOf(status), options)
    this.name = 'HttpError'
    this.status = status
    this.headers = options.headers ?? {}
    this.problem = options.problem ?? {}
  }
}

Object.defineProperty(HttpError.prototype, HTTP_ERROR, { value: true })

/** Whether `value` is an `HttpError`, of this copy of core or another. */
export function isHttpError(value: unknown): value is HttpError {
  return typeof value === 'object' && value !== null && HTTP_ERROR in value
}

/** Whether `value` is the class itself, of this copy of core or another; its subclasses are not. */
export function isHttpErrorClass(value: unknown): boolean {
  return typeof value === 'function' && Object.hasOwn(value.prototype ?? {}, HTTP_ERROR)
}

/** Whether a number is the status of an error (RFC 9110 sections 15.5 and 15.6). */
export function isErrorStatus(status: unknown): boolean {
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599
}

/**
 * An error of core's own for what clients do all day, such as asking for what is not there. It has no stack, whose capture would cost
 * more than the rest of the request.
 */
export function routineError(status: number, message: string, options?: HttpErrorOptions): HttpError {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return new HttpError(status, message, options)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/**
 * Ends the request: with an error reply of a status, or with a reply that is ready, which no error handler sees. It throws by itself.
 * @throws HttpError always, or the reply; MicroError `MICRO_ERROR_STATUS` for a status that is none of an error.
 */
export function abort(status: number, message?: string, options?: HttpErrorOptions): never
export function abort(reply: Reply | Response): never
export function abort(first: number | Reply | Response, message?: string, options?: HttpErrorOptions): never {
  throw typeof first === 'object' && first !== null ? first : new HttpError(first, message, options)
}
