/** What an app and a blueprint have in common: routes, hooks and error handlers are declared on both in the same way. */

import { checkOptions, type OptionNames } from '../errors/check-options.ts'
import { coreError } from '../errors/core-errors.ts'
import type {
  AnyContextFor,
  AnyParamsContext,
  CheckOptions,
  NamedUrlOptions,
  PathRoutes,
  RouteMethod,
  RouteOptions,
} from '../extension/inference.ts'
import type { AnyMiddleware, Typed, Types } from '../extension/typed.ts'
import { checkErrorHandler, type ErrorRecord } from '../hooks/error-handler.ts'
import { type HookOptions, type HookRecord, hookRecord } from '../hooks/hooks.ts'
import type { AfterHook, BeforeHook, ErrorClass, ErrorHandler, ErrorTarget, ParamsHook, TeardownHook } from '../hooks/request-hooks.ts'
import type { HttpError } from '../http/http-error.ts'
import { readMethod } from '../http/method.ts'
import { routeLimits } from '../request/body.ts'
import type { Context } from '../request/context.ts'
import type { ParamValues } from '../routing/param-segment.ts'
import type { CheckPath, WithParams } from '../routing/path-params.ts'
import { joinPaths, joinPrefixes } from '../routing/path-pattern.ts'
import { callSite, type Handler, type RouteRecord, routeRecord } from '../routing/route.ts'
import { placementOf } from '../routing/route-placement.ts'
import type { UrlDefaults, UrlRequest } from '../routing/url-targets.ts'
import { joinOptions, optionsAndHandler, partsOf, readRouteOptions } from './route-options.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options', 'all'] as const

const NAMED_URL_OPTIONS: OptionNames<NamedUrlOptions> = { origin: true, host: true, subdomain: true, defaults: true }

/** Everything that was declared on an app or a blueprint. */
export class Declarations {
  readonly routes: RouteRecord[] = []
  readonly before: HookRecord<BeforeHook>[] = []
  readonly after: HookRecord<AfterHook>[] = []
  readonly teardown: HookRecord<TeardownHook>[] = []
  readonly errors: ErrorRecord[] = []
  /** Functions that see the params of a route before any hook. */
  readonly params: HookRecord<ParamsHook>[] = []
  readonly urlDefaults: UrlDefaults[] = []
  /** Path of the groups that are being declared. */
  prefix = ''
  /** Whose declarations these are, while others than their holder declare: a blueprint, for the whole app. */
  owner: string | undefined = undefined
}

/** An app or a blueprint, as far as routes, hooks and error handlers go. */
export abstract class Scaffold implements Typed {
  declare readonly '~types': Types
  /** Answers GET, and HEAD with it. */
  declare readonly get: RouteMethod<this>
  /** Answers POST. */
  declare readonly post: RouteMethod<this>
  /** Answers PUT. */
  declare readonly put: RouteMethod<this>
  /** Answers PATCH. */
  declare readonly patch: RouteMethod<this>
  /** Answers DELETE. */
  declare readonly delete: RouteMethod<this>
  /** Answers OPTIONS, which is answered by itself otherwise. */
  declare readonly options: RouteMethod<this>
  /** Answers every method that has no route of its own. */
  declare readonly all: RouteMethod<this>
  /** What was declared, read when an app is assembled. */
  readonly '~declarations': Declarations = new Declarations()
  /** Whose hooks these are, for log lines. */
  protected abstract readonly hookOwner: string

  /** Whoever declares just now. */
  protected get currentOwner(): string {
    return this['~declarations'].owner ?? this.hookOwner
  }

  /** Throws where declarations are no longer allowed. */
  protected abstract assertOpen(method: string): void

  /** Several methods of one path. Options given here hold for each of them; its own come after. */
  route<P extends string, const O extends RouteOptions | readonly AnyMiddleware[] = readonly []>(
    path: CheckPath<P, this['~types']['converters']>,
    options?: O & CheckOptions<AnyContextFor<this['~types']>, O>,
  ): PathRoutes<this['~types'], P, O> {
    const shared = readRouteOptions(options, path, callSite(this.route))
    const routes: { [method: string]: unknown } = {}
    const declare = (methods: readonly string[], rest: readonly unknown[], where: string): unknown => {
      const [own, handler] = optionsAndHandler(rest, path, where)
      for (const method of methods) {
        this.declareRoute(method, path, joinOptions(shared, own), handler, where)
      }
      return routes
    }
    for (const method of METHODS) {
      routes[method] = (...rest: unknown[]): unknown => declare([method], rest, callSite(routes[method] as () => unknown))
    }
    routes.on = (methods: string | readonly string[], ...rest: unknown[]): unknown =>
      declare(typeof methods === 'string' ? [methods] : methods, rest, callSite(routes.on as () => unknown))
    return routes as unknown as PathRoutes<this['~types'], P, O>
  }

