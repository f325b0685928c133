/**
 * The context of one request: fixed slots, everything else made on first use. An app makes a class of its own of it
 * (`contextClass`), with its extensions' members as getters on the prototype, so that a request pays for none it does not touch.
 */
import type { AppView, Context, ReadOptions, RequestHeaders, RouteInfo } from './context.ts'
import { isJsonType, limited, mediaType, tooLarge } from './body.ts'
import { type CookieOptions, readCookies, writeCookie } from './cookie.ts'
import type { CoreConfig } from './core-config.ts'
import { coreError } from './core-errors.ts'
import { encodeEvents, type ServerEvent } from './events.ts'
import { type FileOptions, sendFile } from './files.ts'
import { addFlash, type Flash, takeFlashes } from './flash.ts'
import { checkHeader } from './header.ts'
import { HttpError } from './http-error.ts'
import type { Log } from './log.ts'
import type { Mode } from './mode.ts'
import { Reply } from './reply.ts'
import type { Route } from './route.ts'
import { OpenSession, type Session, type SessionStore } from './session.ts'
import type { BodyReader, JsonProvider } from './setup.ts'
import type { Source } from './source.ts'
import { toReply } from './to-reply.ts'
import type { UrlOptions, UrlValues } from './url-for.ts'
import { publicUrl } from './proxy.ts'

/** What a request needs of its app. */
export interface ContextHost extends AppView {
  readonly json: JsonProvider
  readonly sessions: SessionStore
  readonly bodyReaders: ReadonlyMap<string, BodyReader>
  renderTemplate(ctx: Context, name: string, values: object): string | Promise<string>
}

/** Makes one context member. */
export type MemberFactory = (ctx: Context) => unknown

const NO_PARAMS: { readonly [name: string]: never } = Object.freeze({})

export class RequestContext implements Context {
  readonly source: Source
  readonly app: ContextHost
  readonly method: string
  readonly path: string
  /** Status set by the handler, or 0. */
  statusSet = 0
  /** Headers set by handler and hooks, flat. */
  headerList: string[] | null = null
  teardownList: (() => unknown)[] | null = null
  isEnded = false
  /** The error that the request failed with. */
  failedWith: unknown = undefined
  matchedRoute: Route | null = null
  pathValues: readonly unknown[] | null = null
  memberSlots: unknown[] | null = null
  openSession: OpenSession | null = null
  #cookies: { readonly [name: string]: string | undefined } | null = null
  #url: URL | null = null
  #request: Request | null = null
  #id: string | null = null
  #log: Log | null = null
  #readBy: string | null = null
  #params: Context['params'] | null = null
  #query: URLSearchParams | null = null

  constructor(app: ContextHost, source: Source) {
    this.app = app
    this.source = source
    this.method = source.method
    const { target } = source
    const mark = target.indexOf('?')
    this.path = mark < 0 ? target : target.slice(0, mark)
  }

  get request(): Request {
    this.#request ??= this.source.native(() => this.url)
    return this.#request
  }

  get url(): URL {
    this.#url ??= publicUrl(this.source, this.app.config.server.trustedProxies)
    return this.#url
  }

  get params(): Context['params'] {
    if (this.#params === null) {
      this.#params = this.matchedRoute === null || this.pathValues === null || this.pathValues.length === 0 ? NO_PARAMS : this.matchedRoute.params(this.pathValues)
    }
    return this.#params
  }

  get query(): URLSearchParams {
    if (this.#query === null) {
      const { target } = this.source
      const mark = target.indexOf('?')
      this.#query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1))
    }
    return this.#query
  }

  get headers(): RequestHeaders {
    return this.source.headers
  }

  get cookies(): { readonly [name: string]: string | undefined } {
    this.#cookies ??= readCookies(this.source.header('cookie') ?? null)
    return this.#cookies
  }

  get id(): string {
    if (this.#id === null) {
      const given = this.app.config.server.trustRequestId ? this.source.header('x-request-id') : undefined
      this.#id = given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : crypto.randomUUID()
    }
    return this.#id
  }

