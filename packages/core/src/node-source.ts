/** A request of Node's HTTP server, as core reads it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tooLarge } from './body.ts'
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
    this.method = incoming.method ?? 'GET'
    this.target = targetOf(incoming.url ?? '/')
  }

  get scheme(): string {
    return 'encrypted' in this.incoming.socket ? 'https' : 'http'
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

  get body(): AsyncIterable<Uint8Array> | null {
    return hasBody(this.incoming) ? this.incoming : null
  }

  bytes(maxBytes: number): Promise<Uint8Array> {
    return hasBody(this.incoming) ? readIncoming(this.incoming, maxBytes) : Promise.resolve(new Uint8Array(0))
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

  native(url: () => URL): Request {
    const headers = new Headers()
    const { rawHeaders } = this.incoming
    for (let index = 0; index < rawHeaders.length; index += 2) {
      headers.append(rawHeaders[index] as string, rawHeaders[index + 1] as string)
    }
    const init: RequestInit & { duplex: 'half' } = { method: this.method, headers, duplex: 'half', signal: this.signal }
    const { body } = this
    if (body !== null) {
      const { Readable } = process.getBuiltinModule('node:stream')
      init.body = Readable.toWeb(this.incoming) as unknown as ReadableStream<Uint8Array>
    }
    return new Request(url(), init)
  }
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

/** The origin form of a request target: the absolute form that proxies use loses its scheme and host (RFC 9112 section 3.2). */
function targetOf(url: string): string {
  if (url.startsWith('/')) {
    return url
  }
  const start = url.indexOf('://')
  const slash = start < 0 ? -1 : url.indexOf('/', start + 3)
  return slash < 0 ? (start < 0 ? url : '/') : url.slice(slash)
}

function hasBody({ headers }: IncomingMessage): boolean {
  return (headers['content-length'] !== undefined && headers['content-length'] !== '0') || headers['transfer-encoding'] !== undefined
}

function readIncoming(incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const settle = (end: () => void): void => {
      incoming.off('data', take)
      incoming.off('end', finish)
      incoming.off('error', broken)
      incoming.off('close', broken)
      end()
    }
    const take = (chunk: Buffer): void => {
      length += chunk.length
      if (length > maxBytes) {
        incoming.pause()
        settle(() => reject(tooLarge(maxBytes)))
      } else {
        chunks.push(chunk)
      }
    }
    const finish = (): void => settle(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length)))
    const broken = (cause?: unknown): void => settle(() => reject(new HttpError(400, 'The request ended before its body was complete.', { cause })))
    incoming.on('data', take)
    incoming.once('end', finish)
    incoming.once('error', broken)
    incoming.once('close', broken)
  })
}
