import { reasonOf } from './status.ts'

/** Marks errors for clients, so that two copies of core recognise each other's. */
const HTTP_ERROR: unique symbol = Symbol.for('micro.httpError')

/** What an `HttpError` may carry beside status and message. */
export interface HttpErrorOptions extends ErrorOptions {
  /** Headers of the reply, such as `Retry-After`. */
  readonly headers?: { readonly [name: string]: string }
  /** Further members of the RFC 9457 problem document, shown to the client. */
  readonly problem?: { readonly [member: string]: unknown }
}

/** An error for the client: its status and message are the reply. A 5xx's message is shown in development only. */
export class HttpError extends Error {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly problem: { readonly [member: string]: unknown }

  constructor(status: number, message?: string, options: HttpErrorOptions = {}) {
    super(message ?? reasonOf(status), options)
    this.name = 'HttpError'
    this.status = Number.isInteger(status) && status >= 400 && status <= 599 ? status : 500
    this.headers = options.headers ?? {}
    this.problem = options.problem ?? {}
  }
}

Object.defineProperty(HttpError.prototype, HTTP_ERROR, { value: true })

/** Whether `value` is an `HttpError`, of this copy of core or another. */
export function isHttpError(value: unknown): value is HttpError {
  return typeof value === 'object' && value !== null && HTTP_ERROR in value
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
 * Ends the request with an error reply. It throws by itself.
 * @throws HttpError always.
 */
export function abort(status: number, message?: string, options?: HttpErrorOptions): never {
  throw new HttpError(status, message, options)
}
