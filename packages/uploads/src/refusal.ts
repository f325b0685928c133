import { HttpError } from '@micro/core'

/** The reply to a form that is not read to its end: what is left of it stays unread, so the connection is closed. */
export function refusal(status: number, message: string, cause?: unknown): HttpError {
  return new HttpError(status, message, { headers: { Connection: 'close' }, ...(cause === undefined ? {} : { cause }) })
}
