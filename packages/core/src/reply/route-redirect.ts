/** Redirects that routing makes by itself. All are 308: method and body are kept (RFC 9110 section 15.4.9). */
import { Reply } from '../http/reply.ts'
import type { RequestContext } from '../request/request-context.ts'
import { prefixOf } from '../request/url-place.ts'
import { toLocation } from '../routing/url-for.ts'

/** Redirects to another path of this app, as it is written in URLs; the query is kept. */
export function redirectToPath(ctx: RequestContext, path: string): Reply {
  return redirectToUrl(ctx, prefixOf(ctx) + path)
}

/** Redirects to a URL; the query of the request is kept. */
export function redirectToUrl(ctx: RequestContext, url: string): Reply {
  return new Reply(308, null, null, ['Location', toLocation(withQuery(ctx, url))])
}

/** A URL with the query of a request, after its own. */
export function withQuery(ctx: RequestContext, url: string): string {
  const query = ctx.requestSource.target.slice(ctx.path.length)
  return url + (url.includes('?') ? query.replace(/^\?/, '&') : query)
}

/** Redirects to the same path with a slash at its end. */
export function addSlash(ctx: RequestContext): Reply {
  return redirectToPath(ctx, `${ctx.path}/`)
}
