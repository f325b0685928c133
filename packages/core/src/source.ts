import type { RequestHeaders } from './context.ts'

/** One request as the edges hand it to core: the Node server's and fetch's. */
export interface Source {
  readonly method: string
  /** Path and query as they were sent. */
  readonly target: string
  /** `http` or `https`, of the connection itself. */
  readonly scheme: string
  /** Address of the peer, where it is known. */
  readonly remoteAddress: string | undefined
  /** A header's value by its lower-case name; several are joined by commas. */
  header(name: string): string | undefined
  readonly headers: RequestHeaders
  /** The body, or null where there is none. */
  readonly body: AsyncIterable<Uint8Array> | null
  /** The length the client announced, or undefined. */
  readonly contentLength: number | undefined
  /** The whole body. @throws HttpError 413 over `maxBytes`, 400 when the client goes away. */
  bytes(maxBytes: number): Promise<Uint8Array>
  readonly signal: AbortSignal
  /** The request as a native one. `used` makes the error that reading its body ends with, where it has been read already. */
  native(url: () => URL, used: (() => Error) | null): Request
}

/** The source of contexts outside any request: commands and `app.run`. */
export function detachedSource(): Source {
  const controller = new AbortController()
  return {
    method: 'GET',
    target: '/',
    scheme: 'http',
    remoteAddress: undefined,
    header: () => undefined,
    get headers() {
      return new Headers()
    },
    body: null,
    contentLength: undefined,
    bytes: async () => new Uint8Array(0),
    signal: controller.signal,
    native: (url) => new Request(url()),
  }
}
