import { coreError } from '../errors/core-errors.ts'
import type { Registry } from '../extension/registry.ts'
import type { Reply } from '../http/reply.ts'
import { addSlash, redirectToUrl } from '../reply/route-redirect.ts'
import type { Context } from '../request/context.ts'
import type { RequestContext } from '../request/request-context.ts'
import { urlPlace } from '../request/url-place.ts'
import { type HostPattern, readHost } from '../routing/host-pattern.ts'
import type { HostRouter } from '../routing/host-router.ts'
import { joinPaths, type PathPattern, readPath } from '../routing/path-pattern.ts'
import { type Handler, type Plan, Route, type RouteRecord } from '../routing/route.ts'
import { placeWithin } from '../routing/route-placement.ts'
import { buildUrl, urlOf } from '../routing/url-for.ts'
import { answers, canSay, hasSameParams, requiredOf, type UrlTarget, UrlTargets } from '../routing/url-targets.ts'
import { type AssemblyScope, publicHost } from './assembly-scope.ts'
import { compilePlan } from './plan.ts'

/** What routes need beside their scopes. */
export interface RoutesHost {
  readonly registry: Registry
  readonly publicUrl: string | undefined
  readonly Router: typeof HostRouter<Route>
  /** The plan of requests that are answered without a route: with the app's own hooks. */
  planWithoutRoute(run: Handler): Plan
}

/** The routes of an app while it is assembled. */
export class AssemblyRoutes {
  readonly router: HostRouter<Route>
  readonly routes: Route[] = []
  readonly targets: UrlTargets = new UrlTargets()
  readonly #host: RoutesHost
  readonly #targetOf: Map<Route, UrlTarget> = new Map()

  constructor(host: RoutesHost) {
    this.#host = host
    this.router = new host.Router()
  }

  /** @throws MicroError for paths, hosts, names and needs that do not fit together. */
  add(record: RouteRecord, scope: AssemblyScope): void {
    const { where } = record
    const { registry, publicUrl } = this.#host
    const placement = placeWithin(scope.placement, record.placement, publicHost(publicUrl, `the route at ${where}`))
    const pattern = readPattern(record.path, record, scope)
    const host = placement.host === undefined ? null : readHostOf(placement.host, `the route at ${where}`, scope, pattern)
    const route = new Route({ record, pattern, host, name: nameOf(record, scope), blueprints: scope.blueprints, placement })
    checkNeeds(route, registry)
    this.routes.push(route)
    const target = targetOf(route, scope)
    this.#targetOf.set(route, target)
    if (route.name !== undefined) {
      this.targets.add(target, (other) => {
        throw coreError('MICRO_ROUTE_NAME_TAKEN', { name: target.name, first: other.where, second: where })
      })
    }
    if (record.methods.length > 0) {
      const { handler: run, middleware, isSessionless = false } = record
      const planned = { path: pattern.path, where, method: record.methods[0], run, isSessionless, middleware }
      route.plan = compilePlan(scope.declarations, planned, registry.toReply)
      this.#route(route)
    }
    for (const alias of record.aliases) {
      this.#addAlias(alias, route, target, scope)
    }
  }

  /** What is added when all routes are known: redirects between the paths of one route, and paths with another end. */
  finish(): void {
    for (const route of this.routes) {
      const { pattern, placement, record } = route
      const twin = record.methods.length === 0 ? null : pattern.twin
      if (twin !== null && placement.strictSlashes === false) {
        this.router.of(route.host).addBeside(route, twin)
      } else if (twin !== null && pattern.isSlashed) {
        const redirect = new Route({ ...route, name: undefined, pattern: twin }, true)
        redirect.plan = this.#host.planWithoutRoute(onRequest(addSlash))
        this.router.of(route.host).addSpare(redirect)
      }
      this.#redirectToShorter(route)
    }
  }

