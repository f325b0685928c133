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

  /** Called when it is settled. */
  whenOver: (() => void) | null = null

  /** Whether more is wanted. */
  take(chunk: Buffer): boolean {
    this.#length += chunk.length
    if (this.#length > this.#maxBytes) {
      this.#over()
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
    if (!this.#isOver) {
      this.#over()
      this.#done(this.#more === null ? (this.#first ?? new Uint8Array(0)) : Buffer.concat(this.#more, this.#length))
    }
  }

  break(cause: unknown): void {
    if (!this.#isOver) {
      this.#over()
      this.#fail(cutShort(cause))
    }
  }

  #over(): void {
    this.#isOver = true
    this.whenOver?.()
  }
}

/** A request of a server of ours. Its properties are on the prototype until they are set. */
interface OwnMessageType extends IncomingMessage {
  gathering: Gathering | undefined
  /** Whether somebody reads the stream. */
  isAsked: boolean
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
    declare isAsked: boolean
    declare isEndKept: boolean
    declare isLeft: boolean

    /** What Node's parser calls, piece by piece, and with null at the end. */
    override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
      const { gathering } = this
      if (gathering === undefined) {
        if (chunk !== null || this.isAsked || this.readableFlowing !== null || this.listenerCount('end') > 0) {
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
      this.isAsked = true
      super._read(size)
      this.letEnd()
    }

    /**
     * What Node calls when a request is answered whose stream nobody has read: to throw away what comes. A body that somebody waits for goes
     * on; and where all of it has come, there is no end to be waited for.
     */
    _dump(): void {
      const { gathering, socket } = this
      if (gathering !== undefined) {
        // From here on Node no longer tells it that its connection is gone.
        const gone = () => gathering.break(undefined)
        socket.once('close', gone)
        gathering.whenOver = () => socket.off('close', gone)
      } else if (this.isEndKept && this.listenerCount('end') === 0 && this.listenerCount('close') === 0) {
        this.isLeft = true
      } else {
        this.letEnd()
        dump.call(this)
      }
    }

    letEnd(): void {
      if (this.isEndKept) {
        this.isEndKept = false
        super.push(null)
      }
    }

    override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
      this.gathering?.break(error)
      this.gathering = undefined
      super._destroy(error, callback)
    }
  }
  Made.prototype.gathering = undefined
  Made.prototype.isAsked = false
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

/** Bodies that are gathered from streams. */
const fromStreams = new WeakMap<IncomingMessage, Gathering>()

/** Requests that were taken from who read them. */
const taken = new WeakSet<IncomingMessage>()

/** Takes a request from whoever reads it, and will not get all of it: what is left of its body goes through the stream. */
export function stopReading(incoming: IncomingMessage): void {
  if (isOwn(incoming)) {
    incoming.gathering?.break(undefined)
    incoming.gathering = undefined
  }
  fromStreams.get(incoming)?.break(undefined)
  taken.add(incoming)
  incoming.removeAllListeners('data')
  incoming.removeAllListeners('readable')
}

/** The chunks of a request. To leave the loop over them leaves its connection open, and so its reply arrives. @throws HttpError 400. */
export async function* chunksOf(incoming: IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
  yield* incoming.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer> & AsyncIterable<Buffer>
  if (taken.has(incoming)) {
    throw cutShort(undefined)
  }
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
  fromStreams.set(incoming, gathering)
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
