/**
 * Reads the bodies of Node's requests whole. A server of ours makes its requests of a class whose stream is left out where it can be: the
 * parser's chunks are gathered as they come, and an empty body ends only when somebody reads it.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { coreError } from '../errors/core-errors.ts'
import { cutShort, tooLarge } from '../request/body.ts'

/** A body that is being read. It is settled once. */
class Gathering {
  readonly #maxBytes: number
  readonly #done: (bytes: Uint8Array) => void
  readonly #fail: (error: unknown) => void
  // Most bodies come in one piece, which is passed on as it is.
  #first: Buffer | null = null
  #more: Buffer[] | null = null
  #length = 0
  #isOver = false

  constructor(maxBytes: number, done: (bytes: Uint8Array) => void, fail: (error: unknown) => void) {
    this.#maxBytes = maxBytes
    this.#done = done
    this.#fail = fail
  }

  /** Whether more is wanted. */
  take(chunk: Buffer): boolean {
    this.#length += chunk.length
    if (this.#length > this.#maxBytes) {
      this.#isOver = true
      this.#fail(tooLarge(this.#maxBytes))
      return false
    }
    if (this.#first === null) {
      this.#first = chunk
    } else {
      this.#more ??= [this.#first]
      this.#more.push(chunk)
    }
    return true
  }

  end(): void {
    this.#isOver = true
    this.#done(this.#more === null ? (this.#first ?? new Uint8Array(0)) : Buffer.concat(this.#more, this.#length))
  }

  break(cause: unknown): void {
    if (!this.#isOver) {
      this.#isOver = true
      this.#fail(cutShort(cause))
    }
  }
}

/** A request of a server of ours. Its properties are on the prototype until they are set. */
interface OwnMessageType extends IncomingMessage {
  gathering: Gathering | undefined
  /** Whether an end is kept back that nobody has asked for. */
  isEndKept: boolean
  /** Whether nobody will. */
  isLeft: boolean
}

interface OwnMessageClass {
  readonly prototype: OwnMessageType
  new (socket: Socket): OwnMessageType
}

let OwnMessage: OwnMessageClass | undefined

/** The class of requests for a server of ours. */
export function ownMessage(): typeof IncomingMessage {
  OwnMessage ??= makeOwnMessage()
  return OwnMessage as unknown as typeof IncomingMessage
}

function makeOwnMessage(): OwnMessageClass {
  const { IncomingMessage } = process.getBuiltinModule('node:http')
  const { Readable } = process.getBuiltinModule('node:stream')
  const { _dump: dump } = IncomingMessage.prototype as unknown as { _dump(): void }
  const Made = class extends IncomingMessage implements OwnMessageType {
    declare gathering: Gathering | undefined
    declare isEndKept: boolean
    declare isLeft: boolean

    /** What Node's parser calls, piece by piece, and with null at the end. */
    override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
      const { gathering } = this
      if (gathering === undefined) {
        if (chunk !== null || this.readableFlowing !== null || this.listenerCount('end') > 0) {
          return super.push(chunk, encoding)
        }
        this.isEndKept = true
        return false
      }
      if (chunk === null) {
        this.gathering = undefined
        this.isEndKept = true
        gathering.end()
      } else if (!gathering.take(chunk)) {
        // What is left of it goes the usual way, if anybody wants it.
        this.gathering = undefined
      }
      return true
    }

    override _read(size: number): void {
      super._read(size)
      if (this.isEndKept) {
        this.isEndKept = false
        super.push(null)
      }
    }

    /** What Node calls when a request is answered that nobody has read: where all of it has come, there is no end to be waited for. */
    _dump(): void {
      if (this.isEndKept && this.listenerCount('end') === 0) {
        this.isLeft = true
      } else {
        dump.call(this)
      }
    }

    override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
      this.gathering?.break(error)
      this.gathering = undefined
      super._destroy(error, callback)
    }
  }
  Made.prototype.gathering = undefined
  Made.prototype.isEndKept = false
  Made.prototype.isLeft = false
  // What Node asks then: it would wait for the end.
  const { get: hasEnded } = Object.getOwnPropertyDescriptor(Readable.prototype, 'readableEnded') as { get(): boolean }
  Object.defineProperty(Made.prototype, 'readableEnded', {
    configurable: true,
    get(this: OwnMessageType) {
      return this.isLeft || hasEnded.call(this)
    },
  })
  return Made
}

function isOwn(incoming: IncomingMessage): incoming is OwnMessageType {
  return OwnMessage !== undefined && incoming instanceof OwnMessage
}

/** Takes a request from whoever reads it: what is left of its body goes through the stream. */
export function stopReading(incoming: IncomingMessage): void {
  if (isOwn(incoming)) {
    incoming.gathering = undefined
  }
  incoming.removeAllListeners('data')
  incoming.removeAllListeners('readable')
}

/** Reads a request to its end, and calls one of two functions, once. */
export function readIncoming(
  incoming: IncomingMessage,
  maxBytes: number,
  done: (bytes: Uint8Array) => void,
  fail: (error: unknown) => void,
): void {
  if (incoming.destroyed || incoming.readableEnded) {
    fail(incoming.complete && incoming.readableEnded ? coreError('MICRO_BODY_TAKEN', {}) : cutShort(undefined))
    return
  }
  const gathering = new Gathering(maxBytes, done, fail)
  // What has come before it was asked for lies in the stream.
  if (isOwn(incoming) && !incoming.complete && incoming.readableLength === 0) {
    incoming.gathering = gathering
    return
  }
  // The listeners stay: a request is read once, and taking them off would cost as much as the reading.
  incoming.on('data', (chunk: Buffer) => {
    if (!gathering.take(chunk)) {
      incoming.pause()
    }
  })
  incoming.on('end', () => gathering.end())
  const broken = (cause?: unknown): void => gathering.break(cause)
  incoming.on('error', broken)
  incoming.on('close', broken)
}