  /** Names a URL that something else answers, so that `urlFor` builds it. */
  nameUrl<P extends string>(name: string, path: CheckPath<P, this['~types']['converters']>, options: NamedUrlOptions = {}): this {
    this.assertOpen('nameUrl')
    checkOptions(`nameUrl('${name}')`, options, NAMED_URL_OPTIONS)
    const { origin, ...placement } = options
    const where = callSite(this.nameUrl)
    const handler = (): never => {
      throw coreError('MICRO_HANDLER_INVALID', { path, where, what: 'nameUrl()' })
    }
    this.#push(
      routeRecord({ methods: [], path, name, handler, where, placement: placementOf(placement), origin: origin?.replace(/\/+$/, '') }),
    )
    return this
  }

  /** Declares routes below a common path. */
  group<P extends string>(
    prefix: CheckPath<P, this['~types']['converters']>,
    declare: (routes: this & WithParams<P, this['~types']['converters']>) => void,
  ): this {
    const declarations = this['~declarations']
    const before = declarations.prefix
    declarations.prefix = joinPrefixes(before, prefix)
    try {
      declare(this as this & WithParams<P, this['~types']['converters']>)
    } finally {
      declarations.prefix = before
    }
    return this
  }

  /** Sees the params of a route before any hook runs; what it returns, unless undefined, takes their place. */
  onParams(run: (params: ParamValues, ctx: Context & this['~types']['context']) => ParamValues | undefined): this {
    this.assertOpen('onParams')
    this['~declarations'].params.push(hookRecord(run as ParamsHook, this.currentOwner))
    return this
  }

  /**
   * Supplies values for params that `urlFor` is not given. For URLs of its own routes: those of a blueprint are asked before those of
   * the one around it, the app's last.
   */
  urlDefaults(supply: (request: UrlRequest<AnyParamsContext & this['~types']['context']>) => ParamValues | undefined): this {
    this.assertOpen('urlDefaults')
    this['~declarations'].urlDefaults.push(supply as UrlDefaults)
    return this
  }

  /** Runs before the handler of every route; what it returns, unless undefined, is the reply. */
  beforeRequest(run: (ctx: Context & this['~types']['context']) => unknown, options?: HookOptions): this {
    this.assertOpen('beforeRequest')
    this['~declarations'].before.push(hookRecord(run as BeforeHook, this.currentOwner, options))
    return this
  }

  /** Runs on every reply, in reverse order; it may change the reply, or return another. */
  afterRequest(run: AfterHook, options?: HookOptions): this {
    this.assertOpen('afterRequest')
    this['~declarations'].after.push(hookRecord(run, this.currentOwner, options))
    return this
  }

  /** Runs when the response has been sent or its stream has ended, in reverse order, also after errors. */
  teardownRequest(run: TeardownHook, options?: HookOptions): this {
    this.assertOpen('teardownRequest')
    this['~declarations'].teardown.push(hookRecord(run, this.currentOwner, options))
    return this
  }

  /**
   * Answers errors of a status or of a class: what it returns is the reply, with the error's status unless it says another. A handler for
   * a status gets an `HttpError`; the one for 500 gets one whose `cause` is the error that nobody expected.
   * @throws MicroError `MICRO_ERROR_TARGET`.
   */
  onError(status: number, handler: (error: HttpError, ctx: Context & this['~types']['context']) => unknown): this
  onError<E extends Error>(type: ErrorClass<E>, handler: (error: E, ctx: Context & this['~types']['context']) => unknown): this
  onError(target: ErrorTarget, handler: unknown): this {
    this.assertOpen('onError')
    checkErrorHandler(target, handler)
    this['~declarations'].errors.push({ target, handler: handler as ErrorHandler, owner: this.currentOwner })
    return this
  }

  /** @internal What the route methods do. */
  declareRoute(method: string, path: string, options: RouteOptions, handler: unknown, where: string): void {
    this.assertOpen(method)
    const { name, use = [], maxBytes, maxFields, maxParts, bodyTimeoutMs, aliases = [], ...placement } = options
    if (typeof handler !== 'function') {
      throw coreError('MICRO_HANDLER_INVALID', { path, where, what: handler === null ? 'null' : typeof handler })
    }
    if (handler.length > 1) {
      throw coreError('MICRO_HANDLER_PARAMS', { path, where, count: handler.length })
    }
    const known = readMethod(method)
    if (known === null) {
      throw coreError('MICRO_METHOD_INVALID', { what: `The route ${path} at ${where}`, method })
    }
    const middleware = use.map((item) => {
      const parts = partsOf(item)
      if (parts === undefined) {
        throw coreError('MICRO_MIDDLEWARE_INVALID', { path, where })
      }
      return parts
    })
    this.#push({
      methods: [known],
      path,
      name,
      middleware,
      limits: routeLimits({ maxBytes, maxFields, maxParts, bodyTimeoutMs }),
      handler: handler as Handler,
      where,
      placement: placementOf(placement),
      aliases,
      origin: undefined,
    })
  }

  #push(record: RouteRecord): void {
    const { prefix, routes } = this['~declarations']
    routes.push({ ...record, path: joinPaths(prefix, record.path), aliases: record.aliases.map((alias) => joinPaths(prefix, alias)) })
  }
}

for (const method of METHODS) {
  const declare = function (this: Scaffold, path: string, ...rest: unknown[]): Scaffold {
    const where = callSite(declare)
    this.declareRoute(method, path, ...optionsAndHandler(rest, path, where), where)
    return this
  }
  Object.defineProperty(Scaffold.prototype, method, { value: declare, configurable: true, writable: true })
}
