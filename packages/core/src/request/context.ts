import type { CoreConfig } from '../config/core-config.ts'
import type { Mode } from '../config/mode.ts'
import type { HealthReport } from '../extension/health.ts'
import type { FileOptions } from '../files/files.ts'
import type { CacheControl } from '../http/cache-control.ts'
import type { CookieOptions } from '../http/cookie.ts'
import type { EventOptions, ServerEvent } from '../http/events.ts'
import type { ResourceVersion } from '../http/preconditions.ts'
import type { Reply } from '../http/reply.ts'
import type { RequestHeaders } from '../http/request-headers.ts'
import type { Log } from '../log/log.ts'
import type { Params } from '../routing/path-params.ts'
import type { UrlOptions, UrlValues } from '../routing/url-for.ts'
import type { Flash } from '../session/flash.ts'
import type { Session } from '../session/session.ts'
import type { TemplateChoice } from '../templates/template-engine.ts'
import type { ReadOptions } from './body.ts'

/** The route that answers, as handlers and hooks see it. */
export interface RouteInfo {
  /** Its name for `urlFor`, with its blueprint's in front. */
  readonly name: string | undefined
  /** The blueprint it belongs to and those around it: `['outer.inner', 'outer']`. */
  readonly blueprints: readonly string[]
  /** Its path as declared, with the prefixes in front. */
  readonly path: string
  /** The methods it answers, in upper case; `*` for every one. */
  readonly methods: readonly string[]
}

/** The part of the app that a request may see. */
export interface AppView {
  /** Name of the app, for log lines and pages. */
  readonly name: string
  /** How the app runs: `development`, `test` or `production`. */
  readonly mode: Mode
  /** The configuration; frozen, once the app has started. */
  readonly config: CoreConfig
  /** The app's log. */
  readonly log: Log
  /**
   * URL of a named route. `ctx` is the request it is built in. @throws MicroError `MICRO_ROUTE_UNKNOWN`, `MICRO_URL_VALUE`,
   * `MICRO_URL_METHOD`, `MICRO_URL_SCHEME`, `MICRO_URL_ORIGIN`.
   */
  urlFor(name: string, values?: UrlValues, options?: UrlOptions, ctx?: Context): string
  /** Asks every extension that says whether it works, all at once. Why one does not is logged. */
  checkHealth(): Promise<HealthReport>
}

/** A class of contexts, to be extended by `makeContextClass` of an app. */
export type ContextClass = new (...args: never[]) => Context

/**
 * One request and the reply to it. A handler gets it as its only argument; extensions add one member each under their own name,
 * middleware adds what it names. `P` is the route's path, from which `params` is typed; `V` the converters that the app adds.
 */
export interface Context<P extends string = string, V = {}> {
  /** The app as a request may see it. */
  readonly app: AppView
  /**
   * The request as a native `Request`, made on first use. Its body is the same source that the `read…` methods drain: read it once.
   * No limit holds for it: it is for whoever has limits of their own, such as what is mounted.
   */
  readonly request: Request
  /** Upper-case method. */
  readonly method: string
  /** The path as it was sent, without the query, still percent-encoded. */
  readonly path: string
  /** The whole URL as the client sees it, made on first use; behind proxies by `config.server.trustedProxies`. @throws HttpError 400. */
  readonly url: URL
  /** Address of the client, where it is known; behind proxies by `config.server.trustedProxies`. */
  readonly remoteAddress: string | undefined
  /** The path below which a trusted proxy serves the app, such as `/shop`: empty without one. `ctx.path` does not have it. */
  readonly urlPrefix: string
  /** The path's params, decoded and converted. */
  readonly params: Params<P, V>
  /** The query's values. `query(schema)` of `@micro/forms` narrows it. */
  readonly query: URLSearchParams
  /** The request's headers, read without regard to case. */
  readonly headers: RequestHeaders
  /** The request's cookies by name; the first of those with one name counts. */
  readonly cookies: { readonly [name: string]: string | undefined }
  /** Every value that was sent for a cookie's name. */
  cookieValues(name: string): readonly string[]
  /**
   * The media type that the client likes best of those offered, in full or as extensions of file names: `preferredType('html', 'json')`.
   * Undefined if it accepts none: answer 406. The reply varies by `Accept` from here on. @throws MicroError `MICRO_MEDIA_TYPE`.
   */
  preferredType<T extends string>(...offers: readonly T[]): T | undefined
  /** The language that the client likes best of those offered, by `Accept-Language`; the reply varies by it. */
  preferredLanguage<L extends string>(...offers: readonly L[]): L | undefined
  /** A fresh id of this request (UUID), or the incoming `X-Request-Id` where `config.server.trustRequestId` is on. */
  readonly id: string
  /** Aborts when the client goes away before the reply is finished. */
  readonly signal: AbortSignal
  /** The route that answers; undefined where none does. */
  readonly route: RouteInfo | undefined
  /** Name of the blueprint the route belongs to; where no route answers, of the one under whose prefix or host the request lies. */
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
  /** The limits that the route and `limitBody` set for the body: those that are absent are the configuration's. */
  readonly bodyLimits: ReadOptions
  /**
   * Sets limits of this request's body, before it is read: in a hook, or in the handler.
   * @throws MicroError `MICRO_BODY_USED` once it is being read, `MICRO_LIMIT_INVALID`.
   */
  limitBody(limits: ReadOptions): void
  /** The whole body as bytes. @throws HttpError 413 over the limit. */
  readBytes(options?: ReadOptions): Promise<Uint8Array>
  /**
   * The body as the one source of bytes: Node's own stream where there is one. The limits of the call, of `limitBody`
   * and of the route hold, the configuration's does not: who reads a stream may mean to read much. `maxBytes: Infinity` lifts them.
   * @throws HttpError 413, 408, 400 while it is read.
   */
  readStream(options?: ReadOptions): AsyncIterable<Uint8Array>

