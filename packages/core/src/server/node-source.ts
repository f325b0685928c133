/** A request of Node's HTTP server, as core reads it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import { HttpError } from '../http/http-error.ts'
import { ReadHeaders, type RequestHeaders } from '../http/request-headers.ts'
import type { Source } from '../http/source.ts'
import { chunksOf, readIncoming } from './read-incoming.ts'

export class NodeSource implements Source {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  readonly method: string
  readonly target: string

  constructor(incoming: IncomingMessage, response: ServerResponse) {
    this.incoming = incoming
    this.response = response
    this.method = incoming.method as string
    const url = incoming.url as string
    if (url.charCodeAt(0) === SLASH) {
      this.target = url
    } else {
      this.target = originForm(url)
      replaceHost(incoming, url)
    }
  }

  get scheme(): string {
    // Bun's plain sockets have the property too, without a value.
    return (this.incoming.socket as { readonly encrypted?: boolean }).encrypted === true ? 'https' : 'http'
  }

  get prefix(): string {
    return ''
  }

  get remoteAddress(): string | undefined {
    return this.incoming.socket.remoteAddress
  }

  header(name: string): string | undefined {
    return joined(this.incoming, name)
  }

  /** The header `Host`, which is asked of every request. */
  get host(): string | undefined {
    return this.incoming.headers.host
  }

  get headers(): RequestHeaders {
    return new NodeHeaders(this)
  }

  get contentLength(): number | undefined {
    const value = this.incoming.headers['content-length']
    return value === undefined ? undefined : Number(value)
  }

  /** Whether the request announces a body. */
  get hasBody(): boolean {
    // Asked for each reply: by their names, which is the fastest way to look into a table that differs from request to request.
    const { headers } = this.incoming
    const length = headers['content-length']
    return length === undefined ? headers['transfer-encoding'] !== undefined : length !== '0'
  }

  get body(): AsyncIterable<Uint8Array> | null {
    if (!this.hasBody) {
      return null
    }
    const { incoming } = this
    const value = () => chunksOf(incoming)
    Object.defineProperty(incoming, Symbol.asyncIterator, { value, configurable: true })
    return incoming
  }

  /** Whether what has not come yet of a body is too much, or of unknown length, to be read for the sake of the connection's next request. */
  get isUnwanted(): boolean {
    return !this.incoming.complete && this.hasBody && !this.mayBeSkipped
  }

  protected get mayBeSkipped(): boolean {
    return (this.contentLength ?? Infinity) <= SKIPPED_BYTES
  }

  read<T>(maxBytes: number, make: (bytes: Uint8Array) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const done = (bytes: Uint8Array): void => {
        try {
          resolve(make(bytes))
        } catch (error) {
          reject(error)
        }
      }
      if (this.hasBody) {
        readIncoming(this.incoming, maxBytes, done, reject)
      } else {
        done(new Uint8Array(0))
      }
    })
  }

  get signal(): AbortSignal {
    const controller = new AbortController()
    const { outgoing } = this
    const gone = () => {
      if (!this.isSent) {
        controller.abort()
      }
    }
    outgoing.once('close', gone)
    if (outgoing.destroyed) {
      gone()
    }
    Object.defineProperty(this, 'signal', { value: controller.signal })
    return controller.signal
  }

  /** What closes when the response has been sent, or its client has gone. */
  get outgoing(): Writable {
    return this.response
  }

  /** Whether the response, which has closed, was sent whole. */
  get isSent(): boolean {
    return this.response.writableFinished
  }

  /** Whether no other request has the connection at the same time. */
  get isAlone(): boolean {
    return true
  }

  /** Sends the head of the response. */
  writeHead(status: number, list: string[]): void {
    this.response.writeHead(status, list)
  }

  /** Ends a response that has begun, so that its client does not take the beginning for the whole. */
  breakOff(): void {
    this.response.destroy()
  }

  /** Ends a request whose response has been sent, and whose client goes on sending. */
  hangUp(): void {
    this.incoming.destroy()
  }

  native(url: () => URL, used: (() => Error) | null): Request {
    if (/^(?:connect|trace|track)$/i.test(this.method)) {
      throw new HttpError(501, `${this.method} is not supported here.`)
    }
    const headers = new Headers()
    const { rawHeaders } = this.incoming
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index] as string
      if (!isPseudo(name)) {
        headers.append(name, rawHeaders[index + 1] as string)
      }
    }
    const init: RequestInit & { duplex: 'half' } = { method: this.method, headers, duplex: 'half', signal: this.signal }
    // A native request with one of these methods has no body.
    if (this.hasBody && this.method !== 'GET' && this.method !== 'HEAD') {
      init.body = used === null ? nativeBody(this.body as AsyncIterable<Uint8Array>) : refusing(used)
    }
    return new Request(url(), init)
  }
}

const SLASH = 0x2f

/** What may be read of a body that nobody wants, to keep the connection for the next request. */
const SKIPPED_BYTES = 65_536

/** Whether a name is no header's, but HTTP/2's own for a part of the request line. */
function isPseudo(name: string): boolean {
  return name.startsWith(':')
}

/** The origin form of a target in absolute form, as proxies send it (RFC 9112 section 3.2.2); another target as it is. */
function originForm(url: string): string {
  const path = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
  return path.startsWith('/') || path === url ? path : `/${path}`
}

/** A target in absolute form names the host, whatever `Host` says (RFC 9112 section 3.2.2). */
function replaceHost({ rawHeaders, headers }: IncomingMessage, url: string): void {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1]
  if (authority !== undefined) {
    headers.host = authority
    const at = rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === 'host')
    rawHeaders.splice(at < 0 ? rawHeaders.length : at, at < 0 ? 0 : 2, 'Host', authority)
  }
}

/** A header's value as Node makes it of its lines. The table is a plain object: `constructor` is no header of it. */
export function joined({ headers }: IncomingMessage, name: string): string | undefined {
  const value: unknown = headers[name]
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : undefined
}

/** Headers of a Node request, read without regard to case. */
class NodeHeaders extends ReadHeaders {
  readonly #source: NodeSource

  constructor(source: NodeSource) {
    super()
    this.#source = source
  }

  get(name: string): string | null {
    return this.#source.header(name.toLowerCase()) ?? null
  }

  has(name: string): boolean {
    return this.#source.header(name.toLowerCase()) !== undefined
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const name of Object.keys(this.#source.incoming.headers)) {
      if (!isPseudo(name)) {
        visit(this.#source.header(name) as string, name)
      }
    }
  }
}

/** Not by `Readable.toWeb`: where that is cancelled, the connection is not read any more, and its next request waits for ever. */
function nativeBody(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const parts = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await parts.next()
        if (done === true) {
          controller.close()
        } else {
          controller.enqueue(value)
        }
      },
      cancel() {
        // Where a part is waited for, it takes effect when that has come.
        void parts.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

/** A body that was read elsewhere: reading it again says so. */
function refusing(used: () => Error): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.error(used()) })
}
