import { coreError } from '../errors/core-errors.ts'
import type { ErrorRecord } from '../hooks/error-handler.ts'
import { concerns, type HookRecord, inOrder } from '../hooks/hooks.ts'
import type { AfterHook, BeforeHook, ParamsHook, TeardownHook } from '../hooks/request-hooks.ts'
import { isThenable } from '../hooks/thenable.ts'
import type { Reply } from '../http/reply.ts'
import { whatIs } from '../reply/to-reply.ts'
import type { Context } from '../request/context.ts'
import type { RequestParts } from '../request/context-host.ts'
import { addMembers } from '../request/context-members.ts'
import type { RequestContext } from '../request/request-context.ts'
import type { Added, Next } from '../routing/next.ts'
import type { Handler, MiddlewareParts, Plan } from '../routing/route.ts'

/** Hooks and error handlers of an app or a blueprint. */
export interface Hooks {
  readonly params: readonly HookRecord<ParamsHook>[]
  readonly before: readonly HookRecord<BeforeHook>[]
  readonly after: readonly HookRecord<AfterHook>[]
  readonly teardown: readonly HookRecord<TeardownHook>[]
  readonly errors: readonly ErrorRecord[]
}

/** What a plan is made for: a route, or the requests that no route answers. */
export interface Planned {
  /** For messages. */
  readonly path: string
  readonly where: string
  /** Undefined where no route answers. */
  readonly method: string | undefined
  readonly run: Handler
  readonly isSessionless: boolean
  readonly middleware: readonly MiddlewareParts[]
}

/** The plan of a route: `scopes` are the app and the blueprints around the route, from the outermost. */
export function compilePlan(scopes: readonly Hooks[], route: Planned, convert: RequestParts['toReply']): Plan {
  const { method } = route
  const merged = <F extends (ctx: Context, ...rest: never[]) => unknown>(pick: (hooks: Hooks) => readonly HookRecord<F>[]) =>
    scopes
      .flatMap((scope) => inOrder(pick(scope)))
      .filter((hook) => concerns(hook, method) || (method === 'GET' && concerns(hook, 'HEAD')))
      .map((hook) => (method === '*' || !concerns(hook, method) ? guarded(hook) : hook))
  // Where no route answers there are no params.
  const params = method === undefined ? [] : scopes.flatMap((scope) => scope.params.map(beforeOf))
  const before = orNull([...params, ...merged((hooks) => hooks.before)])
  const after = orNull(merged((hooks) => hooks.after).reverse())
  const teardown = orNull(merged((hooks) => hooks.teardown).reverse())
  return {
    before,
    run: route.middleware.length === 0 ? route.run : chain(route, convert),
    after,
    mayUseSession: !route.isSessionless || before !== null || after !== null || teardown !== null,
    teardown,
    errors: scopes
      .map((scope) => scope.errors)
      .filter((errors) => errors.length > 0)
      .reverse(),
  }
}

/** A hook that sees params, as the first of those that run before the handler. */
function beforeOf(hook: HookRecord<ParamsHook>): HookRecord<BeforeHook> {
  return {
    ...hook,
    run: (ctx) => {
      const params = hook.run(ctx.params, ctx)
      if (params !== undefined) {
        ;(ctx as RequestContext).params = params
      }
    },
  }
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list
}

/** On a route for every method, or for GET and so for HEAD, the request's own decides whether a hook runs. */
function guarded<F extends (ctx: Context, ...rest: never[]) => unknown>(hook: HookRecord<F>): HookRecord<F> {
  if (hook.methods === undefined) {
    return hook
  }
  const run = (ctx: Context, ...rest: never[]) => (concerns(hook, ctx.method) ? hook.run(ctx, ...rest) : undefined)
  return { ...hook, run: run as F }
}

/** The middleware of a route around its handler. As everywhere, nothing waits but for a promise. */
function chain({ middleware, run, path, where }: Planned, convert: RequestParts['toReply']): Handler {
  const enter = (ctx: Context, index: number): unknown => {
    const part = middleware[index]
    return part === undefined ? run(ctx) : part.run(ctx, nextOf(ctx, index))
  }
  // What follows is a reply when a middleware sees it. The result of the first is left to dispatch, as that of a handler is.
  const reply = (ctx: Context, index: number): Reply | Promise<Reply> => {
    const result = enter(ctx, index)
    return isThenable(result) ? Promise.resolve(result).then((settled) => replyOf(ctx, index, settled)) : replyOf(ctx, index, result)
  }
  const replyOf = (ctx: Context, index: number, result: unknown): Reply => {
    const made = convert(result, ctx.status, ctx)
    if (made === null) {
      throw index === middleware.length ? noHandlerReply(result, ctx) : noMiddlewareReply(result, index, path, where)
    }
    return made
  }
  const nextOf = (ctx: Context, index: number): Next => {
    let isCalled = false
    return <A extends object>(additions?: A) => {
      if (isCalled) {
        return Promise.reject(coreError('MICRO_NEXT_TWICE', { path }))
      }
      isCalled = true
      if (additions !== undefined) {
        addMembers(ctx as RequestContext, additions)
      }
      // For the compiler, the reply carries what was added.
      return promised(() => reply(ctx, index + 1)) as unknown as Promise<Added<A>>
    }
  }
  return (ctx) => enter(ctx, 0)
}

/** What a function gives, as a promise whose failure may be left to nobody: a middleware need not wait for what follows it. */
function promised<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    const result = run()
    if (!isThenable(result)) {
      return Promise.resolve(result)
    }
    result.catch(ignore)
    return result
  } catch (error) {
    const failed = Promise.reject(error)
    failed.catch(ignore)
    return failed
  }
}

function ignore(): void {}

/** The error for what a route gave in the place of a reply. */
export function noReply(result: unknown, ctx: Context): Error {
  const route = (ctx as RequestContext).matchedRoute
  return route === null || route.record.middleware.length === 0
    ? noHandlerReply(result, ctx)
    : noMiddlewareReply(result, 0, route.path, route.record.where)
}

function noHandlerReply(result: unknown, ctx: Context): Error {
  const route = (ctx as RequestContext).matchedRoute
  return coreError('MICRO_HANDLER_RESULT', {
    method: ctx.method,
    path: route?.path ?? ctx.path,
    where: route?.record.where ?? 'an unknown place',
    what: whatIs(result),
  })
}

function noMiddlewareReply(result: unknown, index: number, path: string, where: string): Error {
  return coreError('MICRO_MIDDLEWARE_RESULT', { place: index + 1, path, where, what: whatIs(result) })
}
