/** A request of Node's HTTP server, as core reads it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { cutShort, tooLarge } from './body.ts'
import type { RequestHeaders } from './context.ts'
import { HttpError } from './http-error.ts'
import type { Source } from './source.ts'

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
    this.target = url.charCodeAt(0) === SLASH ? url : originForm(url)
  }

  get scheme(): string {
    // Bun's plain sockets have the property too, without a value.
    return (this.incoming.socket as { readonly encrypted?: boolean }).encrypted === true ? 'https' : 'http'
  }

  get remoteAddress(): string | undefined {
    return this.incoming.socket.remoteAddress
  }

  header(name: string): string | undefined {
    const value = this.incoming.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
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
    const { headers } = this.incoming
    return (headers['content-length'] !== undefined && headers['content-length'] !== '0') || headers['transfer-encoding'] !== undefined
  }

  get body(): AsyncIterable<Uint8Array> | null {
    if (!this.hasBody) {
      return null
    }
    const { incoming } = this
    // Leaving a loop over a request destroys it, and its connection with it: no reply would arrive.
    Object.defineProperty(incoming, Symbol.asyncIterator, { value: () => incoming.iterator({ destroyOnReturn: false }) })
    return incoming
  }

  bytes(maxBytes: number): Promise<Uint8Array> {
    return this.hasBody ? readIncoming(this.incoming, maxBytes) : Promise.resolve(new Uint8Array(0))
  }

  get signal(): AbortSignal {
    const controller = new AbortController()
    const { response } = this
    const gone = () => {
      if (!response.writableFinished) {
        controller.abort()
      }
    }
    response.once('close', gone)
    if (response.destroyed) {
      gone()
    }
    Object.defineProperty(this, 'signal', { value: controller.signal })
    return controller.signal
  }

  native(url: () => URL, used: (() => Error) | null): Request {
    if (/^(?:connect|trace|track)$/i.test(this.method)) {
      throw new HttpError(501, `${this.method} is not supported here.`)
    }
    const headers = new Headers()
    const { rawHeaders } = this.incoming
    for (let index = 0; index < rawHeaders.length; index += 2) {
      headers.append(rawHeaders[index] as string, rawHeaders[index + 1] as string)
    }
    const init: RequestInit & { duplex: 'half' } = { method: this.method, headers, duplex: 'half', signal: this.signal }
    // A native request with one of these methods has no body.
    if (this.hasBody && this.method !== 'GET' && this.method !== 'HEAD') {
      init.body = used === null ? nativeBody(this.incoming) : refusing(used)
    }
    return new Request(url(), init)
  }
}

const SLASH = 0x2f

/** The origin form of a target in absolute form, as proxies send it (RFC 9112 section 3.2.2). */
function originForm(url: string): string {
  const start = url.indexOf('://')
  if (start < 0) {
    return url
  }
  const path = url.slice(start + 3).replace(/^[^/?#]*/, '')
  return path.startsWith('/') ? path : `/${path}`
}

/** Headers of a Node request, read without regard to case. */
class NodeHeaders implements RequestHeaders {
  readonly #source: NodeSource

  constructor(source: NodeSource) {
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
      visit(this.#source.header(name) as string, name)
    }
  }
}

function nativeBody(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const { Readable } = process.getBuiltinModule('node:stream')
  return Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array>
}

/** A body that was read elsewhere: reading it again says so. */
function refusing(used: () => Error): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.error(used()) })
}

/** The listeners stay: a request is read once, and taking them off would cost as much as the reading. */
function readIncoming(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (incoming.destroyed || incoming.readableEnded) {
      reject(cutShort(undefined))
      return
    }
    const chunks: Buffer[] = []
    let length = 0
    let isOver = false
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= maxBytes) {
        chunks.push(chunk)
      } else {
        isOver = true
        incoming.pause()
        reject(tooLarge(maxBytes))
      }
    })
    incoming.on('end', () => {
      isOver = true
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length))
    })
    const broken = (cause?: unknown): void => {
      if (!isOver) {
        isOver = true
        reject(cutShort(cause))
      }
    }
    incoming.on('error', broken)
    incoming.on('close', broken)
  })
}
