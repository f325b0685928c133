import { NativeHeaders, type RequestHeaders } from '../http/request-headers.ts'
import { prefixTaken, type Source } from '../http/source.ts'
import { readAll } from './body.ts'

/** A native request as core reads it. */
export class FetchSource implements Source {
  readonly #request: Request
  readonly #platform: unknown
  readonly method: string
  readonly target: string
  readonly scheme: string

  /** `platform` is what the runtime's server gives beside the request. */
  constructor(request: Request, platform?: unknown) {
    this.#request = request
    this.#platform = platform
    this.method = request.method
    const { url } = request
    const slash = url.indexOf('/', url.indexOf('://') + 3)
    const hash = url.indexOf('#')
    this.target = slash < 0 ? '/' : hash < 0 ? url.slice(slash) : url.slice(slash, hash)
    this.scheme = url.startsWith('https:') ? 'https' : 'http'
  }

  get prefix(): string {
    return prefixTaken(this.#request)
  }

  get remoteAddress(): string | undefined {
    return peerAddress(this.#platform, this.#request)
  }

  header(name: string): string | undefined {
    const value = this.#request.headers.get(name)
    return value ?? (name === 'host' ? new URL(this.#request.url).host : undefined)
  }

  get headers(): RequestHeaders {
    return new NativeHeaders(this.#request.headers)
  }

  get body(): AsyncIterable<Uint8Array> | null {
    return this.#request.body
  }

  get contentLength(): number | undefined {
    const value = this.#request.headers.get('content-length')
    return value !== null && /^\d+$/.test(value) ? Number(value) : undefined
  }

  read<T>(maxBytes: number, make: (bytes: Uint8Array) => T): Promise<T> {
    return readAll(this.#request.body, maxBytes).then(make)
  }

  get signal(): AbortSignal {
    return this.#request.signal
  }

  native(): Request {
    return this.#request
  }
}

/** The peer's address: said outright, as Deno's server says it, or as Bun's is asked for it. */
function peerAddress(platform: unknown, request: Request): string | undefined {
  if (typeof platform !== 'object' || platform === null) {
    return undefined
  }
  const { remoteAddress, remoteAddr } = platform as {
    readonly remoteAddress?: unknown
    readonly remoteAddr?: { readonly hostname?: unknown }
  }
  const asked = 'requestIP' in platform && typeof platform.requestIP === 'function' ? (platform.requestIP(request) as unknown) : undefined
  const address = remoteAddress ?? remoteAddr?.hostname ?? (asked as { readonly address?: unknown } | null | undefined)?.address
  return typeof address === 'string' ? address : undefined
}
