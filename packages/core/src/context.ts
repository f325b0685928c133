import type { CookieOptions } from './cookie.ts'
import type { CoreConfig } from './core-config.ts'
import type { ServerEvent } from './events.ts'
import type { FileOptions } from './files.ts'
import type { Flash } from './flash.ts'
import type { Log } from './log.ts'
import type { Mode } from './mode.ts'
import type { Params } from './path-params.ts'
import type { Reply } from './reply.ts'
import type { Session } from './session.ts'
import type { UrlOptions, UrlValues } from './url-for.ts'

/** The request's headers, read without regard to case. A native `Headers` satisfies it. */
export interface RequestHeaders {
  get(name: string): string | null
  has(name: string): boolean
  forEach(visit: (value: string, name: string) => void): void
}

/** The route that answers, as handlers and hooks see it. */
export interface RouteInfo {
  readonly name: string | undefined
  readonly path: string
  readonly methods: readonly string[]
}

/** The part of the app that a request may see. */
export interface AppView {
  readonly name: string
  readonly mode: Mode
  readonly config: CoreConfig
  readonly log: Log
  urlFor(name: string, values?: UrlValues, options?: UrlOptions): string
}

/** What a body reader may be told; the limits of the route and of `config.limits` hold otherwise. */
export interface ReadOptions {
  /** Largest body in bytes; a longer one is 413. */
  readonly maxBytes?: number
}

/**
 * One request and the reply to it. A handler gets it as its only argument; extensions add one member each under their own name,
 * middleware adds what it names. `P` is the route's path, from which `params` is typed; `V` the converters that the app adds.
 */
export interface Context<P extends string = string, V = {}> {
  readonly app: AppView
  /** The request as a native `Request`, made on first use. Its body is the same source that the `read…` methods drain: read it once. */
  readonly request: Request
  /** Upper-case method. */
  readonly method: string
  /** The path as it was sent, without the query, still percent-encoded. */
  readonly path: string
  /** The whole URL, made on first use; behind proxies by `config.server.trustedProxies`. */
  readonly url: URL
  /** The path's params, decoded and converted. */
  readonly params: Params<P, V>
  readonly query: URLSearchParams
  readonly headers: RequestHeaders
  readonly cookies: { readonly [name: string]: string | undefined }
  /** A fresh id of this request (UUID), or the incoming `X-Request-Id` where `config.server.trustRequestId` is on. */
  readonly id: string
  /** Aborts when the client goes away before the reply is finished. */
  readonly signal: AbortSignal
  readonly route: RouteInfo | undefined
  /** Name of the blueprint the route belongs to. */
  readonly blueprint: string | undefined

  /** The whole body as text (UTF-8). @throws HttpError 413 over the limit, 400 on a broken body; MicroError `MICRO_BODY_USED` on a second read. */
  readText(options?: ReadOptions): Promise<string>
  /** The whole body parsed as JSON. @throws HttpError 415 without a JSON content type, 400 if malformed, 413 over the limit. */
  readJson(options?: ReadOptions): Promise<unknown>
  /** An `application/x-www-form-urlencoded` body. Other form types need a body reader (`@micro/uploads`). @throws HttpError 415, 413. */
  readForm(options?: ReadOptions): Promise<URLSearchParams>
  /**
   * The body by its content type: JSON as its value, a form as `URLSearchParams`, other types as the body reader that an extension
   * registered gives them. @throws HttpError 415 for a type that nothing reads, and what the reader throws.
   */
  readBody(options?: ReadOptions): Promise<unknown>
  /** The whole body as bytes. @throws HttpError 413 over the limit. */
  readBytes(options?: ReadOptions): Promise<Uint8Array>
  /** The body as the one source of bytes: Node's own stream where there is one. No limit but `maxBytes` is applied. */
  readStream(options?: ReadOptions): AsyncIterable<Uint8Array>

  readonly session: Session
  /** Keeps a message for the next page that shows it. */
  flash(message: string, category?: string): void
  /** Takes the messages kept so far. */
  flashes(): Flash[]

  /** Renders a template. */
  render(template: string, values?: object, status?: number): Reply | Promise<Reply>
  html(body: string, status?: number): Reply
  text(body: string, status?: number): Reply
  json(value: unknown, status?: number): Reply
  /** Redirects to a path or URL: 303 after an unsafe method, 302 otherwise, unless `status` says another. */
  redirect(to: string, status?: 301 | 302 | 303 | 307 | 308): Reply
  /**
   * Sends a file of the local disk, with conditional and range requests. A relative path lies in the app's own directory. It is trusted:
   * check what comes from outside before. @throws HttpError 404.
   */
  file(path: string, options?: FileOptions): Reply | Promise<Reply>
  /** Server-sent events. */
  events(source: AsyncIterable<ServerEvent>): Reply
  /** A reply of any kind with a status. */
  reply(body: unknown, status?: number): Reply
  /** Status of the reply where the handler's result does not say one. */
  status: number
  /** Sets a header of the reply. @throws MicroError `MICRO_HEADER_INVALID` for a name or value that HTTP does not allow. */
  setHeader(name: string, value: string): void
  /** Adds a header beside those of the same name. */
  appendHeader(name: string, value: string): void
  setCookie(name: string, value: string, options?: CookieOptions): void
  deleteCookie(name: string, options?: CookieOptions): void

  /** Path of a named route. `.name` is relative to the route's blueprint. */
  urlFor(name: string, values?: UrlValues, options?: UrlOptions): string
  /** Runs when the response has been sent or its stream has ended, also after an error or an abort; in reverse order. */
  onTeardown(run: () => unknown): void
  readonly log: Log
  readonly config: CoreConfig
  readonly mode: Mode
}
