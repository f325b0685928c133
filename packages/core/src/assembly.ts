/** Puts an app together: routes of app and blueprints into one router, each with its plan. Opens nothing. */
import type { Registration } from './blueprint.ts'
import type { Context } from './context.ts'
import { coreError } from './core-errors.ts'
import type { Assembly } from './dispatch.ts'
import { routineError } from './http-error.ts'
import type { Log } from './log.ts'
import { readPath } from './path-pattern.ts'
import { compilePlan, type Hooks } from './plan.ts'
import type { Registry } from './registry.ts'
import { Reply } from './reply.ts'
import type { RequestContext } from './request-context.ts'
import { Route, type RouteRecord } from './route.ts'
import { Router } from './router.ts'
import type { Declarations } from './scaffold.ts'
import { toLocation } from './url-for.ts'

/** An app, assembled. */
export interface AssembledApp extends Assembly {
  readonly routes: readonly Route[]
  readonly named: ReadonlyMap<string, Route & { readonly name: string }>
}

/** What is assembled. */
export interface AssemblyInput {
  readonly declarations: Declarations
  readonly registrations: readonly Registration[]
  readonly registry: Registry
  readonly log: Log
  /** Routes that core adds itself, such as the one for static files. */
  readonly own: readonly RouteRecord[]
}

/** @throws MicroError for paths, names and needs that do not fit together. */
export function assemble({ declarations, registrations, registry, log, own }: AssemblyInput): AssembledApp {
  const router = new Router<Route>()
  const routes: Route[] = []
  const named = new Map<string, Route & { readonly name: string }>()
  const json = () => registry.json

  const add = (record: RouteRecord, scopes: readonly Hooks[], prefix: string, blueprint: string | undefined): void => {
    const path = prefix + (prefix !== '' && record.path === '/' ? '' : record.path)
    const pattern = readPath(path, registry.converters, (problem) => {
      throw coreError('MICRO_PATH_INVALID', { path, where: record.where, problem })
    })
    const name = record.name === undefined ? undefined : blueprint === undefined ? record.name : `${blueprint}.${record.name}`
    const route = new Route(record, pattern, name, blueprint)
    for (const { needs } of record.middleware) {
      const missing = needs.find((need) => !registry.extensions.has(need))
      if (missing !== undefined) {
        throw coreError('MICRO_MIDDLEWARE_NEED', { path, where: record.where, need: missing })
      }
    }
    const { handler: run, middleware, where } = record
    route.plan = compilePlan(scopes, { path, where, method: record.methods[0], run, middleware }, json)
    router.add(route, (other, method) => {
      throw coreError('MICRO_ROUTE_TAKEN', { method, path, first: other.record.where, second: record.where })
    })
    if (name !== undefined) {
      const other = named.get(name)
      if (other !== undefined && other.path !== path) {
        throw coreError('MICRO_ROUTE_NAME_TAKEN', { name, first: other.record.where, second: record.where })
      }
      named.set(name, route as Route & { readonly name: string })
    }
    routes.push(route)
  }

  const addBlueprint = (
    { blueprint, options }: Registration,
    scopes: readonly Hooks[],
    prefix: string,
    parent: string | undefined,
  ): void => {
    const own = options.name ?? blueprint.name
    const name = parent === undefined ? own : `${parent}.${own}`
    const below = prefix + (options.prefix ?? blueprint.prefix)
    const inner = [...scopes, blueprint['~declarations']]
    blueprint.seal()
    for (const record of blueprint['~declarations'].routes) {
      add(record, inner, below, name)
    }
    for (const child of blueprint.children) {
      addBlueprint(child, inner, below, name)
    }
  }

  for (const record of [...declarations.routes, ...own]) {
    add(record, [declarations], '', undefined)
  }
  for (const registration of registrations) {
    addBlueprint(registration, [declarations], '', undefined)
  }
  const run = (ctx: Context): Reply => missed(router, ctx as RequestContext)
  const miss = compilePlan([declarations], { path: '', where: 'core', method: undefined, run, middleware: [] }, json)
  return {
    router,
    routes,
    named,
    miss,
    log,
    get json() {
      return registry.json
    },
  }
}

/** No route answers: a path that only lacks or repeats slashes is redirected (308 keeps method and body), any other is 404. */
function missed(router: Router<Route>, ctx: RequestContext): Reply {
  const { target } = ctx.requestSource
  const merged = ctx.path.replace(/\/{2,}/g, '/')
  for (const path of merged.endsWith('/') ? [merged] : [merged, `${merged}/`]) {
    if (path !== ctx.path && (router.find(path, ctx.method)?.route ?? null) !== null) {
      return new Reply(308, null, null, ['Location', toLocation(path + target.slice(ctx.path.length))])
    }
  }
  throw routineError(404, 'There is nothing at this address.')
}
