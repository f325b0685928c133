import type { Reply } from '../http/reply.ts'
import type { Context } from '../request/context.ts'
import type { RequestContext } from '../request/request-context.ts'
import { prefixOf } from '../request/url-place.ts'
import { withQuery } from './route-redirect.ts'

/**
 * Makes a handler that redirects, for addresses that have moved: `app.all('/old/:id<int>', redirectTo('note'))`. To a route by its name,
 * with the params of the request; to a path or URL, in which `:id` stands for a param; or to what a function says. The query is kept.
 * By 308, which keeps method and body, unless `status` says another.
 */
export function redirectTo(to: string | ((ctx: Context) => string), status: 301 | 302 | 303 | 307 | 308 = 308): (ctx: Context) => Reply {
  const locate =
    typeof to === 'function' ? to : (ctx: Context): string => (/^\/|:\/\//.test(to) ? filled(to, ctx) : ctx.urlFor(to, ctx.params))
  return (ctx) => ctx.redirect(withQuery(ctx as RequestContext, locate(ctx)), status)
}

/** A path or URL with params in it, each percent-encoded by its segments. */
function filled(template: string, ctx: Context): string {
  const params = ctx.params as { readonly [name: string]: unknown }
  const url = template.replace(/:([A-Za-z_]\w*)/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]).split('/').map(encodeURIComponent).join('/') : whole,
  )
  return url.startsWith('/') ? prefixOf(ctx as RequestContext) + url : url
}
