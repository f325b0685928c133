/**
 * The context of one request: fixed slots, everything else made on first use. An app makes a class of its own of it
 * (`context-members.ts`), with its extensions' members as getters on the prototype, so that a request pays for none it does not touch.
 */
import { isJsonType, mediaType } from './body.ts'
import type { AppView, Context, ReadOptions, RequestHeaders, RouteInfo } from './context.ts'
import { type CookieOptions, readCookies, writeCookie } from './cookie.ts'
import type { CoreConfig } from './core-config.ts'
import { coreError } from './core-errors.ts'
import { encodeEvents, type ServerEvent } from './events.ts'
import { type FileOptions, sendFile } from './files.ts'
import { addFlash, type Flash, takeFlashes } from './flash.ts'
import { HttpError } from './http-error.ts'
import type { Log } from './log.ts'
import type { Mode } from './mode.ts'
import { publicUrl } from './proxy.ts'
import type { Registry } from './registry.ts'
import { Reply } from './reply.ts'
import { ReplyHeaders } from './reply-headers.ts'
import { RequestBody } from './request-body.ts'
import type { Route } from './route.ts'
import { OpenSession, type Session, type SessionStore } from './session.ts'
import type { Source } from './source.ts'
import { checkStatus } from './status.ts'
import type { Teardown } from './teardown.ts'
import { toReply, whatIs } from './to-reply.ts'
import { toLocation, type UrlOptions, type UrlValues } from './url-for.ts'

/** What a request needs of its app. */
export interface ContextHost extends AppView {
  readonly '~registry': Registry
  readonly rootPath: string | undefined
}

const NO_PARAMS: { readonly [name: string]: never } = Object.freeze({})

export class RequestContext implements Context {
  readonly requestSource: Source
  readonly app: ContextHost
  readonly method: string
  readonly path: string
  matchedRoute: Route | null = null
  pathValues: readonly unknown[] | null = null
  /** Status set by the handler, or 0. */
  statusSet = 0
  replyHeaders: ReplyHeaders | null = null
  openSession: OpenSession | null = null
  memberSlots: unknown[] | null = null
  teardownList: Teardown[] | null = null
  /** The extension whose member is being made. */
  memberOwner: string | undefined = undefined
  isEnded = false
  /** The error that the request failed with. */
  failedWith: unknown = undefined
  #body: RequestBody | null = null
  #cookies: { readonly [name: string]: string | undefined } | null = null
  #url: URL | null = null
  #id: string | null = null
  #log: Log | null = null
  #params: Context['params'] | null = null
  #query: URLSearchParams | null = null

  constructor(app: ContextHost, source: Source) {
    this.app = app
    this.requestSource = source
    this.method = source.method
    const { target } = source
    const mark = target.indexOf('?')
    this.path = mark < 0 ? target : target.slice(0, mark)
  }

  // ── the request ──

  get request(): Request {
    return this.#bodyOnce().native(() => this.url)
  }

  get url(): URL {
    this.#url ??= publicUrl(this.requestSource, this.app.config.server.trustedProxies)
    return this.#url
  }