  get signal(): AbortSignal {
    return this.source.signal
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

  // ── the body ──

  async readBytes(options?: ReadOptions): Promise<Uint8Array> {
    return this.#drain('readBytes()', options)
  }

  async readText(options?: ReadOptions): Promise<string> {
    return new TextDecoder().decode(await this.#drain('readText()', options))
  }

  async readJson(options?: ReadOptions): Promise<unknown> {
    const type = this.source.header('content-type')
    if (!isJsonType(mediaType(type))) {
      throw new HttpError(415, 'The body must be JSON (Content-Type: application/json).')
    }
    const bytes = await this.#drain('readJson()', options)
    try {
      return this.app.json.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch (error) {
      throw new HttpError(400, 'The body is not valid JSON.', { cause: error })
    }
  }

  async readForm(options?: ReadOptions): Promise<URLSearchParams> {
    if (mediaType(this.source.header('content-type')) !== 'application/x-www-form-urlencoded') {
      throw new HttpError(415, 'The body must be a form (Content-Type: application/x-www-form-urlencoded).')
    }
    return new URLSearchParams(new TextDecoder().decode(await this.#drain('readForm()', options)))
  }

  async readBody(options?: ReadOptions): Promise<unknown> {
    const type = mediaType(this.source.header('content-type'))
    const reader = type === null ? undefined : this.app.bodyReaders.get(type)
    if (reader !== undefined) {
      return reader(this, options ?? {})
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
    this.#take('readStream()')
    const { body, contentLength } = this.source
    const maxBytes = options?.maxBytes
    if (maxBytes !== undefined && contentLength !== undefined && contentLength > maxBytes) {
      throw tooLarge(maxBytes)
    }
    const stream = body ?? (async function* (): AsyncGenerator<Uint8Array> {})()
    return maxBytes === undefined ? stream : limited(stream, maxBytes)
  }

  #drain(by: string, options: ReadOptions | undefined): Promise<Uint8Array> {
    this.#take(by)
    const maxBytes = options?.maxBytes ?? this.matchedRoute?.record.maxBytes ?? this.app.config.limits.bodyBytes
    if ((this.source.contentLength ?? 0) > maxBytes) {
      throw tooLarge(maxBytes)
    }
    return this.source.bytes(maxBytes)
  }

  #take(by: string): void {
    if (this.#readBy !== null) {
      throw coreError('MICRO_BODY_USED', { first: this.#readBy })
    }
    this.#readBy = by
  }

  // ── the session ──

  get session(): Session {
    if (this.openSession === null) {
      const cookie = this.cookies[this.app.config.session.cookieName] ?? null
      this.openSession = new OpenSession(cookie === null ? null : this.app.sessions.load(cookie), cookie)
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
    const page = this.app.renderTemplate(this, template, values)
    return typeof page === 'string' ? this.html(page, status) : page.then((body) => this.html(body, status))
  }

  html(body: string, status?: number): Reply {
    return new Reply(this.#status(status), 'text/html; charset=utf-8', body)
  }

  text(body: string, status?: number): Reply {
    return new Reply(this.#status(status), 'text/plain; charset=utf-8', body)
  }

  json(value: unknown, status?: number): Reply {
    return new Reply(this.#status(status), 'application/json', this.app.json.stringify(value))
  }

  redirect(to: string, status?: 301 | 302 | 303 | 307 | 308): Reply {
    const safe = this.method === 'GET' || this.method === 'HEAD'
    checkHeader('Location', to)
    return new Reply(status ?? (safe ? 302 : 303), null, null, ['Location', to])
  }

  file(path: string, options: FileOptions = {}): Promise<Reply> {
    return sendFile(this.source, path, options)
  }

  events(source: AsyncIterable<ServerEvent>): Reply {
    return new Reply(this.status, 'text/event-stream', encodeEvents(source), ['Cache-Control', 'no-cache'])
  }

  reply(body: unknown, status?: number): Reply {
    if (body === null || body === undefined) {
      return new Reply(this.#status(status), null, null)
    }
    const reply = toReply(body, this.#status(status), this.app.json)
    if (reply === null) {
      throw coreError('MICRO_HANDLER_RESULT', { method: this.method, path: this.path, where: 'ctx.reply()', what: typeof body })
    }
    reply.status = status ?? reply.status
    return reply
  }

  setHeader(name: string, value: string): void {
    checkHeader(name, value)
    const list = this.headerList
    if (list !== null) {
      const lower = name.toLowerCase()
      for (let index = list.length - 2; index >= 0; index -= 2) {
        if ((list[index] as string).toLowerCase() === lower) {
          list.splice(index, 2)
        }
      }
    }
    this.#push(name, value)
  }

  appendHeader(name: string, value: string): void {
    checkHeader(name, value)
    this.#push(name, value)
  }

  setCookie(name: string, value: string, options?: CookieOptions): void {
    this.#push('Set-Cookie', writeCookie(name, value, options))
  }

  deleteCookie(name: string, options?: CookieOptions): void {
    this.setCookie(name, '', { ...options, maxAge: 0, expires: new Date(0) })
  }

  urlFor(name: string, values?: UrlValues, options?: UrlOptions): string {
    return this.app.urlFor(name.startsWith('.') ? `${this.blueprint ?? ''}${this.blueprint === undefined ? name.slice(1) : name}` : name, values, options)
  }

  onTeardown(run: () => unknown): void {
    if (this.isEnded) {
      throw coreError('MICRO_CONTEXT_ENDED', {})
    }
    this.teardownList ??= []
    this.teardownList.push(run)
  }

  #status(status: number | undefined): number {
    return status === undefined ? this.status : checkStatus(status)
  }

  #push(name: string, value: string): void {
    this.headerList ??= []
    this.headerList.push(name, value)
  }

  /** Puts a middleware's additions on the context, over a member of the same name. */
  add(additions: object): void {
    for (const [name, value] of Object.entries(additions)) {
      if (name in this) {
        Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true })
      } else {
        ;(this as unknown as { [name: string]: unknown })[name] = value
      }
    }
  }
}

function checkStatus(status: number): number {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw coreError('MICRO_STATUS_INVALID', { status })
  }
  return status
}

const EMPTY: unique symbol = Symbol('not made yet')

/** The context class of one app: each member is made on first use, once a request. */
export function contextClass(members: readonly (readonly [name: string, make: MemberFactory])[]): typeof RequestContext {
  const AppContext = class extends RequestContext {}
  members.forEach(([name, make], slot) => {
    Object.defineProperty(AppContext.prototype, name, {
      configurable: true,
      get(this: RequestContext): unknown {
        this.memberSlots ??= new Array<unknown>(members.length).fill(EMPTY)
        if (this.memberSlots[slot] === EMPTY) {
          this.memberSlots[slot] = make(this)
        }
        return this.memberSlots[slot]
      },
    })
  })
  return AppContext
}
