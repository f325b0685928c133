/** What a test client sends: the options of its requests, and native requests made of them. */

import { coreError } from '../errors/core-errors.ts'
import type { JsonProvider } from '../json/json.ts'
import { baseUrlOf } from './client-base-url.ts'

type Scalar = string | number | boolean

/** Credentials: `Authorization: Basic …` (RFC 7617) or `Bearer …` (RFC 6750). */
export type ClientAuth = { readonly username: string; readonly password: string } | { readonly token: string }

/** What a client is made with: the defaults of all its requests. */
export interface ClientOptions {
  /** What paths are resolved against, as a browser resolves links; `http://localhost` by default. A request may give a whole URL instead. */
  readonly baseUrl?: string
  /** Put before the host of `baseUrl`: `api` for `http://api.localhost`. */
  readonly subdomain?: string
  /** Sent with every request; those of a request count. */
  readonly headers?: HeadersInit
  readonly auth?: ClientAuth
  /** Address that the app sees the client at (`ctx.remoteAddress`); `127.0.0.1` by default. */
  readonly remoteAddress?: string
  /** Whether redirects are followed: true by default, to the same host; to any with `anywhere`. */
  readonly redirects?: boolean | 'anywhere'
  /** Whether cookies are kept and sent; true by default. */
  readonly cookies?: boolean
}

/** One request of a client: what differs from its options, and what is sent. At most one of `form`, `json` and `body` is given. */
export interface ClientRequest extends ClientOptions {
  /** Added to the query of the path; a list gives its name several times. */
  readonly query?: URLSearchParams | { readonly [name: string]: Scalar | readonly Scalar[] }
  /** Sent as `application/x-www-form-urlencoded`, or as multipart if a value is a `File` or `Blob`; a list gives its name several times. */
  readonly form?: { readonly [name: string]: Scalar | Blob | readonly (Scalar | Blob)[] }
  /** Sent as `application/json`, written by the app's JSON provider. */
  readonly json?: unknown
  /** Sent as it is: text, bytes, `FormData`, `URLSearchParams`, or piece by piece from a stream or a generator. */
  readonly body?: BodyInit | AsyncIterable<Uint8Array>
  readonly signal?: AbortSignal
}

/** A request that may be sent several times, with changes: a redirect does that. */
export interface Outgoing {
  readonly method: string
  readonly url: URL
  /** Those of the client and of the request, without cookies. */
  readonly headers: Headers
  /** Never `FormData`: its stream throws later, out of anybody's reach, where somebody stops reading it. */
  readonly body: Exclude<BodyInit, FormData> | undefined
  readonly signal: AbortSignal | undefined
}

/** A request as it is sent with a client's options. @throws MicroError `MICRO_CLIENT_REQUEST`. */
export async function outgoing(method: string, path: string, request: ClientRequest, json?: JsonProvider): Promise<Outgoing> {
  if ([request.form, request.json, request.body].filter((part) => part !== undefined).length > 1) {
    throw coreError('MICRO_CLIENT_REQUEST', { method, path, problem: 'it has several bodies' })
  }
  const headers = new Headers(request.headers)
  const { body, type } = await bodyOf(request, json)
  if (type !== undefined && !headers.has('content-type')) {
    headers.set('Content-Type', type)
  }
  if (request.auth !== undefined && !headers.has('authorization')) {
    headers.set('Authorization', credentials(request.auth))
  }
  return { method, url: urlOf(method, path, request), headers, body, signal: request.signal }
}

/** A client's options under those of one request. */
export function withDefaults(options: ClientOptions, request: ClientRequest): ClientRequest {
  const headers = new Headers(options.headers)
  new Headers(request.headers).forEach((value, name) => {
    headers.set(name, value)
  })
  if (request.auth !== undefined && !new Headers(request.headers).has('authorization')) {
    headers.delete('authorization')
  }
  return { ...options, ...request, headers }
}

/** @throws MicroError `MICRO_CLIENT_REQUEST`. */
function urlOf(method: string, path: string, { query = {}, ...options }: ClientRequest): URL {
  const baseUrl = baseUrlOf(options)
  const url = URL.parse(path, baseUrl)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw coreError('MICRO_CLIENT_REQUEST', { method, path, problem: `it leads to no http URL from ${baseUrl}` })
  }
  for (const [name, value] of query instanceof URLSearchParams ? query : pairsOf(query)) {
    url.searchParams.append(name, String(value))
  }
  return url
}

type Encoded = Pick<Outgoing, 'body'> & { readonly type?: string | undefined }

async function bodyOf({ form, json: value, body }: ClientRequest, json: JsonProvider = JSON): Promise<Encoded> {
  if (value !== undefined) {
    return { body: json.stringify(value), type: 'application/json' }
  }
  if (body instanceof FormData) {
    return multipart(body)
  }
  if (form === undefined) {
    return { body: isGenerator(body) ? streamOf(body) : body }
  }
  const pairs = pairsOf(form)
  if (!pairs.some(([, item]) => item instanceof Blob)) {
    return { body: new URLSearchParams(pairs.map(([name, item]) => [name, String(item)])) }
  }
  const data = new FormData()
  for (const [name, item] of pairs) {
    data.append(name, item instanceof Blob ? item : String(item))
  }
  return multipart(data)
}

async function multipart(data: FormData): Promise<Encoded> {
  const encoded = new Response(data)
  return { body: await encoded.arrayBuffer(), type: encoded.headers.get('content-type') ?? undefined }
}

function isGenerator(body: ClientRequest['body']): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && Symbol.asyncIterator in body && !(body instanceof ReadableStream)
}

function streamOf(parts: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = parts[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done === true) {
        controller.close()
      } else {
        controller.enqueue(value)
      }
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}

/** Names and values, those of a list each for itself. */
function pairsOf<T extends Scalar | Blob>(values: { readonly [name: string]: T | readonly T[] }): (readonly [string, T])[] {
  return Object.entries(values).flatMap(([name, value]) =>
    isList(value) ? value.map((item) => [name, item] as const) : [[name, value] as const],
  )
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value)
}

function credentials(auth: ClientAuth): string {
  return 'token' in auth
    ? `Bearer ${auth.token}`
    : `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${auth.username}:${auth.password}`)))}`
}