  get params(): Context['params'] {
    if (this.#params === null) {
      this.#params =
        this.matchedRoute === null || this.pathValues === null || this.pathValues.length === 0
          ? NO_PARAMS
          : this.matchedRoute.params(this.pathValues)
    }
    return this.#params
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.requestSource.target.slice(this.path.length + 1))
    return this.#query
  }

  get headers(): RequestHeaders {
    return this.requestSource.headers
  }

  get cookies(): { readonly [name: string]: string | undefined } {
    this.#cookies ??= readCookies(this.requestSource.header('cookie') ?? null)
    return this.#cookies
  }

  get id(): string {
    if (this.#id === null) {
      const given = this.app.config.server.trustRequestId ? this.requestSource.header('x-request-id') : undefined
      this.#id = given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : crypto.randomUUID()
    }
    return this.#id
  }

  get signal(): AbortSignal {
    return this.requestSource.signal
  }

  get route(): RouteInfo | undefined {
    return this.matchedRoute ?? undefined
  }

  get blueprint(): string | undefined {
    return this.matchedRoute?.blueprint
  }

  get config(): CoreConfig {
    return this.app.config
  }

  get mode(): Mode {
    return this.app.mode
  }

  get log(): Log {
    this.#log ??= this.app.log.child({ requestId: this.id })
    return this.#log
  }

  // ── its body ──

  readBytes(options?: ReadOptions): Promise<Uint8Array> {
    return this.#bodyOnce().bytes(options)
  }

  readText(options?: ReadOptions): Promise<string> {
    return this.#bodyOnce().text(options)
  }

  readJson(options?: ReadOptions): Promise<unknown> {
    return this.#bodyOnce().json(this.app['~registry'].json, options)
  }

  readForm(options?: ReadOptions): Promise<URLSearchParams> {
    return this.#bodyOnce().form(options)
  }

  async readBody(options?: ReadOptions): Promise<unknown> {
    const type = mediaType(this.requestSource.header('content-type'))
    const reader = type === null ? undefined : this.app['~registry'].bodyReaders.get(type)
    if (reader !== undefined) {
      const maxBytes = options?.maxBytes ?? this.matchedRoute?.record.maxBytes
      return reader(this, maxBytes === undefined ? {} : { maxBytes })
    }
    if (isJsonType(type)) {
      return this.readJson(options)
    }
    if (type === 'application/x-www-form-urlencoded') {
      return this.readForm(options)
    }
    throw new HttpError(415, type === null ? 'The body has no Content-Type that can be read.' : `No body of type ${type} is accepted here.`)
  }

  readStream(options?: ReadOptions): AsyncIterable<Uint8Array> {
    return this.#bodyOnce().stream(options)
  }

  #bodyOnce(): RequestBody {
    this.#body ??= new RequestBody(
      this.requestSource,
      this.matchedRoute?.record.maxBytes ?? this.app.config.limits.bodyBytes,
      this.app.config.limits.formFields,
    )
    return this.#body
  }

  // ── the session ──

  get session(): Session {
    if (this.openSession === null) {
      const cookie = this.cookies[this.app.config.session.cookieName] ?? null
      const store = this.app['~registry'].sessionStore as SessionStore
      this.openSession = new OpenSession(cookie === null ? null : store.load(cookie), cookie)
    }
    return this.openSession
  }

  flash(message: string, category = 'message'): void {
    addFlash(this.session, message, category)
  }

  flashes(): Flash[] {
    return takeFlashes(this.session)
  }

  // ── the reply ──

  get status(): number {
    return this.statusSet === 0 ? 200 : this.statusSet
  }

  set status(status: number) {
    this.statusSet = checkStatus(status)
  }

  render(template: string, values: object = {}, status?: number): Reply | Promise<Reply> {
    const page = this.app['~registry'].templates.render(this, template, values)
    return typeof page === 'string' ? this.html(page, status) : page.then((body) => this.html(body, status))
  }

  html(body: string, status?: number): Reply {
    return new Reply(this.#statusOr(status), 'text/html; charset=utf-8', body)
  }

  text(body: string, status?: number): Reply {
    return new Reply(this.#statusOr(status), 'text/plain; charset=utf-8', body)
  }

  json(value: unknown, status?: number): Reply {
    return new Reply(this.#statusOr(status), 'application/json', this.app['~registry'].json.stringify(value))
  }

  redirect(to: string, status?: 301 | 302 | 303 | 307 | 308): Reply {
    const isSafe = this.method === 'GET' || this.method === 'HEAD'
    return new Reply(status ?? (isSafe ? 302 : 303), null, null, ['Location', toLocation(to)])
  }

  file(path: string, options: FileOptions = {}): Promise<Reply> {
    return sendFile(this.requestSource, fromRoot(this.app.rootPath, path), options)
  }

  events(source: AsyncIterable<ServerEvent>): Reply {
    return new Reply(this.status, 'text/event-stream', encodeEvents(source), ['Cache-Control', 'no-cache'])
  }

  reply(body: unknown, status?: number): Reply {
    if (body === null || body === undefined) {
      return new Reply(this.#statusOr(status), null, null)
    }
    const reply = toReply(body, this.#statusOr(status), this.app['~registry'].json)
    if (reply === null) {
      throw coreError('MICRO_HANDLER_RESULT', { method: this.method, path: this.path, where: 'ctx.reply()', what: whatIs(body) })
    }
    return status === undefined || status === reply.status ? reply : new Reply(status, reply.type, reply.body, reply.headers)
  }

  setHeader(name: string, value: string): void {
    this.replyHeaders ??= new ReplyHeaders()
    this.replyHeaders.set(name, value)
  }

  appendHeader(name: string, value: string): void {
    this.replyHeaders ??= new ReplyHeaders()
    this.replyHeaders.append(name, value)
  }

  setCookie(name: string, value: string, options?: CookieOptions): void {
    this.replyHeaders ??= new ReplyHeaders()
    this.replyHeaders.appendValid('Set-Cookie', writeCookie(name, value, options))
  }

  deleteCookie(name: string, options?: CookieOptions): void {
    this.setCookie(name, '', { ...options, maxAge: 0, expires: new Date(0) })
  }

  urlFor(name: string, values?: UrlValues, options?: UrlOptions): string {
    const full = name.startsWith('.') ? (this.blueprint === undefined ? name.slice(1) : this.blueprint + name) : name
    return this.app.urlFor(full, values, options)
  }

  onTeardown(run: () => unknown): void {
    if (this.isEnded) {
      throw coreError('MICRO_CONTEXT_ENDED', {})
    }
    this.teardownList ??= []
    this.teardownList.push({ run, owner: this.memberOwner })
  }

  #statusOr(status: number | undefined): number {
    return status === undefined ? this.status : checkStatus(status)
  }
}

/** A relative path lies in the app's own directory, wherever the process was started. */
function fromRoot(rootPath: string | undefined, path: string): string {
  return rootPath === undefined || /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path) ? path : `${rootPath}/${path}`
}
