import { coreError } from './core-errors.ts'
import { checkHeader } from './header.ts'
import { nearest } from './nearest.ts'
import type { PathPattern } from './path-pattern.ts'

/**
 * The value of `Location` for a path or URL: what may not stand in one is percent-encoded (RFC 3986 section 2.1).
 * @throws MicroError `MICRO_HEADER_INVALID` for control characters: they are nothing that anyone means.
 */
export function toLocation(to: string): string {
  const location = to.toWellFormed().replace(/[ "<>\\^`{|}]|[^\0-\x7f]+/g, encodeURIComponent)
  checkHeader('Location', location)
  return location
}

/** Values for a route's params; those that are no param become the query. Lists give a key several times; undefined is left out. */
export type UrlValues = { readonly [name: string]: unknown }

/** What else a URL may have. */
export interface UrlOptions {
  /** Fragment, without `#`. */
  readonly anchor?: string
}

/** A route that has a name, as URL building sees it. */
export interface NamedRoute {
  readonly name: string
  readonly pattern: PathPattern
}

/**
 * The path of a named route with its query.
 * @throws MicroError `MICRO_ROUTE_UNKNOWN`, `MICRO_URL_VALUE`.
 */
export function buildUrl(routes: ReadonlyMap<string, NamedRoute>, name: string, values: UrlValues = {}, options: UrlOptions = {}): string {
  const route = routes.get(name)
  if (route === undefined) {
    const near = nearest(name, [...routes.keys()])
    throw coreError('MICRO_ROUTE_UNKNOWN', { name, hint: near === undefined ? '' : ` Did you mean '${near}'?` })
  }
  const path = route.pattern.build(values, (param, problem) => {
    throw coreError('MICRO_URL_VALUE', { name, param, path: route.pattern.path, problem })
  })
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) {
    if (!route.pattern.names.includes(key)) {
      for (const item of Array.isArray(value) ? value : [value]) {
        if (item !== undefined && item !== null) {
          query.append(key, String(item))
        }
      }
    }
  }
  const text = query.toString()
  return `${path}${text === '' ? '' : `?${text}`}${options.anchor === undefined ? '' : `#${encodeURIComponent(options.anchor)}`}`
}
