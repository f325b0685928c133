import { coreError } from '../errors/core-errors.ts'

/** Marks replies, so that two copies of core recognise each other's. A symbol: JSON from outside cannot pass itself off as a reply. */
const REPLY: unique symbol = Symbol.for('micro.reply')

/** A body, ready to be sent. `null` is none. A native `ReadableStream` is an async iterable. */
export type ReplyBody = string | Uint8Array | AsyncIterable<Uint8Array | string> | null

/** A reply ready to be sent. `headers` is a flat list, name after value after name. */
export class Reply {
  /** For the compiler alone: what `next()` gives is told apart by it. */
  declare readonly '~reply': true
  status: number
  type: string | null
  body: ReplyBody
  headers: string[] | null

  constructor(status: number, type: string | null, body: ReplyBody, headers: string[] | null = null) {
    this.status = status
    this.type = type
    this.body = body
    this.headers = headers
  }

  /** A header that the reply itself brings; those that `ctx.setHeader` sets are joined with them when all hooks have run. */
  header(name: string): string | undefined {
    const lower = name.toLowerCase()
    if (lower === 'content-type' && this.type !== null) {
      return this.type
    }
    const at = this.headers?.findIndex((other, index) => index % 2 === 0 && other.toLowerCase() === lower) ?? -1
    return at < 0 ? undefined : this.headers?.[at + 1]
  }
}

Object.defineProperty(Reply.prototype, REPLY, { value: true })

/** Whether `value` is a `Reply`, of this copy of core or another. */
export function isReply(value: object): value is Reply {
  return REPLY in value
}

/** What a part of a streamed body is: text or bytes. @throws MicroError `MICRO_BODY_CHUNK`. */
export function bodyChunk(chunk: unknown): string | Uint8Array {
  if (typeof chunk === 'string') {
    return chunk
  }
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  }
  throw coreError('MICRO_BODY_CHUNK', {
    what: chunk === null ? 'null' : Array.isArray(chunk) ? 'a list' : `a value of type ${typeof chunk}`,
  })
}

/**
 * The parts of a streamed body. `return` takes effect while a part is waited for, as far as the source allows it: a native stream is
 * cancelled through its reader, since its own iterator would first wait for the part.
 */
export function partsOf(body: AsyncIterable<unknown>): AsyncIterator<unknown> {
  const { getReader } = body as { getReader?: ReadableStream['getReader'] }
  if (typeof getReader !== 'function') {
    return body[Symbol.asyncIterator]()
  }
  const reader = (getReader as () => ReadableStreamDefaultReader).call(body)
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    async return() {
      await reader.cancel()
      return { done: true, value: undefined }
    },
  }
}

/** Lets a Node stream fail before it is read: its iteration tells of that, but without a listener it would end the process. */
export function mayFail<B extends AsyncIterable<unknown>>(body: B): B {
  const { on } = body as { on?: (event: 'error', listener: () => void) => unknown }
  if (typeof on === 'function') {
    on.call(body, 'error', () => undefined)
  }
  return body
}

/** Lets go of a body that is not sent. */
export function discardBody(body: ReplyBody): void {
  if (body === null || typeof body === 'string' || !(Symbol.asyncIterator in body)) {
    return
  }
  const { destroy } = mayFail(body) as { destroy?: () => void }
  if (typeof destroy === 'function') {
    destroy.call(body)
  } else {
    // Nobody is left to be told what fails while it lets go.
    letGo(body).catch(() => undefined)
  }
}

async function letGo(body: AsyncIterable<unknown>): Promise<void> {
  await partsOf(body).return?.()
}