  /** Values that follow a browser from request to request. */
  readonly session: Session
  /** Keeps a message for the next page that shows it. The category is `message` unless it says another. */
  flash(message: string, category?: string): void
  /**
   * The messages kept by earlier requests, or those of some categories. The first call takes all of them out of the session; however
   * often it is called, a request sees the same.
   */
  flashes(...categories: readonly string[]): Flash[]

  /** Renders a template: one by its name, the first of several that is there, or a text. */
  render(template: TemplateChoice, values?: object, status?: number): Reply | Promise<Reply>
  /** Renders a template and sends it piece by piece, each time that it waits for something. */
  renderStream(template: TemplateChoice, values?: object, status?: number): Reply
  /** HTML. Nothing in it is escaped: that is for templates. */
  html(body: string, status?: number): Reply
  /** Plain text, in UTF-8. */
  text(body: string, status?: number): Reply
  /** A value as JSON, written by the app's JSON provider. */
  json(value: unknown, status?: number): Reply
  /** Redirects to a path or URL: 303 after an unsafe method, 302 otherwise, unless `status` says another. */
  redirect(to: string, status?: 301 | 302 | 303 | 307 | 308): Reply
  /**
   * Sends a file of the local disk, with conditional and range requests. A relative path lies in the app's own directory. It is trusted:
   * check what comes from outside before. @throws HttpError 404.
   */
  file(path: string, options?: FileOptions): Reply | Promise<Reply>
  /**
   * Server-sent events. A function gets the id of the last event that a client which connects again has seen. When the client goes away
   * the source's `return` is called; one that waits for something else must listen to `ctx.signal`.
   */
  events(
    source: AsyncIterable<ServerEvent> | ((lastEventId: string | undefined) => AsyncIterable<ServerEvent>),
    options?: EventOptions,
  ): Reply
  /**
   * A reply of any kind with a status and headers, which take the place of its own.
   * @throws MicroError `MICRO_HANDLER_RESULT` for a body that is none, `MICRO_HEADER_INVALID`.
   */
  reply(body: unknown, status?: number, headers?: { readonly [name: string]: string }): Reply
  /**
   * Says which version of a resource this is. A read that has it already is answered by the 304 that is returned; the rest of the handler
   * is spared: `return ctx.checkVersion({ etag: note.version }) ?? ctx.json(note)`. Otherwise the reply gets `ETag` and `Last-Modified`.
   * @throws HttpError 412 where the request is for another version: a change of one that was changed meanwhile (RFC 9110 section 13);
   * MicroError `MICRO_HEADER_INVALID` for a text that no tag can hold.
   */
  checkVersion(version: ResourceVersion): Reply | undefined
  /**
   * Status of the reply where the handler's result does not say one. It and the headers can be set until the reply is made; a stream's
   * head is sent ahead of it. @throws MicroError `MICRO_STATUS_INVALID`, `MICRO_REPLY_MADE`.
   */
  status: number
  /** Sets a header of the reply. @throws MicroError `MICRO_HEADER_INVALID` for a name or value that HTTP does not allow, `MICRO_REPLY_MADE`. */
  setHeader(name: string, value: string): void
  /** Adds a header beside those of the same name; fields of `Vary` are joined. */
  appendHeader(name: string, value: string): void
  /** Takes back a header, also one that the handler's reply brings with it. */
  removeHeader(name: string): void
  /** Sets `Cache-Control`: `{ public: true, maxAge: 3600 }`. @throws MicroError `MICRO_CACHE_CONTROL`. */
  setCacheControl(control: CacheControl): void
  /**
   * Sets a cookie: for every path and hidden from scripts, unless the options say otherwise.
   * @throws MicroError `MICRO_COOKIE_INVALID`; `MICRO_COOKIE_TOO_LARGE` for one that browsers would drop.
   */
  setCookie(name: string, value: string, options?: CookieOptions): void
  /** Deletes a cookie: give the path, domain and partition that it was set with. */
  deleteCookie(name: string, options?: CookieOptions): void

  /**
   * URL of a named route: a path, or the whole where the route answers another host or `options` ask for it. `.name` is relative to the
   * blueprint at hand. @throws MicroError `MICRO_ROUTE_UNKNOWN`, `MICRO_URL_VALUE`, `MICRO_URL_METHOD`, `MICRO_URL_SCHEME`.
   */
  urlFor(name: string, values?: UrlValues, options?: UrlOptions): string
  /**
   * Runs when the response has been sent or its stream has ended, also after an abort; in reverse order, each once and all of them.
   * `error` is what the request failed with, if nobody expected it. @throws MicroError `MICRO_CONTEXT_ENDED` once the request is over.
   */
  onTeardown(run: (error: unknown) => unknown): void
  /**
   * Runs on the reply to this request, before the after hooks, in the order they were asked for; what an after hook asks for runs after
   * them. It may return another reply.
   * @throws MicroError `MICRO_REPLY_MADE`.
   */
  afterThisRequest(run: (reply: Reply) => unknown): void
  /** The app's log, whose lines carry the request's id. */
  readonly log: Log
  /** The app's configuration. */
  readonly config: CoreConfig
  /** How the app runs: `development`, `test` or `production`. */
  readonly mode: Mode
}
