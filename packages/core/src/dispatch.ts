/**
 * The life of one request, top to bottom. Nothing waits unless something that was called returns a promise.
 */
import { findErrorHandler } from './error-handler.ts'
import { errorReply } from './error-reply.ts'
import { blame, blameFields } from './hooks.ts'
import { HttpError, isHttpError, routineError } from './http-error.ts'
import type { Log } from './log.ts'
import { type ErrorRecord, noReply, type Plan } from './plan.ts'
import { Reply } from './reply.ts'
import type { RequestContext } from './request-context.ts'
import type { Route } from './route.ts'
import type { Router } from './router.ts'
import { runAfter, runBefore } from './run-hooks.ts'
import { saveSession } from './session-cookie.ts'
import type { JsonProvider } from './setup.ts'
import { isThenable } from './thenable.ts'
import { toReply } from './to-reply.ts'

/** An app, assembled: what dispatch needs of it. */
export interface Assembly {
  readonly router: Router<Route>
  /** For requests that no route answers: the app's own hooks and error handlers. */
  readonly miss: Plan
  readonly json: JsonProvider
  readonly log: Log
}

/** Answers one request. The reply is complete; its errors have become replies. */
export function dispatch(app: Assembly, ctx: RequestContext): Reply | Promise<Reply> {
  let plan = app.miss
  try {
    plan = findPlan(app, ctx)
    const result = plan.before === null ? plan.run(ctx) : runBefore(plan.before, ctx, plan.run)
    if (isThenable(result)) {
      return settle(app, plan, ctx, result)
    }
    const reply = finish(app, plan, ctx, result)
    return isThenable(reply) ? rescue(app, plan, ctx, reply) : reply
  } catch (error) {
    return fail(app, plan, ctx, error)
  }
}

async function settle(app: Assembly, plan: Plan, ctx: RequestContext, result: Promise<unknown>): Promise<Reply> {
  try {
    const reply = finish(app, plan, ctx, await result)
    return isThenable(reply) ? await reply : reply
  } catch (error) {
    return fail(app, plan, ctx, error)
  }
}

async function rescue(app: Assembly, plan: Plan, ctx: RequestContext, reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply
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
  return complete(plan, ctx, reply)
}

function complete(plan: Plan, ctx: RequestContext, reply: Reply): Reply | Promise<Reply> {
  const last = plan.after === null ? reply : runAfter(plan.after, ctx, reply)
  return isThenable(last) ? last.then((settled) => seal(ctx, settled)) : seal(ctx, last)
}

/** Saves the session and joins the headers of context and reply. */
function seal(ctx: RequestContext, reply: Reply): Reply {
  if (ctx.openSession !== null) {
    saveSession(ctx, ctx.openSession)
  }
  return ctx.replyHeaders === null ? reply : ctx.replyHeaders.on(reply)
}

/** Turns an error into a reply: by a handler that was declared for it, or by core's own. */
async function fail(app: Assembly, plan: Plan, ctx: RequestContext, error: unknown): Promise<Reply> {
  ctx.failedWith = error
  ctx.statusSet = isHttpError(error) ? error.status : 500
  ctx.replyHeaders?.dropContent()
  try {
    const record = findErrorHandler(plan.errors, error)
    // An error that has a handler for its class is expected; one that only a handler for 500 takes is not.
    if (record === undefined || typeof record.target === 'number') {
      report(app, ctx, error)
    }
    if (record !== undefined) {
      return await finish(app, plan, ctx, await handle(record, ctx, error))
    }
    return await complete(plan, ctx, errorReply(ctx, error))
  } catch (second) {
    // The error handler, an after hook or the session failed: what is left is a reply that needs none of them.
    if (second !== error) {
      report(app, ctx, second)
    }
    return errorReply(ctx, new HttpError(500, undefined, { cause: second }))
  }
}

async function handle(record: ErrorRecord, ctx: RequestContext, error: unknown): Promise<unknown> {
  try {
    return await record.handler(error, ctx)
  } catch (failure) {
    blame(failure, record.owner)
    throw failure
  }
}

function report(app: Assembly, ctx: RequestContext, error: unknown): void {
  if (isGivenUp(ctx, error)) {
    return
  }
  if (!isHttpError(error) || error.status >= 500) {
    app.log.error(`${ctx.method} ${ctx.path} failed`, { requestId: ctx.id, ...blameFields(error), error })
  } else if (isHttpError(error) && /^(EACCES|EPERM)$/.test(String((error.cause as { code?: unknown } | undefined)?.code))) {
    // The client is told 404; that the file may not be read is the developer's to know.
    app.log.warn(`${ctx.method} ${ctx.path} asked for a file that may not be read`, { requestId: ctx.id, error })
  }
}

/** What a handler gave up because its client went away is nobody's fault. */
function isGivenUp(ctx: RequestContext, error: unknown): boolean {
  return (error as { readonly name?: unknown } | null | undefined)?.name === 'AbortError' && ctx.signal.aborted
}

// ── the route ──

function findPlan(app: Assembly, ctx: RequestContext): Plan {
  const found = app.router.find(ctx.path, ctx.method)
  if (found === null) {
    return app.miss
  }
  if (found.route === null) {
    return { ...app.miss, run: () => wrongMethod(ctx, found.allow) }
  }
  ctx.matchedRoute = found.route
  ctx.pathValues = found.values
  return found.route.plan as Plan
}

function wrongMethod(ctx: RequestContext, allow: string): Reply {
  if (ctx.method === 'OPTIONS') {
    return new Reply(204, null, null, ['Allow', allow])
  }
  throw routineError(405, `${ctx.method} is not allowed here.`, { headers: { Allow: allow } })
}
