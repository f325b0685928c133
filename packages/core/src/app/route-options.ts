/** What stands between the path and the handler of a route: options, a list of middleware, or nothing. */
import { checkOptions, type OptionNames } from '../errors/check-options.ts'
import { coreError } from '../errors/core-errors.ts'
import type { RouteOptions } from '../extension/inference.ts'
import type { AnyMiddleware } from '../extension/typed.ts'
import { MIDDLEWARE } from '../hooks/middleware.ts'
import type { MiddlewareParts } from '../routing/route.ts'
import { PLACEMENT_OPTIONS } from '../routing/route-placement.ts'

const ROUTE_OPTIONS: OptionNames<RouteOptions> = {
  name: true,
  use: true,
  aliases: true,
  maxBytes: true,
  maxFields: true,
  maxParts: true,
  bodyTimeoutMs: true,
  ...PLACEMENT_OPTIONS,
}

/** The parts of a middleware; undefined for anything else. */
export function partsOf(value: unknown): MiddlewareParts | undefined {
  return typeof value === 'object' && value !== null ? (value as { readonly [MIDDLEWARE]?: MiddlewareParts })[MIDDLEWARE] : undefined
}

/** Options and handler among what follows a path. @throws MicroError `MICRO_ROUTE_ARGUMENTS` and those of `readRouteOptions`. */
export function optionsAndHandler(rest: readonly unknown[], path: string, where: string): readonly [RouteOptions, unknown] {
  if (rest.length > 2) {
    throw coreError('MICRO_ROUTE_ARGUMENTS', { path, where, count: rest.length })
  }
  return rest.length > 1 ? [readRouteOptions(rest[0], path, where), rest[1]] : [{}, rest[0]]
}

/** Options as they are given, a list of middleware being the shortest. @throws MicroError `MICRO_OPTIONS_INVALID`, `MICRO_OPTION_UNKNOWN`. */
export function readRouteOptions(given: unknown, path: string, where: string): RouteOptions {
  const what = `The route ${path} at ${where}`
  if (given === undefined) {
    return {}
  }
  if (Array.isArray(given)) {
    return { use: given as readonly AnyMiddleware[] }
  }
  refuseMiddleware(given, 'options', what)
  checkOptions(what, given, ROUTE_OPTIONS)
  const options = given as RouteOptions
  refuseMiddleware(options.use, 'option use', what)
  return options
}

/** Refuses middleware, or what was meant to be one, that stands in no list. */
function refuseMiddleware(given: unknown, place: string, what: string): void {
  if (typeof given === 'function') {
    throw coreError('MICRO_OPTIONS_INVALID', { what, place, given: 'a function', instead: `[middleware(${given.name || '…'})]` })
  }
  if (partsOf(given) !== undefined) {
    throw coreError('MICRO_OPTIONS_INVALID', { what, place, given: 'a middleware', instead: 'it in a list: […]' })
  }
}

/** Options that several routes share, and those of one of them. */
export function joinOptions(shared: RouteOptions, own: RouteOptions): RouteOptions {
  return { ...shared, ...own, use: [...(shared.use ?? []), ...(own.use ?? [])] }
}
