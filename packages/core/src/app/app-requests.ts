import type { Registry } from '../extension/registry.ts'
import { SIGNALS } from '../hooks/signals.ts'
import { tearDown } from '../hooks/teardown.ts'
import type { Reply } from '../http/reply.ts'
import { detachedSource, type Source } from '../http/source.ts'
import type { Log } from '../log/log.ts'
import { type SecurityHeader, securityHeaders } from '../reply/security-headers.ts'
import type { ContextHost, RequestParts } from '../request/context-host.ts'
import { contextClass } from '../request/context-members.ts'
import { type ContextStore, contextStore } from '../request/current-slot.ts'
import { FetchSource } from '../request/fetch-source.ts'
import { RequestContext } from '../request/request-context.ts'
import type { Plan } from '../routing/route.ts'
import type { AppLife } from './app-life.ts'
import type { OwnMakings } from './app-maker.ts'
import type { AssembledApp } from './assembly.ts'
import { dispatch, dispatchFailure, dispatchWithin, matchRoute } from './dispatch.ts'

const BEGUN = SIGNALS['micro:request:start']
const ENDED = SIGNALS['micro:request:teardown']
const RUN = SIGNALS['micro:run:start']
const RAN = SIGNALS['micro:run:finish']

/** What the requests of an app need of it: what each of them does, and what all of them share. */
export interface RequestsHost extends ContextHost {
  readonly '~registry': RequestParts & Pick<Registry, 'contextMembers'>
  readonly '~own': OwnMakings
}

/** What the edges ask of an app: a context for each request, its reply, and to be told when the response is over. */
export interface RequestHandler {
  readonly log: Log
  /** Headers that every reply gets, unless it has them itself. */
  readonly securityHeaders: readonly SecurityHeader[]
  /** Whether requests are answered: the app has started, and is not stopped. */
  readonly isRunning: boolean
  /** Whether the app is being stopped: nothing new should be sent to it. */
  readonly isStopping: boolean
  /** Whether connections must end with the request that they carry. */
  readonly isClosing: boolean
  /** The context of a request. Whoever asks for one calls `end` when the response is over. */
  accept(source: Source): RequestContext
  /** Answers the request of a context. It does not throw or reject: errors have become replies. */
  handle(ctx: RequestContext): Reply | Promise<Reply>
  /** Answers a request again, as one that failed: the body of its reply did, and nothing of it has been sent. */
  fail(ctx: RequestContext, error: unknown): Promise<Reply>
  /** The response of a context is over: runs what waits for that, once. */
  end(ctx: RequestContext, error?: unknown): void | Promise<void>
  /** Whether anything waits for the end of a request. */
  hasTeardown(ctx: RequestContext): boolean
  /** Runs a function with a context at hand for `current()`, where that is used. */
  within<T>(ctx: RequestContext, run: () => T): T
}

/** The requests of one app. */
export class AppRequests implements RequestHandler {
  readonly log: Log
  securityHeaders: readonly SecurityHeader[] = []
  readonly #host: RequestsHost
  readonly #life: AppLife
  #assembled: AssembledApp | null = null
  #Context: typeof RequestContext = RequestContext
  #store: ContextStore | undefined

  constructor(host: RequestsHost, life: AppLife) {
    this.#host = host
    this.#life = life
    this.log = host.log
  }

  /** Makes everything ready that requests share. */
  prepare(assembled: AssembledApp): void {
    this.#assembled = assembled
    this.securityHeaders = securityHeaders(this.#host.config.headers)
    this.#Context = contextClass(this.#host['~own'].contextClass(), this.#host['~registry'].contextMembers)
    this.#store = contextStore()
  }

  get isRunning(): boolean {
    return this.#life.isRunning
  }

  get isStopping(): boolean {
    return this.#life.isStopping
  }

  get isClosing(): boolean {
    return this.#life.isClosing
  }

  accept(source: Source): RequestContext {
    const ctx = new this.#Context(this.#host, source)
    this.#life.enter()
    return ctx
  }

  handle(ctx: RequestContext): Reply | Promise<Reply> {
    return this.#store === undefined ? this.#dispatch(ctx) : this.#store.run(ctx, () => this.#dispatch(ctx))
  }

  fail(ctx: RequestContext, error: unknown): Promise<Reply> {
    ctx.isAnswered = false
    return this.within(ctx, () => dispatchFailure(this.#assembled as AssembledApp, ctx, error))
  }

  end(ctx: RequestContext, error?: unknown): void | Promise<void> {
    if (ctx.isEnded) {
      return
    }
    const failure = error ?? ctx.failedWith
    const ending = this.#tearDown(ctx, failure)
    if (ending === null) {
      this.#leave(ctx, failure)
    } else {
      return ending.then((ended) => this.#leave(ctx, ended))
    }
  }

  hasTeardown(ctx: RequestContext): boolean {
    return ctx.teardownList !== null || this.#teardownHooks(ctx) !== null || ENDED.hasSubscribers
  }

  /**
   * Runs a function with a context of its own, and then what waits for its end. A request, if there is one, finds its route, and is
   * not answered.
   * @throws what the function throws, or else what its teardowns failed with.
   */
  async run<T>(run: (ctx: RequestContext) => T | Promise<T>, request?: Request): Promise<T> {
    const ctx = this.accept(request === undefined ? detachedSource() : new FetchSource(request))
    ctx.isAnswered = true
    let result: T
    try {
      if (request !== undefined) {
        const assembled = this.#assembled as AssembledApp
        matchRoute(assembled, ctx)
        await (assembled.sessions.isPreloaded ? assembled.sessions.preload(ctx) : undefined)
      }
      result = await this.within(ctx, () => (RUN.hasSubscribers ? RUN.runStores({ app: ctx.app, ctx }, () => run(ctx)) : run(ctx)))
    } catch (error) {
      await this.#endRun(ctx, error)
      throw error
    }
    const failure = await this.#endRun(ctx, undefined)
    if (failure !== undefined) {
      throw failure
    }
    return result
  }

  within<T>(ctx: RequestContext, run: () => T): T {
    return this.#store === undefined ? run() : this.#store.run(ctx, run)
  }

  #dispatch(ctx: RequestContext): Reply | Promise<Reply> {
    const assembled = this.#assembled as AssembledApp
    const { answerRequest } = assembled.own
    if (answerRequest === null && !BEGUN.hasSubscribers) {
      return dispatch(assembled, ctx)
    }
    const answer = () => (answerRequest === null ? dispatch(assembled, ctx) : dispatchWithin(assembled, ctx, answerRequest))
    return BEGUN.hasSubscribers ? BEGUN.runStores({ app: ctx.app, ctx }, answer) : answer()
  }

  #tearDown(ctx: RequestContext, error: unknown): Promise<unknown> | null {
    ctx.isEnded = true
    const hooks = this.#teardownHooks(ctx)
    return this.within(ctx, () => tearDown(this.log, ctx, hooks, error))
  }

  async #endRun(ctx: RequestContext, error: unknown): Promise<unknown> {
    const ended = (await this.#tearDown(ctx, error)) ?? error
    this.#life.leave()
    if (RAN.hasSubscribers) {
      RAN.publish({ app: ctx.app, ctx, error: ended })
    }
    return ended
  }

  #leave(ctx: RequestContext, error: unknown): void {
    this.#life.leave()
    if (ENDED.hasSubscribers) {
      ENDED.publish({ app: ctx.app, ctx, error })
    }
  }

  #teardownHooks(ctx: RequestContext): Plan['teardown'] {
    return (ctx.matchedRoute?.plan ?? (this.#assembled as AssembledApp).miss).teardown
  }
}
