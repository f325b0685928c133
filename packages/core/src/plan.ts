import type { Context } from './context.ts'
import { addMembers } from './context-members.ts'
import { coreError } from './core-errors.ts'
import { concerns, type HookRecord, inOrder } from './hooks.ts'
import type { Added, MiddlewareParts, Next } from './middleware.ts'
import type { Reply } from './reply.ts'
import type { RequestContext } from './request-context.ts'
import type { Handler } from './route.ts'
import type { AfterHook, BeforeHook, ErrorHandler, ErrorTarget, JsonProvider, TeardownHook } from './setup.ts'
import { isThenable } from './thenable.ts'
import { toReply, whatIs } from './to-reply.ts'

/** An error handler as declared. */
export interface ErrorRecord {
  readonly target: ErrorTarget
  readonly handler: ErrorHandler
  /** An extension's name, `blueprint <name>`, or `app`. */
  readonly owner: string
}

/** How the requests of one route are answered. `null` stands for nothing to do. */
export interface Plan {
  readonly before: readonly HookRecord<BeforeHook>[] | null
  readonly run: Handler
  readonly after: readonly HookRecord<AfterHook>[] | null
  readonly teardown: readonly HookRecord<TeardownHook>[] | null
  /** Error handlers, from the innermost blueprint to the app. */
  readonly errors: readonly (readonly ErrorRecord[])[]
}

/** Hooks and error handlers of an app or a blueprint. */
export interface Hooks {
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
  readonly middleware: readonly MiddlewareParts[]
}

/** The plan of a route: `scopes` are the app and the blueprints around the route, from the outermost. */
export function compilePlan(scopes: readonly Hooks[], route: Planned, json: () => JsonProvider): Plan {
  const { method } = route
  const merged = <F extends (ctx: Context, ...rest: never[]) => unknown>(pick: (hooks: Hooks) => readonly HookRecord<F>[]) =>
    scopes
      .flatMap((scope) => inOrder(pick(scope)))
      .filter((hook) => concerns(hook, method))
      .map((hook) => (method === '*' ? guarded(hook) : hook))
  return {
    before: orNull(merged((hooks) => hooks.before)),
    run: route.middleware.length === 0 ? route.run : chain(route, json),
    after: orNull(merged((hooks) => hooks.after).reverse()),
    teardown: orNull(merged((hooks) => hooks.teardown).reverse()),
    errors: scopes
      .map((scope) => scope.errors)
      .filter((errors) => errors.length > 0)
      .reverse(),
  }
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list
}

/** On a route for every method, the request's own decides whether a hook runs. */
function guarded<F extends (ctx: Context, ...rest: never[]) => unknown>(hook: HookRecord<F>): HookRecord<F> {
  if (hook.methods === undefined) {
    return hook
  }
  const run = (ctx: Context, ...rest: never[]) => (concerns(hook, ctx.method) ? hook.run(ctx, ...rest) : undefined)
  return { ...hook, run: run as F }
}

/** The middleware of a route around its handler. */
function chain({ middleware, run, path, where }: Planned, json: () => JsonProvider): Handler {
  const step = async (index: number, ctx: Context): Promise<Reply> => {
    const part = middleware[index]
    if (part === undefined) {
      const made = run(ctx)
      const result = isThenable(made) ? await made : made
      return toReply(result, ctx.status, json()) ?? refuse(noReply(result, ctx))
    }
    let isCalled = false
    const next: Next = <A extends object>(additions?: A) => {
      if (isCalled) {
        return Promise.reject(coreError('MICRO_NEXT_TWICE', { path }))
      }
      isCalled = true
      if (additions !== undefined) {
        addMembers(ctx as RequestContext, additions)
      }
      const rest = step(index + 1, ctx) as unknown as Promise<Added<A>>
      // A middleware that does not wait for what follows would leave its failure to nobody, and end the process with it.
      rest.catch(ignore)
      return rest
    }
    const result = await part.run(ctx, next)
    return (
      toReply(result, ctx.status, json()) ??
      refuse(coreError('MICRO_MIDDLEWARE_RESULT', { place: index + 1, path, where, what: whatIs(result) }))
    )
  }
  return (ctx) => step(0, ctx)
}

function ignore(): void {}

function refuse(error: Error): never {
  throw error
}

/** The error for a handler that returned nothing, or something that is no reply. */
export function noReply(result: unknown, ctx: Context): Error {
  const route = (ctx as RequestContext).matchedRoute
  return coreError('MICRO_HANDLER_RESULT', {
    method: ctx.method,
    path: route?.path ?? ctx.path,
    where: route?.record.where ?? 'an unknown place',
    what: whatIs(result),
  })
}
