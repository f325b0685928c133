/** What an app and a blueprint have in common: routes, hooks and error handlers are declared on both in the same way. */
import type { Context } from './context.ts'
import { coreError } from './core-errors.ts'
import { type HookRecord, hookRecord } from './hooks.ts'
import type { PathRoutes, RouteMethod, RouteOptions, Typed, Types } from './inference.ts'
import { type AnyMiddleware, MIDDLEWARE, type MiddlewareParts } from './middleware.ts'
import type { ErrorRecord } from './plan.ts'
import { callSite, type Handler, type RouteRecord } from './route.ts'
import type { AfterHook, BeforeHook, ErrorHandler, ErrorTarget, HookOptions, TeardownHook } from './setup.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options', 'all'] as const

/** Everything that was declared on an app or a blueprint. */
export class Declarations {
  readonly routes: RouteRecord[] = []
  readonly before: HookRecord<BeforeHook>[] = []
  readonly after: HookRecord<AfterHook>[] = []
  readonly teardown: HookRecord<TeardownHook>[] = []
  readonly errors: ErrorRecord[] = []
  /** Path of the groups that are being declared. */
  prefix = ''
}

/** An app or a blueprint, as far as routes, hooks and error handlers go. */
export abstract class Scaffold implements Typed {
  declare readonly '~types': Types
  declare readonly get: RouteMethod<this>
  declare readonly post: RouteMethod<this>
  declare readonly put: RouteMethod<this>
  declare readonly patch: RouteMethod<this>
  declare readonly delete: RouteMethod<this>
  declare readonly options: RouteMethod<this>
  /** Answers every method that has no route of its own. */
  declare readonly all: RouteMethod<this>
  /** What was declared, read when an app is assembled. */
  readonly '~declarations': Declarations = new Declarations()
  /** Whose hooks these are, for log lines. */
  protected abstract readonly hookOwner: string

  /** Throws where declarations are no longer allowed. */
  protected abstract assertOpen(method: string): void

  /** Several methods of one path. */
  route<P extends string>(path: P): PathRoutes<this, P> {
    const routes: { [method: string]: unknown } = {}
    for (const method of METHODS) {
      const declare = (...rest: unknown[]): unknown => {
        this.declareRoute(method, path, ...optionsAndHandler(rest), callSite(declare))
        return routes
      }
      routes[method] = declare
    }
    return routes as unknown as PathRoutes<this, P>
  }

  /** Declares routes below a common path. */
  group(prefix: string, declare: (routes: this) => void): this {
    const declarations = this['~declarations']
    const before = declarations.prefix
    declarations.prefix = before + prefix
    try {
      declare(this)
    } finally {
      declarations.prefix = before
    }
    return this
  }

  /** Runs before the handler of every route; what it returns, unless undefined, is the reply. */
  beforeRequest(run: (ctx: Context & this['~types']['context']) => unknown, options?: HookOptions): this {
    this.assertOpen('beforeRequest')
    this['~declarations'].before.push(hookRecord(run as BeforeHook, this.hookOwner, options))
    return this
  }

  /** Runs on every reply, in reverse order; it may change the reply, or return another. */
  afterRequest(run: AfterHook, options?: HookOptions): this {
    this.assertOpen('afterRequest')
    this['~declarations'].after.push(hookRecord(run, this.hookOwner, options))
    return this
  }

  /** Runs when the response has been sent or its stream has ended, in reverse order, also after errors. */
  teardownRequest(run: TeardownHook, options?: HookOptions): this {
    this.assertOpen('teardownRequest')
    this['~declarations'].teardown.push(hookRecord(run, this.hookOwner, options))
    return this
  }

  /** Answers errors of a status or a class. */
  onError<E>(target: ErrorTarget<E>, handler: (error: E, ctx: Context & this['~types']['context']) => unknown): this {
    this.assertOpen('onError')
    this['~declarations'].errors.push({ target, handler: handler as ErrorHandler, owner: this.hookOwner })
    return this
  }

  /** @internal What the route methods do. */
  declareRoute(method: string, path: string, options: RouteOptions | readonly AnyMiddleware[], handler: unknown, where: string): void {
    this.assertOpen(method)
    const { name, use, maxBytes } = Array.isArray(options) ? { use: options as readonly AnyMiddleware[] } : (options as RouteOptions)
    if (typeof handler !== 'function') {
      throw coreError('MICRO_HANDLER_INVALID', { path, where, what: handler === null ? 'null' : typeof handler })
    }
    const middleware = (use ?? []).map((item) => {
      const parts = typeof item === 'object' && item !== null ? (item as { [MIDDLEWARE]?: MiddlewareParts })[MIDDLEWARE] : undefined
      if (parts === undefined) {
        throw coreError('MICRO_MIDDLEWARE_INVALID', { path, where })
      }
      return parts
    })
    const declarations = this['~declarations']
    const prefix = declarations.prefix
    const full = prefix + (prefix !== '' && path === '/' ? '' : path)
    const methods = [method === 'all' ? '*' : method.toUpperCase()]
    declarations.routes.push({ methods, path: full, name, middleware, maxBytes, handler: handler as Handler, where })
  }
}

for (const method of METHODS) {
  const declare = function (this: Scaffold, path: string, ...rest: unknown[]): Scaffold {
    this.declareRoute(method, path, ...optionsAndHandler(rest), callSite(declare))
    return this
  }
  Object.defineProperty(Scaffold.prototype, method, { value: declare, configurable: true, writable: true })
}

function optionsAndHandler(rest: readonly unknown[]): readonly [RouteOptions | readonly AnyMiddleware[], unknown] {
  return rest.length > 1 ? [rest[0] as RouteOptions, rest[1]] : [{}, rest[0]]
}
