/**
 * The life of one request, top to bottom. Nothing waits unless something that was called returns a promise.
 */

import { runBefore } from '../hooks/run-hooks.ts'
import { isThenable } from '../hooks/thenable.ts'
import { isHttpError } from '../http/http-error.ts'
import type { Reply } from '../http/reply.ts'
import { planOfUnmatched } from '../reply/unmatched.ts'
import type { OwnAnswers } from '../request/context-host.ts'
import type { RequestContext } from '../request/request-context.ts'
import type { Plan, Route } from '../routing/route.ts'
import { lastResort, replyTo } from './dispatch-failure.ts'
import { type Assembly, fail, finish, joined } from './dispatch-reply.ts'

/** Answers one request. The reply is complete; its errors have become replies. */
export function dispatch(app: Assembly, ctx: RequestContext): Reply | Promise<Reply> {
  let plan = app.miss
  try {
    plan = findPlan(app, ctx)
    const reading = plan.mayUseSession && app.sessions.isPreloaded ? app.sessions.preload(ctx) : undefined
    const result = reading === undefined ? run(plan, ctx) : reading.then(() => run(plan, ctx))
    if (isThenable(result)) {
      return settle(app, plan, ctx, result)
    }
    if (ctx.matchedRoute === null && isHttpError(result)) {
      // That nothing was found is returned: to throw it would cost more than the rest of the request.
      return fail(app, plan, ctx, result)
    }
    return finish(app, plan, ctx, result)
  } catch (error) {
    return fail(app, plan, ctx, error)
  }
}

/** The same, within what the app's class does around it. */
export async function dispatchWithin(app: Assembly, ctx: RequestContext, around: NonNullable<OwnAnswers['answerRequest']>): Promise<Reply> {
  try {
    const reply = await around(ctx, () => dispatch(app, ctx))
    return ctx.isAnswered ? reply : joined(ctx, reply)
  } catch (error) {
    return joined(ctx, await lastResort(app, ctx, error))
  }
}

/** Answers what a request failed with after it had been answered: its hooks and its session have had their turn. */
export async function dispatchFailure(app: Assembly, ctx: RequestContext, error: unknown): Promise<Reply> {
  const plan = ctx.matchedRoute?.plan ?? planOfUnmatched(app.territories, app.miss, ctx)
  return joined(ctx, await replyTo(app, plan as Plan, ctx, error))
}

function run(plan: Plan, ctx: RequestContext): unknown {
  return plan.before === null ? plan.run(ctx) : runBefore(plan.before, ctx, plan.run)
}

async function settle(app: Assembly, plan: Plan, ctx: RequestContext, result: Promise<unknown>): Promise<Reply> {
  try {
    return finish(app, plan, ctx, await result)
  } catch (error) {
    return fail(app, plan, ctx, error)
  }
}

function findPlan(app: Assembly, ctx: RequestContext): Plan {
  const found = matchRoute(app, ctx)
  return found === null ? planOfUnmatched(app.territories, app.miss, ctx) : (found.plan as Plan)
}

/** Finds the route of a request, and notes it. */
export function matchRoute(app: Assembly, ctx: RequestContext): Route | null {
  const found = app.router.find(ctx)
  if (found === null) {
    return null
  }
  ctx.matchedRoute = found.route
  ctx.pathValues = found.values
  return found.route
}
