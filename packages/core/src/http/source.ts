import { NativeHeaders, type RequestHeaders } from './request-headers.ts'

/** One request as the edges hand it to core: the Node server's and fetch's. */
export interface Source {
  readonly method: string
  /** Path and query as they were sent. */
  readonly target: string
  /** What was taken off in front of the path by the server or app that this one is mounted in, without a slash at its end. */
  readonly prefix?: string
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
  /** What `make` gives for the whole body. Rejects with HttpError 413 over `maxBytes`, 400 when the client goes away, and what `make` throws. */
  read<T>(maxBytes: number, make: (bytes: Uint8Array) => T): Promise<T>
  readonly signal: AbortSignal
  /** The request as a native one. `used` makes the error that reading its body ends with, where it has been read already. */
  native(url: () => URL, used: (() => Error) | null): Request
}

/** What was taken off in front of the path of a native request that an app hands on. */
const taken = new WeakMap<Request, string>()

/** Notes what was taken off in front of a request's path, so that an app it is handed to builds whole paths. */
export function notePrefix(request: Request, prefix: string): Request {
  taken.set(request, prefix)
  return request
}

/** What was taken off in front of a request's path. */
export function prefixTaken(request: Request): string {
  return taken.get(request) ?? ''
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
      return new NativeHeaders(new Headers())
    },
    body: null,
    contentLength: undefined,
    read: async (_, make) => make(new Uint8Array(0)),
    signal: controller.signal,
    native: (url) => new Request(url()),
  }
}
