import type { CoreConfigInput } from '../config/core-config.ts'
import { coreError } from '../errors/core-errors.ts'
import { isReply, type Reply } from '../http/reply.ts'
import { type JsonProvider, jsonProvider } from '../json/json.ts'
import { errorReply } from '../reply/error-reply.ts'
import { toReply, whatIs } from '../reply/to-reply.ts'
import type { Context, ContextClass } from '../request/context.ts'
import type { OwnAnswers } from '../request/context-host.ts'
import { RequestContext } from '../request/request-context.ts'
import { HostRouter, type RouterClass } from '../routing/host-router.ts'
import type { Route } from '../routing/route.ts'
import { cookieStore } from '../session/cookie-store.ts'
import type { SessionStore } from '../session/session.ts'
import type { Signer } from '../session/signing.ts'
import { ejsEngine } from '../templates/ejs-engine.ts'
import type { TemplateEngine } from '../templates/template-engine.ts'
import { Scaffold } from './scaffold.ts'

/** What an app is made of, as its class makes it. */
export interface OwnMakings extends OwnAnswers {
  contextClass(): typeof RequestContext
  routerClass(): typeof HostRouter<Route>
  sessionStore(): SessionStore
}

/**
 * The parts of an app, each made by a method that a subclass overrides to make it in its own way. The methods up to the router are
 * called while the app is made or started: fields of the subclass have no value yet when `makeDefaults`, `makeJson` and
 * `makeTemplateEngine` run.
 */
export abstract class AppMaker extends Scaffold {
  abstract readonly json: JsonProvider
  abstract signer(purpose: string): Signer

  /** Values of core's configuration, in the place of its defaults: every other source comes before them. */
  protected makeDefaults(): CoreConfigInput {
    return {}
  }

  /** How values become JSON and back, unless `app.json` is set. */
  protected makeJson(): JsonProvider {
    return jsonProvider
  }

  /** What renders templates, unless `app.templates.engine()` sets another. */
  protected makeTemplateEngine(): TemplateEngine {
    return ejsEngine()
  }

  /** Where sessions are kept, unless `app.session.store()` says where. */
  protected makeSessionStore(): SessionStore {
    return cookieStore(this.signer('session'))
  }

  /** The class of contexts: `class extends Base { … }` adds members that every request has. */
  protected makeContextClass(Base: ContextClass): ContextClass {
    return Base
  }

  /** The class of routers: `class extends Base { … }` finds routes in another way. */
  protected makeRouterClass(Base: RouterClass): RouterClass {
    return Base
  }

  /** The reply of what a handler returned, with the status that holds unless the result says another; null where it is no reply. */
  protected makeReply(result: unknown, status: number, _ctx: Context): Reply | null {
    return toReply(result, status, this.json)
  }

  /** The reply to an error that no handler answers: a page or a problem document. */
  protected makeErrorReply(error: unknown, ctx: Context): Reply | Promise<Reply> {
    return errorReply(ctx as RequestContext, error)
  }

  /** Answers a request: around everything else. What it throws is a 500, and logged. */
  protected answerRequest(_ctx: Context, next: () => Reply | Promise<Reply>): Reply | Promise<Reply> {
    return next()
  }

  /** @internal */
  get '~own'(): OwnMakings {
    const { makeReply, makeErrorReply, answerRequest } = AppMaker.prototype
    let contextClass: typeof RequestContext | undefined
    return {
      makeReply:
        this.makeReply === makeReply
          ? null
          : (result, status, ctx) => {
              const reply = this.makeReply(result, status, ctx)
              return reply === null ? null : replyBy('makeReply', reply)
            },
      makeErrorReply:
        this.makeErrorReply === makeErrorReply
          ? null
          : async (error, ctx) => replyBy('makeErrorReply', await this.makeErrorReply(error, ctx)),
      answerRequest:
        this.answerRequest === answerRequest ? null : async (ctx, next) => replyBy('answerRequest', await this.answerRequest(ctx, next)),
      contextClass: () => (contextClass ??= extended('makeContextClass', RequestContext, (Base) => this.makeContextClass(Base))),
      routerClass: () => extended('makeRouterClass', HostRouter<Route>, (Base) => this.makeRouterClass(Base)),
      sessionStore: () => this.makeSessionStore(),
    }
  }
}

/** @throws MicroError `MICRO_OWN_REPLY`. */
function replyBy(method: string, result: unknown): Reply {
  const isObject = typeof result === 'object' && result !== null
  if (isObject && isReply(result)) {
    return result
  }
  throw coreError('MICRO_OWN_REPLY', { method, what: isObject ? 'an object' : whatIs(result) })
}

/** @throws MicroError `MICRO_CLASS_BASE`. */
function extended<C extends new (...args: never[]) => object>(method: string, Base: C, make: (Base: C) => unknown): C {
  const made = make(Base) as C | undefined
  if (made !== Base && !(made?.prototype instanceof Base)) {
    throw coreError('MICRO_CLASS_BASE', { method })
  }
  return made as C
}
