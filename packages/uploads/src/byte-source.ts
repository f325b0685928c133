/**
 * Pulls a request body chunk by chunk, under a limit of bytes and of silence. It never destroys what it reads from: a stream that
 * is destroyed takes its socket along, and with it the reply that says what was wrong.
 */
import { Readable } from 'node:stream'
import { isHttpError } from '@micro/core'
import { refusal } from './refusal.ts'

/** Limits of one body. */
export interface ByteLimits {
  readonly totalBytes: number
  readonly idleTimeoutMs: number
}

interface Puller {
  /** The next chunk, or undefined at the end; at once where it is there. */
  next(): Uint8Array | undefined | Promise<Uint8Array | undefined>
  stop(): void
}

/** A body under limits. One chunk is pulled at a time. */
export class ByteSource {
  readonly #puller: Puller
  readonly #limits: ByteLimits
  #bytes = 0
  #stopped: unknown = undefined
  #interrupt: ((reason: unknown) => void) | undefined

  constructor(body: AsyncIterable<Uint8Array>, limits: ByteLimits) {
    this.#puller = body instanceof Readable ? new StreamPuller(body) : new IterablePuller(body)
    this.#limits = limits
  }

  /**
   * The next chunk, or undefined at the end.
   * @throws HttpError 413 over the limit, 408 when the client is silent for too long, 400 when it goes away.
   */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#stopped !== undefined) {
      throw this.#stopped
    }
    const pulled = this.#pull()
    const chunk = pulled instanceof Promise ? await this.#wait(pulled) : pulled
    if (chunk === undefined) {
      this.stop()
      return undefined
    }
    this.#bytes += chunk.length
    if (this.#bytes > this.#limits.totalBytes) {
      throw refusal(413, `The form is larger than ${this.#limits.totalBytes} bytes.`)
    }
    return chunk
  }

  /** Reads no further. A call of `next` that is still waiting fails with `reason`. */
  stop(reason?: unknown): void {
    if (this.#stopped === undefined) {
      this.#stopped = reason ?? refusal(400, 'The form is not read any further.')
      this.#puller.stop()
      this.#interrupt?.(this.#stopped)
    }
  }

  #pull(): ReturnType<Puller['next']> {
    try {
      return this.#puller.next()
    } catch (error) {
      throw broken(error)
    }
  }

  #wait(pulled: Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    const { idleTimeoutMs } = this.#limits
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.stop(refusal(408, `Nothing was received for ${idleTimeoutMs} ms.`)), idleTimeoutMs)
      const settle = (): void => {
        clearTimeout(timer)
        this.#interrupt = undefined
      }
      this.#interrupt = (reason) => {
        settle()
        reject(reason)
      }
      pulled.then(
        (chunk) => {
          settle()
          resolve(chunk)
        },
        (error: unknown) => {
          settle()
          reject(broken(error))
        },
      )
    })
  }
}

function broken(error: unknown): unknown {
  return isHttpError(error) ? error : refusal(400, 'The request ended before its form was complete.', error)
}

/** Node's own stream, in paused mode: what has arrived in small pieces is taken in one. */
class StreamPuller implements Puller {
  readonly #stream: Readable
  #failure: unknown
  #wake: (() => void) | undefined

  constructor(stream: Readable) {
    this.#stream = stream
    this.#failure = stream.errored ?? undefined
    stream.on('readable', this.#notify).on('end', this.#notify).on('close', this.#notify).on('error', this.#fail)
  }

  next(): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    if (this.#failure !== undefined) {
      throw this.#failure
    }
    const chunk: unknown = this.#stream.read(this.#stream.readableLength || undefined)
    if (chunk instanceof Uint8Array) {
      return chunk
    }
    if (this.#stream.readableEnded) {
      return undefined
    }
    if (this.#stream.destroyed) {
      throw new Error('The stream was closed before its end.')
    }
    return this.#later()
  }

  stop(): void {
    this.#stream.off('readable', this.#notify).off('end', this.#notify).off('close', this.#notify).off('error', this.#fail)
    // An error that comes later concerns nobody, but without a listener it would end the process.
    this.#stream.on('error', ignore)
  }

  async #later(): Promise<Uint8Array | undefined> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    return this.next()
  }

  readonly #notify = (): void => {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  readonly #fail = (error: unknown): void => {
    this.#failure = error
    this.#notify()
  }
}

/** Any other iterable; `stop` lets it release what it holds. */
class IterablePuller implements Puller {
  readonly #iterator: AsyncIterator<Uint8Array>

  constructor(iterable: AsyncIterable<Uint8Array>) {
    this.#iterator = iterable[Symbol.asyncIterator]()
  }

  async next(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#iterator.next()
    return done === true ? undefined : value
  }

  stop(): void {
    // Not waited for: a generator that is itself waiting for bytes returns only when they come.
    this.#iterator.return?.()?.then(ignore, ignore)
  }
}

function ignore(): void {}
