import type { Context } from './context.ts'
import { coreError } from './core-errors.ts'
import { concerns, type HookRecord, inOrder } from './hooks.ts'
import type { Added, MiddlewareParts, Next } from './middleware.ts'
import type { Reply } from './reply.ts'
import type { RequestContext } from './request-context.ts'
import type { Handler } from './route.ts'
import type { AfterHook, BeforeHook, ErrorHandler, ErrorTarget, JsonProvider, TeardownHook } from './setup.ts'
import { isThenable } from './thenable.ts'
import { toReply } from './to-reply.ts'

/** An error handler as declared. */
export interface ErrorRecord {
  readonly target: ErrorTarget
  readonly handler: ErrorHandler
}

/** How the requests of one route are answered. `null` stands for nothing to do. */
export interface Plan {
  readonly before: readonly HookRecord<BeforeHook>[] | null
  readonly run: Handler
  readonly after: readonly HookRecord<AfterHook>[] | null
  readonly teardown: readonly HookRecord<TeardownHook>[] | null
  /** Error handlers, from the innermost blueprint to the app. */
  readonly errors: readonly (readonly ErrorRecord[])[]
  /** For messages. */
  readonly path: string
  readonly where: string
}

/** Hooks and error handlers of an app or a blueprint. */
export interface Hooks {
  readonly before: readonly HookRecord<BeforeHook>[]
  readonly after: readonly HookRecord<AfterHook>[]
  readonly teardown: readonly HookRecord<TeardownHook>[]
  readonly errors: readonly ErrorRecord[]
}

/** The plan of a route: `scopes` are the app and the blueprints around the route, from the outermost. */
export function compilePlan(
  scopes: readonly Hooks[],
  method: string | undefined,
  route: { readonly path: string; readonly where: string; readonly run: Handler; readonly middleware: readonly MiddlewareParts[] },
  json: () => JsonProvider,
): Plan {
  const merged = <F>(pick: (hooks: Hooks) => readonly HookRecord<F>[]) =>
    scopes.flatMap((scope) => inOrder(pick(scope))).filter((hook) => concerns(hook, method))
  const orNull = <T>(list: readonly T[]) => (list.length === 0 ? null : list)
  return {
    before: orNull(merged((hooks) => hooks.before).map((hook) => guarded(hook, method))),
    run: route.middleware.length === 0 ? route.run : chain(route.middleware, route.run, route.path, json),
    after: orNull(merged((hooks) => hooks.after).reverse()),
    teardown: orNull(merged((hooks) => hooks.teardown).reverse()),
    errors: scopes.map((scope) => scope.errors).filter((errors) => errors.length > 0).reverse(),
    path: route.path,
    where: route.where,
  }
}

/** A route for every method decides by the request's own whether a hook runs. */
function guarded(hook: HookRecord<BeforeHook>, method: string | undefined): HookRecord<BeforeHook> {
  if (method !== '*' || hook.methods === undefined) {
    return hook
  }
  return { ...hook, run: (ctx) => (concerns(hook, ctx.method) ? hook.run(ctx) : undefined) }
}

/** The middleware of a route around its handler. */
function chain(list: readonly MiddlewareParts[], run: Handler, path: string, json: () => JsonProvider): Handler {
  const step = (index: number, ctx: Context): unknown => {
    const part = list[index]
    if (part === undefined) {
      return run(ctx)
    }
    let called = false
    const next: Next = <A extends object>(additions?: A) => {
      if (called) {
        return Promise.reject(coreError('MICRO_NEXT_TWICE', { path }))
      }
      called = true
      if (additions !== undefined) {
        ;(ctx as RequestContext).add(additions)
      }
      return settle(index + 1, ctx) as unknown as Promise<Added<A>>
    }
    return part.run(ctx, next)
  }
  const settle = async (index: number, ctx: Context): Promise<Reply> => {
    const result = step(index, ctx)
    return replyOf(isThenable(result) ? await result : result, ctx, json())
  }
  return (ctx) => step(0, ctx)
}

/** What followed a middleware, as the reply it will be. */
function replyOf(result: unknown, ctx: Context, json: JsonProvider): Reply {
  const reply = toReply(result, ctx.status, json)
  if (reply === null) {
    throw noReply(result, ctx)
  }
  return reply
}

/** The error for a handler that returned nothing, or something that is no reply. */
export function noReply(result: unknown, ctx: Context): Error {
  const record = (ctx as RequestContext).matched?.record
  const what = result === undefined ? 'nothing (undefined)' : result === null ? 'null' : `a ${typeof result} (${String(result)})`
  return coreError('MICRO_HANDLER_RESULT', { method: ctx.method, path: record?.path ?? ctx.path, where: record?.where ?? 'an unknown place', what })
}
