/**
 * The context of one request: fixed slots, everything else made on first use. An app makes a class of its own of it
 * (`context-members.ts`), with its extensions' members as getters on the prototype, so that a request pays for none it does not touch.
 */

import { coreError } from '../errors/core-errors.ts'
import { type HookRecord, hookRecord } from '../hooks/hooks.ts'
import type { AfterHook } from '../hooks/request-hooks.ts'
import { SIGNALS } from '../hooks/signals.ts'
import type { Teardown } from '../hooks/teardown.ts'
import { readCookies } from '../http/cookie.ts'
import { HttpError } from '../http/http-error.ts'
import { isJsonType, parseMediaType } from '../http/media-type.ts'
import { Reply } from '../http/reply.ts'
import type { Source } from '../http/source.ts'
import { checkStatus } from '../http/status.ts'
import type { Log } from '../log/log.ts'
import type { ReplyHeaders } from '../reply/reply-headers.ts'
import type { Route } from '../routing/route.ts'
import type { UrlOptions, UrlValues } from '../routing/url-for.ts'
import { addFlash, chosenFlashes, type Flash, takeFlashes } from '../session/flash.ts'
import type { OpenSession } from '../session/open-session.ts'
import type { Session } from '../session/session.ts'
import type { ReadSession } from '../session/session-keeper.ts'
import type { TemplateChoice } from '../templates/template-engine.ts'
import type { ReadOptions } from './body.ts'
import type { Context } from './context.ts'
import type { ContextHost } from './context-host.ts'
import { publicUrl } from './proxy.ts'
import { RequestBody } from './request-body.ts'
import { RequestView } from './request-view.ts'

const FLASHED = SIGNALS['micro:flash']
const NO_PARAMS: { readonly [name: string]: never } = Object.freeze({})

export class RequestContext extends RequestView implements Context {
  readonly requestSource: Source
  readonly app: ContextHost
  readonly method: string
  readonly path: string
  matchedRoute: Route | null = null
  pathValues: readonly unknown[] | null = null
  /** The blueprint in whose place the request lies, where no route answers. */
  nearestBlueprint: string | undefined = undefined
  /** Status set by the handler, or 0. */
  statusSet = 0
  replyHeaders: ReplyHeaders | null = null
  openSession: OpenSession | null = null
  readSession: ReadSession | null = null
  memberSlots: unknown[] | null = null
  teardownList: Teardown[] | null = null
  /** The extension whose member is being made. */
  memberOwner: string | undefined = undefined
  /** Hooks that this request alone has asked for. */
  afterList: HookRecord<AfterHook>[] | null = null
  /** Whether the reply is complete, or none is to come. */
  isAnswered = false
  /** Whether the end has begun. */
  isEnded = false
  /** Whether everything that waited for the end has run. */
  isTornDown = false
  /** The error that the request failed with. */
  failedWith: unknown = undefined
  #body: RequestBody | null = null
  #cookies: { readonly [name: string]: string | undefined } | null = null
  #url: URL | null = null
  #id: string | null = null
  #flashes: readonly Flash[] | null = null
  #log: Log | null = null
  #params: Context['params'] | null = null
  #query: URLSearchParams | null = null

  constructor(app: ContextHost, source: Source) {
    super()
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
    this.#url ??= publicUrl(this.requestSource, this.app.config.server)
    return this.#url
  }

  get params(): Context['params'] {
    if (this.#params === null) {
      this.#params = this.matchedRoute === null || this.pathValues === null ? NO_PARAMS : this.matchedRoute.params(this.pathValues)
    }
    return this.#params
  }

  set params(params: Context['params']) {
    this.#params = params
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.requestSource.target.slice(this.path.length + 1))
    return this.#query
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
    return this.#bodyOnce().json(this.app['~registry'].json, this.app.mode === 'development', options)
  }

  readForm(options?: ReadOptions): Promise<URLSearchParams> {
    return this.#bodyOnce().form(options)
  }

  readBody(options?: ReadOptions): Promise<unknown> {
    const type = parseMediaType(this.requestSource.header('content-type'))?.type
    const reader = type === undefined ? undefined : this.app['~registry'].bodyReaders.get(type)
    if (reader !== undefined) {
      return (async () => reader(this, { ...this.bodyLimits, ...options }))()
    }
    if (isJsonType(type)) {
      return this.readJson(options)
    }
    if (type === 'application/x-www-form-urlencoded') {
      return this.readForm(options)
    }
    const problem = type === undefined ? 'The body has no Content-Type that can be read.' : `No body of type ${type} is accepted here.`
    return Promise.reject(new HttpError(415, problem))
  }

  readStream(options?: ReadOptions): AsyncIterable<Uint8Array> {
    return this.#bodyOnce().stream(options)
  }

  #bodyOnce(): RequestBody {
    this.#body ??= new RequestBody(this.requestSource, this.app.config.limits, this.matchedRoute?.record.limits ?? null)
    return this.#body
  }

  get bodyLimits(): ReadOptions {
    return this.#bodyOnce().limits
  }

  limitBody(limits: ReadOptions): void {
    this.#bodyOnce().limit(limits)
  }

  // ── the session ──

  get session(): Session {
    this.openSession ??= this.app['~registry'].sessions.open(this)
    return this.openSession
  }

  flash(message: string, category = 'message'): void {
    addFlash(this.session, message, category)
    if (FLASHED.hasSubscribers) {
      FLASHED.publish({ app: this.app, ctx: this, message, category })
    }
  }

  flashes(...categories: readonly string[]): Flash[] {
    this.#flashes ??= takeFlashes(this.session)
    return chosenFlashes(this.#flashes, categories)
  }

  // ── the reply ──

  get status(): number {
    return this.statusSet === 0 ? 200 : this.statusSet
  }

  set status(status: number) {
    if (this.isAnswered) {
      throw coreError('MICRO_REPLY_MADE', { method: 'ctx.status =' })
    }
    this.statusSet = checkStatus(status)
  }

  render(template: TemplateChoice, values: object = {}, status?: number): Reply | Promise<Reply> {
    const page = this.app['~registry'].templates.render(this, template, values)
    return typeof page === 'string' ? this.html(page, status) : page.then((body) => this.html(body, status))
  }

  renderStream(template: TemplateChoice, values: object = {}, status?: number): Reply {
    const { type, status: made } = this.html('', status)
    return new Reply(made, type, this.app['~registry'].templates.stream(this, template, values))
  }

  urlFor(name: string, values?: UrlValues, options?: UrlOptions): string {
    return this.app.urlFor(name, values, options, this)
  }

  onTeardown(run: (error: unknown) => unknown): void {
    if (this.isTornDown) {
      throw coreError('MICRO_CONTEXT_ENDED', {})
    }
    this.teardownList ??= []
    this.teardownList.push({ run, owner: this.memberOwner })
  }

  afterThisRequest(run: (reply: Reply) => unknown): void {
    if (this.isAnswered) {
      throw coreError('MICRO_REPLY_MADE', { method: 'ctx.afterThisRequest()' })
    }
    this.afterList ??= []
    this.afterList.push(hookRecord((_, reply) => run(reply), this.memberOwner ?? 'app'))
  }
}
