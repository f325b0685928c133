/** From a handler's result to the reply as it is sent. */
import type { HookRecord } from '../hooks/hooks.ts'
import type { AfterHook } from '../hooks/request-hooks.ts'
import { runAfter } from '../hooks/run-hooks.ts'
import { SIGNALS } from '../hooks/signals.ts'
import { isThenable } from '../hooks/thenable.ts'
import type { Reply } from '../http/reply.ts'
import type { Territory } from '../reply/unmatched.ts'
import type { RequestContext } from '../request/request-context.ts'
import type { HostRouter } from '../routing/host-router.ts'
import type { Plan, Route } from '../routing/route.ts'
import { type FailureHost, replyTo } from './dispatch-failure.ts'
import { noReply } from './plan.ts'

const FINISHED = SIGNALS['micro:request:finish']

/** An app, assembled: what dispatch needs of it. */
export interface Assembly extends FailureHost {
  readonly router: HostRouter<Route>
  /** For requests that no route answers: the app's own hooks and error handlers. */
  readonly miss: Plan
  /** The places of blueprints: their error handlers answer there too. */
  readonly territories: readonly Territory[]
}

/** From a handler's result to the complete reply: after hooks, session, headers. @throws what makes it no reply. */
export function finish(app: Assembly, plan: Plan, ctx: RequestContext, result: unknown): Reply | Promise<Reply> {
  const reply = app.toReply(result, ctx.status, ctx)
  if (reply === null) {
    throw noReply(result, ctx)
  }
  return complete(app, plan, ctx, reply)
}

/** From what was thrown to the complete reply. */
export function fail(app: Assembly, plan: Plan, ctx: RequestContext, thrown: unknown): Reply | Promise<Reply> {
  const reply = replyTo(app, plan, ctx, thrown)
  return isThenable(reply) ? reply.then((settled) => complete(app, plan, ctx, settled)) : complete(app, plan, ctx, reply)
}

/** Each step is gone once: what fails in one is answered, and the steps that are left see that reply. */
function complete(app: Assembly, plan: Plan, ctx: RequestContext, reply: Reply): Reply | Promise<Reply> {
  const own = ctx.afterList === null ? reply : afterThis(app, plan, ctx, reply)
  return isThenable(own) ? own.then((settled) => afterAll(app, plan, ctx, settled)) : afterAll(app, plan, ctx, own)
}

function afterAll(app: Assembly, plan: Plan, ctx: RequestContext, reply: Reply): Reply | Promise<Reply> {
  if (plan.after === null) {
    return seal(app, plan, ctx, reply)
  }
  const left = afterHooks(app, plan, ctx, reply, plan.after)
  const last = isThenable(left) ? left.then((settled) => afterThis(app, plan, ctx, settled)) : afterThis(app, plan, ctx, left)
  return isThenable(last) ? last.then((settled) => seal(app, plan, ctx, settled)) : seal(app, plan, ctx, last)
}

/** The hooks that this request has asked for by now, and those that they ask for. */
function afterThis(app: Assembly, plan: Plan, ctx: RequestContext, reply: Reply): Reply | Promise<Reply> {
  const hooks = ctx.afterList
  if (hooks === null) {
    return reply
  }
  ctx.afterList = null
  const left = afterHooks(app, plan, ctx, reply, hooks)
  return isThenable(left) ? left.then((settled) => afterThis(app, plan, ctx, settled)) : afterThis(app, plan, ctx, left)
}

/** The hooks from `from` on, each with the reply as the ones before it leave it. */
function afterHooks(
  app: Assembly,
  plan: Plan,
  ctx: RequestContext,
  first: Reply,
  hooks: readonly HookRecord<AfterHook>[],
  from = 0,
): Reply | Promise<Reply> {
  let reply = first
  for (let index = from; index < hooks.length; index++) {
    const left = afterHook(app, plan, ctx, reply, hooks[index] as HookRecord<AfterHook>)
    if (isThenable(left)) {
      return left.then((settled) => afterHooks(app, plan, ctx, settled, hooks, index + 1))
    }
    reply = left
  }
  return reply
}

function afterHook(app: Assembly, plan: Plan, ctx: RequestContext, reply: Reply, hook: HookRecord<AfterHook>): Reply | Promise<Reply> {
  try {
    const left = runAfter(hook, ctx, reply)
    return isThenable(left) ? left.catch((error: unknown) => replyTo(app, plan, ctx, error)) : left
  } catch (error) {
    return replyTo(app, plan, ctx, error)
  }
}

/** Saves the session and joins the headers of context and reply. */
function seal(app: Assembly, plan: Plan, ctx: RequestContext, reply: Reply): Reply | Promise<Reply> {
  if (ctx.openSession === null) {
    return joined(ctx, reply)
  }
  try {
    const saving = app.sessions.save(ctx, ctx.openSession)
    return saving === undefined
      ? joined(ctx, reply)
      : saving.then(
          () => joined(ctx, reply),
          (error: unknown) => unsaved(app, plan, ctx, error),
        )
  } catch (error) {
    return unsaved(app, plan, ctx, error)
  }
}

async function unsaved(app: Assembly, plan: Plan, ctx: RequestContext, error: unknown): Promise<Reply> {
  return joined(ctx, await replyTo(app, plan, ctx, error))
}

/** The reply as it is sent. */
export function joined(ctx: RequestContext, reply: Reply): Reply {
  const last = ctx.replyHeaders === null ? reply : ctx.replyHeaders.on(reply)
  ctx.isAnswered = true
  if (FINISHED.hasSubscribers) {
    FINISHED.publish({ app: ctx.app, ctx, reply: last })
  }
  return last
}
