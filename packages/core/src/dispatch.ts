/**
 * The life of one request, top to bottom. Nothing waits unless something that was called returns a promise.
 */
import type { Context } from './context.ts'
import { errorReply } from './error-reply.ts'
import { blame, blamedFor, type HookRecord } from './hooks.ts'
import { HttpError, isHttpError } from './http-error.ts'
import type { Log } from './log.ts'
import { noReply, type Plan } from './plan.ts'
import { Reply } from './reply.ts'
import type { RequestContext } from './request-context.ts'
import type { Route } from './route.ts'
import type { Router } from './router.ts'
import type { Source } from './source.ts'
import type { JsonProvider, TeardownHook } from './setup.ts'
import { findErrorHandler } from './error-handler.ts'
import { isThenable } from './thenable.ts'
import { toReply } from './to-reply.ts'
import { saveSession } from './session-cookie.ts'

/** An app, assembled: what dispatch needs of it. */
export interface Assembly {
  readonly router: Router<Route>
  /** For requests that no route answers: the app's own hooks and error handlers. */
  readonly miss: Plan
  readonly json: JsonProvider
  readonly log: Log
}

/** What the edges ask of an app: a context for each request, its reply, and to be told when the response is over. */
export interface RequestHandler {
  readonly log: Log
  accept(source: Source): RequestContext
  handle(ctx: RequestContext): Reply | Promise<Reply>
  finished(ctx: RequestContext, error?: unknown): void | Promise<void>
}

/** Answers one request. The reply is complete; its errors have become replies. */
export function dispatch(app: Assembly, ctx: RequestContext): Reply | Promise<Reply> {
  let plan = app.miss
  try {
    plan = findPlan(app, ctx)
    const result = plan.before === null ? plan.run(ctx) : runBefore(plan, ctx, 0)
    return isThenable(result) ? settle(app, plan, ctx, result) : finish(app, plan, ctx, result)
  } catch (error) {
    return fail(app, plan, ctx, error)
  }
}

/** Runs what waits for the end of a request, each once and all of them. Called by the edges when the response is over. */
export function endRequest(app: Assembly, ctx: RequestContext, error?: unknown): void | Promise<void> {
  if (!ctx.isEnded) {
    ctx.isEnded = true
    const hooks = (ctx.matchedRoute?.plan ?? app.miss).teardown
    if (ctx.teardownList !== null || hooks !== null) {
      return tearDown(app, ctx, hooks ?? [], error ?? ctx.failedWith)
    }
  }
}

function findPlan(app: Assembly, ctx: RequestContext): Plan {
  const found = app.router.find(ctx.path)
  if (found === null) {
    return app.miss
  }
  const route = found.leaf.find(ctx.method)
  if (route === undefined) {
    return { ...app.miss, run: () => wrongMethod(ctx, found.leaf.allow) }
  }
  ctx.matchedRoute = route
  ctx.pathValues = found.values
  return route.plan as Plan
}

function wrongMethod(ctx: RequestContext, allow: string): Reply {
  if (ctx.method === 'OPTIONS') {
    return new Reply(204, null, null, ['Allow', allow])
  }
  throw new HttpError(405, `${ctx.method} is not allowed here.`, { headers: { Allow: allow } })
}

/** The hooks from `from` on, then the handler; the first hook that answers ends it. */
function runBefore(plan: Plan, ctx: RequestContext, from: number): unknown {
  const hooks = plan.before as NonNullable<Plan['before']>
  for (let index = from; index < hooks.length; index++) {
    const hook = hooks[index] as HookRecord<(ctx: Context) => unknown>
    const result = call(hook, ctx)
    if (isThenable(result)) {
      return result.then(
        (answer) => (answer === undefined || answer === null ? runBefore(plan, ctx, index + 1) : answer),
        (error) => {
          blame(error, hook.owner)
          throw error
        },
      )
    }
    if (result !== undefined && result !== null) {
      return result
    }
  }
  return plan.run(ctx)
}

