/** Reads request bodies under limits. */
import { coreError } from '../errors/core-errors.ts'
import { HttpError, isHttpError } from '../http/http-error.ts'

/**
 * Limits of one body. Those of a call come first, then those of `ctx.limitBody`, of the route, and of the configuration: `config.limits`,
 * or that of the extension that reads the body.
 */
export interface ReadOptions {
  /** Largest body in bytes; a longer one is 413. */
  readonly maxBytes?: number
  /** Most fields of a form; more are 413. */
  readonly maxFields?: number
  /** Most parts of a form with files; more are 413. */
  readonly maxParts?: number
  /** How long the whole body may take to arrive, in milliseconds; after that it is 408. `config.server.requestTimeoutMs` holds besides. */
  readonly bodyTimeoutMs?: number
}

/** The limits that a route says, or null for none. @throws MicroError `MICRO_LIMIT_INVALID`. */
export function routeLimits(said: { readonly [K in keyof ReadOptions]: number | undefined }): ReadOptions | null {
  const limits: ReadOptions = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
  return Object.keys(limits).length === 0 ? null : checkLimits(limits)
}

/** The limits, each checked: a whole number, and no negative one. @throws MicroError `MICRO_LIMIT_INVALID`. */
export function checkLimits(limits: ReadOptions): ReadOptions {
  for (const name of ['maxBytes', 'maxFields', 'maxParts', 'bodyTimeoutMs'] as const) {
    const value = limits[name]
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
      throw coreError('MICRO_LIMIT_INVALID', { name, value })
    }
  }
  return limits
}

/** The reply to a body over its limit. What is left of it is not read: the connection is closed. */
export function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, `The body is larger than ${maxBytes} bytes.`, { headers: { Connection: 'close' } })
}

/** The reply to a body that ends too early; its client has gone away. */
export function cutShort(cause: unknown): HttpError {
  return new HttpError(400, 'The request ended before its body was complete.', { cause })
}

/** The reply to a body that takes too long. */
export function tooSlow(timeoutMs: number): HttpError {
  return new HttpError(408, `The body did not arrive within ${timeoutMs} ms.`, { headers: { Connection: 'close' } })
}

/** What the promise gives, unless that takes longer: then HttpError 408. */
export async function withinTime<T>(promise: Promise<T>, timeoutMs: number, totalMs: number = timeoutMs): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(tooSlow(totalMs)), timeoutMs)
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}

/** The body's chunks, with HttpError 408 in the place of the one that comes too late. */
export async function* timed(body: AsyncIterable<Uint8Array>, timeoutMs: number): AsyncGenerator<Uint8Array, void, undefined> {
  const end = performance.now() + timeoutMs
  const iterator = body[Symbol.asyncIterator]()
  let isOver = false
  try {
    for (;;) {
      const { done, value } = await withinTime(iterator.next(), Math.max(0, end - performance.now()), timeoutMs)
      if (done === true) {
        isOver = true
        return
      }
      yield value
    }
  } catch (error) {
    isOver = true
    throw error
  } finally {
    if (!isOver) {
      await iterator.return?.()
    }
  }
}

/** The whole body. @throws HttpError 413 over `maxBytes`, 400 when the client goes away. */
export async function readAll(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    // By the reader itself: an iterator around it would wait twice for each chunk.
    const reader = body?.getReader()
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      chunks.push(read.value)
      length += read.value.length
      if (length > maxBytes) {
        // Nobody is left to be told what fails while it lets go.
        reader?.cancel().catch(() => undefined)
        break
      }
    }
  } catch (error) {
    throw cutShort(error)
  }
  if (length > maxBytes) {
    throw tooLarge(maxBytes)
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : joined(chunks, length)
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
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
    for await (const chunk of body) {
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
