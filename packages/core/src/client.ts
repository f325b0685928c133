/** A test client: it talks to `app.fetch` without a socket, keeps cookies and follows redirects. */
import { CookieJar } from './cookie-jar.ts'

/** What a client talks to. */
export interface FetchTarget {
  fetch(request: Request): Promise<Response>
}

/** Options of a client. */
export interface ClientOptions {
  /** Scheme and host of its requests; `http://localhost` by default. */
  readonly baseUrl?: string
  /** Sent with every request. */
  readonly headers?: { readonly [name: string]: string }
  /** Follows redirects; true by default. */
  readonly redirects?: boolean
}

/** One request of a client. At most one of `form`, `json` and `body` is given. */
export interface ClientRequest {
  readonly headers?: { readonly [name: string]: string }
  readonly query?: { readonly [name: string]: string | number | boolean }
  /** Sent as `application/x-www-form-urlencoded`, or as multipart if a value is a `File` or `Blob`. */
  readonly form?: { readonly [name: string]: string | number | boolean | Blob | readonly (string | Blob)[] }
  readonly json?: unknown
  readonly body?: BodyInit
  readonly redirects?: boolean
  readonly signal?: AbortSignal
}

const MOST_REDIRECTS = 20

/** A browser without a screen, for tests. */
export class Client {
  /** The cookies it keeps. */
  readonly cookies: CookieJar = new CookieJar()
  /** The URLs of the last request and of the redirects it followed. */
  history: readonly string[] = []
  readonly #target: FetchTarget
  readonly #options: ClientOptions

  constructor(target: FetchTarget, options: ClientOptions = {}) {
    this.#target = target
    this.#options = options
  }

  get(path: string, request?: ClientRequest): Promise<Response> {
    return this.request('GET', path, request)
  }

  post(path: string, request?: ClientRequest): Promise<Response> {
    return this.request('POST', path, request)
  }

  put(path: string, request?: ClientRequest): Promise<Response> {
    return this.request('PUT', path, request)
  }

  patch(path: string, request?: ClientRequest): Promise<Response> {
    return this.request('PATCH', path, request)
  }

  delete(path: string, request?: ClientRequest): Promise<Response> {
    return this.request('DELETE', path, request)
  }

  head(path: string, request?: ClientRequest): Promise<Response> {
    return this.request('HEAD', path, request)
  }

  options(path: string, request?: ClientRequest): Promise<Response> {
    return this.request('OPTIONS', path, request)
  }

  /** Sends a request. Redirects are followed as browsers do: 303 always, 301 and 302 after a POST, with a GET. */
  async request(method: string, path: string, request: ClientRequest = {}): Promise<Response> {
    let url = new URL(path, this.#options.baseUrl ?? 'http://localhost')
    for (const [name, value] of Object.entries(request.query ?? {})) {
      url.searchParams.append(name, String(value))
    }
    let { body, type } = bodyOf(request)
    const history = [url.href]
    for (let step = 0; ; step++) {
      const response = await this.#send(method, url, body, type, request)
      const location = response.headers.get('location')
      const follow =
        (request.redirects ?? this.#options.redirects ?? true) && location !== null && [301, 302, 303, 307, 308].includes(response.status)
      this.history = history
      if (!follow) {
        return response
      }
      if (step >= MOST_REDIRECTS) {
        throw new Error(`More than ${MOST_REDIRECTS} redirects: ${history.join(' → ')}`)
      }
      await response.body?.cancel()
      url = new URL(location, url)
      history.push(url.href)
      if (response.status === 303 || (method === 'POST' && response.status <= 302)) {
        method = method === 'HEAD' ? 'HEAD' : 'GET'
        body = undefined
        type = undefined
      }
    }
  }

  async #send(method: string, url: URL, body: BodyInit | undefined, type: string | undefined, request: ClientRequest): Promise<Response> {
    const headers = new Headers(this.#options.headers)
    for (const [name, value] of Object.entries(request.headers ?? {})) {
      headers.set(name, value)
    }
    if (type !== undefined && !headers.has('content-type')) {
      headers.set('content-type', type)
    }
    const cookies = this.cookies.header(url)
    if (cookies !== '' && !headers.has('cookie')) {
      headers.set('cookie', cookies)
    }
    const init: RequestInit & { duplex?: 'half' } = { method, headers, redirect: 'manual' }
    if (body !== undefined) {
      init.body = body
      init.duplex = 'half'
    }
    if (request.signal !== undefined) {
      init.signal = request.signal
    }
    const response = await this.#target.fetch(new Request(url, init))
    this.cookies.take(url, response.headers.getSetCookie())
    return response
  }
}

function bodyOf(request: ClientRequest): { body: BodyInit | undefined; type: string | undefined } {
  if (request.json !== undefined) {
    return { body: JSON.stringify(request.json), type: 'application/json' }
  }
  if (request.form === undefined) {
    return { body: request.body, type: undefined }
  }
  const pairs = Object.entries(request.form).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly (string | Blob)[]) : [value as string | number | boolean | Blob]).map(
      (item) => [name, item] as const,
    ),
  )
  if (pairs.some(([, value]) => value instanceof Blob)) {
    const form = new FormData()
    for (const [name, value] of pairs) {
      form.append(name, value instanceof Blob ? value : String(value))
    }
    return { body: form, type: undefined }
  }
  return { body: new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])), type: undefined }
}
