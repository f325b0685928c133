/** Puts an app together: routes of app and blueprints into one router, each with its plan. Opens nothing. */

import { coreError } from '../errors/core-errors.ts'
import type { Registry } from '../extension/registry.ts'
import type { Log } from '../log/log.ts'
import { answerUnmatched, inOrderOfPlace, type Territory } from '../reply/unmatched.ts'
import type { RequestContext } from '../request/request-context.ts'
import type { HostRouter } from '../routing/host-router.ts'
import { readPath } from '../routing/path-pattern.ts'
import type { Handler, Plan, Route, RouteRecord } from '../routing/route.ts'
import type { RoutePlacement } from '../routing/route-placement.ts'
import type { UrlTargets } from '../routing/url-targets.ts'
import { AssemblyRoutes, readHostOf } from './assembly-routes.ts'
import { type AssemblyScope, blueprintScope } from './assembly-scope.ts'
import type { Registration } from './blueprint.ts'
import type { Assembly } from './dispatch-reply.ts'
import { compilePlan } from './plan.ts'
import type { Declarations } from './scaffold.ts'

/** An app, assembled. */
export interface AssembledApp extends Assembly {
  readonly routes: readonly Route[]
  readonly targets: UrlTargets
}

/** What is assembled. */
export interface AssemblyInput {
  readonly declarations: Declarations
  readonly registrations: readonly Registration[]
  readonly registry: Registry
  readonly log: Log
  /** Routes that core adds itself, such as the one for static files. */
  readonly own: readonly RouteRecord[]
  /** Routes of core that no hook and no error handler of the app concerns. */
  readonly bare: readonly RouteRecord[]
  /** What holds for all routes. */
  readonly placement: RoutePlacement
  /** `config.server.publicUrl`. */
  readonly publicUrl: string | undefined
  readonly Router: typeof HostRouter<Route>
}

/** @throws MicroError for paths, names and needs that do not fit together. */
export function assemble({
  declarations,
  registrations,
  registry,
  log,
  own,
  bare,
  placement,
  publicUrl,
  Router,
}: AssemblyInput): AssembledApp {
  const planWithoutRoute = (run: Handler): Plan =>
    compilePlan([declarations], { path: '', where: 'core', method: undefined, run, isSessionless: false, middleware: [] }, registry.toReply)
  const routes = new AssemblyRoutes({ registry, publicUrl, Router, planWithoutRoute })
  const blueprints: AssemblyScope[] = []

  const addBlueprint = (registration: Registration, outer: AssemblyScope): void => {
    const scope = blueprintScope(outer, registration, publicUrl)
    blueprints.push(scope)
    for (const record of registration.blueprint['~declarations'].routes) {
      routes.add(record, scope)
    }
    for (const child of registration.blueprint.children) {
      addBlueprint(child, scope)
    }
  }

  const { converters } = registry
  const app: AssemblyScope = {
    name: undefined,
    blueprints: [],
    prefix: '',
    isPlace: false,
    placement,
    converters,
    declarations: [declarations],
  }
  for (const record of [...declarations.routes, ...own]) {
    routes.add(record, app)
  }
  for (const record of bare) {
    routes.add(record, { ...app, declarations: [], placement: {} })
  }
  for (const registration of registrations) {
    addBlueprint(registration, app)
  }
  routes.finish()
  const { router } = routes
  const miss = planWithoutRoute((ctx) => answerUnmatched(router, ctx as RequestContext))
  return {
    router,
    miss,
    territories: inOrderOfPlace(blueprints.filter(({ isPlace }) => isPlace).map((scope) => territoryOf(scope, miss))),
    routes: routes.routes,
    targets: routes.targets,
    log,
    get sessions() {
      return registry.sessions
    },
    own: registry.own,
    toReply: registry.toReply,
  }
}

function territoryOf(scope: AssemblyScope, miss: Plan): Territory {
  const blueprint = scope.name as string
  const where = `blueprint '${blueprint}'`
  const path = scope.prefix.replace(/\/$/, '')
  const refuse = (problem: string): never => {
    throw coreError('MICRO_PATH_INVALID', { path: scope.prefix, where, problem })
  }
  const prefix = path === '' ? null : readPath(path, scope.converters, refuse)
  const { host } = scope.placement
  const errors = scope.declarations.map((declarations) => declarations.errors).filter((list) => list.length > 0)
  return {
    blueprint,
    depth: scope.blueprints.length,
    prefix,
    host: host === undefined ? null : readHostOf(host, where, scope, prefix),
    plan: { ...miss, errors: errors.reverse() },
  }
}