function call(hook: HookRecord<(ctx: Context) => unknown>, ctx: RequestContext): unknown {
  try {
    return hook.run(ctx)
  } catch (error) {
    blame(error, hook.owner)
    throw error
  }
}

async function settle(app: Assembly, plan: Plan, ctx: RequestContext, result: Promise<unknown>): Promise<Reply> {
  try {
    return await finish(app, plan, ctx, await result)
  } catch (error) {
    return fail(app, plan, ctx, error)
  }
}

/** From a handler's result to the complete reply: after hooks, session, headers. */
function finish(app: Assembly, plan: Plan, ctx: RequestContext, result: unknown): Reply | Promise<Reply> {
  const reply = toReply(result, ctx.status, app.json)
  if (reply === null) {
    throw noReply(result, ctx)
  }
  return plan.after === null ? seal(ctx, reply) : runAfter(plan.after, ctx, reply)
}

async function runAfter(hooks: NonNullable<Plan['after']>, ctx: RequestContext, first: Reply): Promise<Reply> {
  let reply = first
  for (const hook of hooks) {
    try {
      const result = hook.run(ctx, reply)
      reply = ((isThenable(result) ? await result : result) as Reply | undefined) ?? reply
    } catch (error) {
      blame(error, hook.owner)
      throw error
    }
  }
  return seal(ctx, reply)
}

/** Saves the session and joins the headers of context and reply. Replies are not written to: one may be returned again. */
function seal(ctx: RequestContext, reply: Reply): Reply {
  if (ctx.openSession !== null) {
    saveSession(ctx, ctx.openSession)
  }
  if (ctx.headerList === null) {
    return reply
  }
  return new Reply(reply.status, reply.type, reply.body, reply.headers === null ? ctx.headerList : [...reply.headers, ...ctx.headerList])
}

/** Turns an error into a reply: by a handler that was declared for it, or by core's own. */
async function fail(app: Assembly, plan: Plan, ctx: RequestContext, error: unknown): Promise<Reply> {
  ctx.failedWith = error
  report(app, ctx, error)
  ctx.statusSet = isHttpError(error) ? error.status : 500
  ctx.headerList = ctx.headerList === null ? null : withoutContent(ctx.headerList)
  try {
    const handler = findErrorHandler(plan.errors, error)
    if (handler !== undefined) {
      return await finish(app, plan, ctx, await handler(error, ctx))
    }
    const reply = errorReply(ctx, error)
    return await (plan.after === null ? seal(ctx, reply) : runAfter(plan.after, ctx, reply))
  } catch (second) {
    // The error handler, an after hook or the session failed: what is left is a reply that needs none of them.
    if (second !== error) {
      report(app, ctx, second)
    }
    ctx.openSession = null
    return errorReply(ctx, isHttpError(second) && second === error ? second : new HttpError(500, undefined, { cause: second }))
  }
}

function report(app: Assembly, ctx: RequestContext, error: unknown): void {
  if (!isHttpError(error) || error.status >= 500) {
    const extension = blamedFor(error)
    app.log.error(`${ctx.method} ${ctx.path} failed`, { requestId: ctx.id, ...(extension === undefined ? {} : { extension }), error })
  }
}

function withoutContent(list: readonly string[]): string[] {
  return list.filter((_, index) => !/^content-/i.test(list[index - (index % 2)] as string))
}

async function tearDown(app: Assembly, ctx: RequestContext, hooks: readonly HookRecord<TeardownHook>[], error: unknown): Promise<void> {
  const runs: (() => unknown)[] = [...hooks.map((hook) => () => guard(hook, ctx, error)).reverse(), ...(ctx.teardownList ?? [])]
  for (const run of runs.reverse()) {
    try {
      await run()
    } catch (failure) {
      app.log.error(`A teardown of ${ctx.method} ${ctx.path} failed`, { requestId: ctx.id, extension: blamedFor(failure), error: failure })
    }
  }
}

async function guard(hook: HookRecord<TeardownHook>, ctx: RequestContext, error: unknown): Promise<void> {
  try {
    await hook.run(ctx, error)
  } catch (failure) {
    blame(failure, hook.owner)
    throw failure
  }
}
