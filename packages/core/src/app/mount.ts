import { coreError } from '../errors/core-errors.ts'
import { notePrefix } from '../http/source.ts'
import { whatIs } from '../reply/to-reply.ts'
import type { Context } from '../request/context.ts'
import type { RequestContext } from '../request/request-context.ts'
import { prefixOf } from '../request/url-place.ts'

/** Answers native requests. `ctx` is the request as the app around it sees it: its params are those of the prefix. */
export type FetchHandler<C = Context> = (request: Request, ctx: C) => Response | Promise<Response>

/** What can be mounted: a fetch handler, or what has one, as apps of this and other frameworks do. */
export type Mountable<C = Context> = FetchHandler<C> | { readonly fetch: FetchHandler<C> }

/** Declares the routes that hand everything below `prefix` to a fetch handler, with the prefix taken off its path. */
export function mountHandler(
  prefix: string,
  mounted: Mountable<never>,
  declare: (path: string, run: (ctx: Context) => unknown) => void,
): void {
  const base = prefix.replace(/\/+$/, '')
  const depth = base.split('/').length
  const handle = handlerOf(prefix, mounted)
  const run = async (ctx: Context): Promise<Response> => {
    const url = new URL(ctx.url)
    // By segments: those of the prefix may be percent-encoded in the request.
    url.pathname = `/${ctx.path.split('/').slice(depth).join('/')}`
    const above = prefixOf(ctx as RequestContext) + ctx.path.split('/').slice(0, depth).join('/')
    const response: unknown = await handle(notePrefix(new Request(url, ctx.request), above), ctx)
    if (Object.prototype.toString.call(response) !== '[object Response]') {
      throw coreError('MICRO_MOUNT_RESULT', {
        prefix,
        what: typeof response === 'object' && response !== null ? 'an object' : whatIs(response),
      })
    }
    return response as Response
  }
  if (base !== '') {
    declare(base, run)
  }
  declare(`${base}/`, run)
  declare(`${base}/:mountedPath<path>`, run)
}

function handlerOf(prefix: string, mounted: unknown): FetchHandler {
  if (typeof mounted === 'function') {
    return mounted as FetchHandler
  }
  const { fetch } = (mounted ?? {}) as { readonly fetch?: unknown }
  if (typeof fetch !== 'function') {
    throw coreError('MICRO_MOUNT_INVALID', { prefix, what: mounted === null ? 'null' : typeof mounted })
  }
  return (request, ctx) => (fetch as FetchHandler).call(mounted, request, ctx)
}