  #route(route: Route): void {
    this.router.of(route.host).add(route, (other, method) => {
      throw coreError('MICRO_ROUTE_TAKEN', { method, path: route.path, first: other.record.where, second: route.record.where })
    })
  }

  #addAlias(path: string, route: Route, target: UrlTarget, scope: AssemblyScope): void {
    const { record } = route
    const pattern = readPattern(path, record, scope)
    const alias = new Route({ ...route, record: { ...record, name: undefined, aliases: [] }, name: undefined, pattern })
    const lacking = requiredOf(target).find((param) => !pattern.names.includes(param) && !route.host?.names.includes(param))
    if (lacking !== undefined) {
      const problem = `an alias has the params of its route, and '${lacking}' is missing`
      throw coreError('MICRO_PATH_INVALID', { path, where: `the route at ${record.where}`, problem })
    }
    alias.plan = this.#host.planWithoutRoute(onRequest((ctx) => this.#redirect(ctx, route, target)))
    this.#route(alias)
  }

  /** A visit of `/notes/page/1` is sent on to `/notes/` where that has the same name, and `{ page: 1 }` for its defaults. */
  #redirectToShorter(route: Route): void {
    const target = this.#targetOf.get(route) as UrlTarget
    const siblings = route.name === undefined ? [] : (this.targets.get(route.name) ?? [])
    const shorter = siblings.filter((one) => hasSameParams(one, target) && requiredOf(one).length < requiredOf(target).length)
    if (route.plan === null || shorter.length === 0) {
      return
    }
    const { run } = route.plan
    const visit = (ctx: RequestContext): unknown => {
      const short = shorter.find((one) => answers(one, ctx.method) && canSay(one, ctx.params))
      return short === undefined ? run(ctx) : redirectToUrl(ctx, urlOf(short, ctx.params, {}, urlPlace(ctx.config, ctx)))
    }
    route.plan = { ...route.plan, run: onRequest(visit) }
  }

  /** To the shortest URL with the params of a request. */
  #redirect(ctx: RequestContext, route: Route, target: UrlTarget): Reply {
    const place = urlPlace(ctx.config, ctx)
    const url = route.name === undefined ? urlOf(target, ctx.params, {}, place) : buildUrl(this.targets, route.name, ctx.params, {}, place)
    return redirectToUrl(ctx, url)
  }
}

function targetOf(route: Route, scope: AssemblyScope): UrlTarget {
  const { record, pattern, host, defaults } = route
  return {
    name: route.name ?? 'of this route',
    methods: route.methods,
    pattern,
    host,
    origin: record.origin,
    defaults,
    where: record.where,
    query: record.query,
    urlDefaults: [...scope.declarations].reverse().flatMap((declarations) => declarations.urlDefaults),
  }
}

function nameOf({ name, where }: RouteRecord, scope: AssemblyScope): string | undefined {
  if (scope.name === undefined || name === undefined) {
    return name
  }
  if (name.includes('.')) {
    throw coreError('MICRO_ROUTE_NAME_DOT', { name, where })
  }
  return `${scope.name}.${name}`
}

function readPattern(below: string, { where }: RouteRecord, scope: AssemblyScope): PathPattern {
  const path = joinPaths(scope.prefix, below)
  return readPath(path, scope.converters, (problem) => {
    throw coreError('MICRO_PATH_INVALID', { path, where: `the route at ${where}`, problem })
  })
}

/** @throws MicroError `MICRO_HOST_INVALID`. */
export function readHostOf(host: string, where: string, scope: AssemblyScope, path: PathPattern | null): HostPattern {
  const refuse = (problem: string): never => {
    throw coreError('MICRO_HOST_INVALID', { host, where, problem })
  }
  const pattern = readHost(host, scope.converters, refuse)
  const twice = pattern.names.find((name) => path?.names.includes(name))
  return twice === undefined ? pattern : refuse(`its path '${path?.path}' has a param '${twice}' as well`)
}

function checkNeeds({ path, record: { middleware, where } }: Route, { extensions, refused }: Registry): void {
  for (const { needs } of middleware) {
    const missing = needs.find((need) => !extensions.has(need) && !refused.has(need))
    if (missing !== undefined) {
      throw coreError('MICRO_MIDDLEWARE_NEED', { path, where, need: missing })
    }
  }
}

function onRequest(run: (ctx: RequestContext) => unknown): Handler {
  return run as (ctx: Context) => unknown
}
