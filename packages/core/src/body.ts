/** Reads request bodies under limits. */
import { HttpError, isHttpError } from './http-error.ts'

/** The media type of a `Content-Type` value in lower case, or null where it is not well-formed (RFC 9110 section 8.3.1). */
export function mediaType(value: string | undefined): string | null {
  const match = value === undefined ? null : /^[\t ]*([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)[\t ]*(;|$)/.exec(value)
  return match === null ? null : (match[1] as string).toLowerCase()
}

/** Whether a media type is JSON (RFC 6839 section 3.1 for `+json`). */
export function isJsonType(type: string | null): boolean {
  return type === 'application/json' || (type?.endsWith('+json') ?? false)
}

/** The reply to a body over its limit. What is left of it is not read: the connection is closed. */
export function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, `The body is larger than ${maxBytes} bytes.`, { headers: { Connection: 'close' } })
}

/** The reply to a body that ends too early; its client has gone away. */
export function cutShort(cause: unknown): HttpError {
  return new HttpError(400, 'The request ended before its body was complete.', { cause })
}

/** The whole body. @throws HttpError 413 over `maxBytes`, 400 when the client goes away. */
export async function readAll(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  if (body !== null) {
    for await (const chunk of limited(body, maxBytes)) {
      chunks.push(chunk)
      length += chunk.length
    }
  }
  if (chunks.length === 1) {
    return chunks[0] as Uint8Array
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** The body's chunks, with an error in the place of the one that goes over `maxBytes`. */
export async function* limited(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0
  try {
    for await (const chunk of undestroyed(body)) {
      length += chunk.length
      if (length > maxBytes) {
        throw tooLarge(maxBytes)
      }
      yield chunk
    }
  } catch (error) {
    throw isHttpError(error) ? error : cutShort(error)
  }
}

/** A Node stream's iteration destroys it, and with it the connection, when it is left early: the reply could not be sent. */
function undestroyed(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const { iterator } = body as { readonly iterator?: (options: { destroyOnReturn: boolean }) => AsyncIterable<Uint8Array> }
  return typeof iterator === 'function' ? iterator.call(body, { destroyOnReturn: false }) : body
}
