import type { AppLife } from './app-life.ts'
import type { AssembledApp } from './assembly.ts'
import { contextClass } from './context-members.ts'
import { type ContextStore, contextStore } from './current-slot.ts'
import { dispatch } from './dispatch.ts'
import type { Log } from './log.ts'
import type { Plan } from './plan.ts'
import type { Reply } from './reply.ts'
import { type ContextHost, RequestContext } from './request-context.ts'
import type { Source } from './source.ts'
import { tearDown } from './teardown.ts'

/** What the edges ask of an app: a context for each request, its reply, and to be told when the response is over. */
export interface RequestHandler {
  readonly log: Log
  /** Whether requests are answered: the app has started, and is not stopped. */
  readonly isRunning: boolean
  /** Whether connections must end with the request that they carry. */
  readonly isStopping: boolean
  /** The context of a request. Whoever asks for one calls `end` when the response is over. */
  accept(source: Source): RequestContext
  /** Answers the request of a context. It does not throw or reject: errors have become replies. */
  handle(ctx: RequestContext): Reply | Promise<Reply>
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
  readonly #host: ContextHost
  readonly #life: AppLife
  #assembled: AssembledApp | null = null
  #Context: typeof RequestContext = RequestContext
  #store: ContextStore | undefined

  constructor(host: ContextHost, life: AppLife) {
    this.#host = host
    this.#life = life
    this.log = host.log
  }

  /** Makes everything ready that requests share. */
  prepare(assembled: AssembledApp): void {
    this.#assembled = assembled
    this.#Context = contextClass(this.#host['~registry'].contextMembers)
    this.#store = contextStore()
  }

  get isRunning(): boolean {
    return this.#life.isRunning
  }

  get isStopping(): boolean {
    return this.#life.isStopping
  }

  accept(source: Source): RequestContext {
    this.#life.enter()
    return new this.#Context(this.#host, source)
  }

  handle(ctx: RequestContext): Reply | Promise<Reply> {
    const assembled = this.#assembled as AssembledApp
    return this.#store === undefined ? dispatch(assembled, ctx) : this.#store.run(ctx, () => dispatch(assembled, ctx))
  }

  end(ctx: RequestContext, error?: unknown): void | Promise<void> {
    if (ctx.isEnded) {
      return
    }
    ctx.isEnded = true
    const hooks = this.#teardownHooks(ctx)
    const failure = error ?? ctx.failedWith
    const ending =
      this.#store === undefined
        ? tearDown(this.log, ctx, hooks, failure)
        : this.#store.run(ctx, () => tearDown(this.log, ctx, hooks, failure))
    return ending === undefined ? this.#life.leave() : ending.finally(() => this.#life.leave())
  }

  hasTeardown(ctx: RequestContext): boolean {
    return ctx.teardownList !== null || this.#teardownHooks(ctx) !== null
  }

  within<T>(ctx: RequestContext, run: () => T): T {
    return this.#store === undefined ? run() : this.#store.run(ctx, run)
  }

  #teardownHooks(ctx: RequestContext): Plan['teardown'] {
    return (ctx.matchedRoute?.plan ?? (this.#assembled as AssembledApp).miss).teardown
  }
}
