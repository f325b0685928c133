import { type Middleware, middleware, type RouteInfo } from '@micro/core'

/** Under this key, so that two copies of this package know each other's mark. */
const ALLOWED: unique symbol = Symbol.for('micro.forms.allowCrossSite')

/**
 * Lets other sites send unsafe requests to the routes that list it, and to no other: for webhooks, and for callbacks that a
 * browser posts from elsewhere. Such a route must not rely on cookies; it checks a signature or a token of its own.
 */
export const allowCrossSite: Middleware = Object.freeze(
  Object.assign(
    {},
    middleware(async (_, next) => next()),
    { [ALLOWED]: true },
  ),
)

/** Whether a route lists `allowCrossSite`. */
export function allowsCrossSite(route: RouteInfo): boolean {
  const { use } = route as RouteInfo & { readonly use?: readonly object[] }
  return use?.some((entry) => ALLOWED in entry) ?? false
}
