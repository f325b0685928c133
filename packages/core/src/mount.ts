import type { Context } from './context.ts'

/** Declares the routes that hand everything below `prefix` to a fetch handler, with the prefix taken off its path. */
export function mountHandler(
  prefix: string,
  handler: (request: Request) => Response | Promise<Response>,
  declare: (path: string, run: (ctx: Context) => unknown) => void,
): void {
  const base = prefix.replace(/\/+$/, '')
  const depth = base.split('/').length
  const run = (ctx: Context) => {
    const url = new URL(ctx.url)
    // By segments: those of the prefix may be percent-encoded in the request.
    url.pathname = `/${ctx.path.split('/').slice(depth).join('/')}`
    return handler(new Request(url, ctx.request))
  }
  if (base !== '') {
    declare(base, run)
  }
  declare(`${base}/`, run)
  declare(`${base}/:rest<path>`, run)
}
