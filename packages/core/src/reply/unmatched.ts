/**
 * Answers what no route answers: by 404, or 405 with what is allowed, unless the path only repeats slashes. The error handlers of the
 * blueprint under whose prefix or host the request lies are asked first, the innermost before those around it.
 */

import { type HttpError, routineError } from '../http/http-error.ts'
import { Reply } from '../http/reply.ts'
import type { RequestContext } from '../request/request-context.ts'
import type { HostPattern } from '../routing/host-pattern.ts'
import { type Asked, type HostRouter, hostnameOf } from '../routing/host-router.ts'
import type { PathPattern } from '../routing/path-pattern.ts'
import type { Plan, Route } from '../routing/route.ts'
import { redirectToPath } from './route-redirect.ts'

/** The part of the app's addresses that belongs to one blueprint. */
export interface Territory {
  /** Whole name of the blueprint. */
  readonly blueprint: string
  /** How many blueprints are around it. */
  readonly depth: number
  readonly prefix: PathPattern | null
  readonly host: HostPattern | null
  /** How its requests without a route are answered: with its error handlers and those around it. */
  readonly plan: Plan
}

/** The innermost first: the longest prefix, then a host before none. */
export function inOrderOfPlace(territories: readonly Territory[]): readonly Territory[] {
  return [...territories].sort(
    (one, other) => lengthOf(other) - lengthOf(one) || Number(other.host !== null) - Number(one.host !== null) || other.depth - one.depth,
  )
}

/** How a request without a route is answered. Its context learns whose it is. */
export function planOfUnmatched(territories: readonly Territory[], miss: Plan, ctx: RequestContext): Plan {
  const territory = territories.find((one) => contains(one, ctx))
  if (territory === undefined) {
    return miss
  }
  ctx.nearestBlueprint = territory.blueprint
  return territory.plan
}

/** What stands in the place of a handler where there is no route. */
export function answerUnmatched(router: HostRouter<Route>, ctx: RequestContext): Reply | HttpError {
  const merged = ctx.path.includes('//') ? ctx.path.replace(/\/{2,}/g, '/') : ctx.path
  if (merged !== ctx.path) {
    const asked: Asked = {
      path: merged,
      method: ctx.method,
      get url() {
        return ctx.url
      },
    }
    const route = router.find(asked)?.route
    if (route !== undefined && route.placement.mergeSlashes !== false) {
      return redirectToPath(ctx, route.addsSlash ? `${merged}/` : merged)
    }
  }
  const routes = router.at(ctx)
  if (routes.length === 0) {
    return routineError(404, 'There is nothing at this address.')
  }
  const isAnswered = routes.some((route) => route.placement.automaticOptions !== false)
  const allow = allowOf(routes, isAnswered)
  if (ctx.method === 'OPTIONS' && isAnswered) {
    return new Reply(204, null, null, ['Allow', allow])
  }
  return routineError(405, `${ctx.method} is not allowed here.`, { headers: { Allow: allow } })
}

/** The methods of all routes of a path. GET brings HEAD, and OPTIONS is answered by itself. */
function allowOf(routes: readonly Route[], withOptions: boolean): string {
  const methods = new Set(routes.flatMap((route) => route.methods))
  if (methods.has('GET')) {
    methods.add('HEAD')
  }
  if (withOptions) {
    methods.add('OPTIONS')
  }
  return [...methods].sort().join(', ')
}

function lengthOf({ prefix }: Pick<Territory, 'prefix'>): number {
  return prefix?.segments.length ?? 0
}

function contains({ prefix, host }: Territory, ctx: RequestContext): boolean {
  return (prefix === null || isBelow(prefix, ctx.path)) && (host === null || host.match(hostnameOf(ctx.url)) !== null)
}

function isBelow({ segments }: PathPattern, path: string): boolean {
  const parts = path.slice(1).split('/')
  return segments.every((segment, at) => {
    const text = decode(parts[at] ?? '')
    return segment.kind === 'literal' ? segment.text === text : text !== '' && segment.converter.parse(text, segment.args) !== undefined
  })
}

/** What cannot be decoded is compared as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
