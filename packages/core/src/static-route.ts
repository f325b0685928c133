import type { CoreConfig } from './core-config.ts'
import { HttpError } from './http-error.ts'
import type { StaticDirectory } from './registry.ts'
import type { RequestContext } from './request-context.ts'
import type { RouteRecord } from './route.ts'
import { serveDirectory } from './static-files.ts'

/**
 * The route of static files, named `static`: the app's own `static/` first, then under `<name>/` those of blueprints and extensions.
 * None where there are no such directories.
 */
export function staticRoute(
  rootPath: string | undefined,
  statics: readonly StaticDirectory[],
  config: CoreConfig['static'],
): readonly RouteRecord[] {
  const own = rootPath === undefined ? undefined : `${rootPath}/static`
  const present = statics.filter(({ directory }) => isDirectory(directory))
  if ((own === undefined || !isDirectory(own)) && present.length === 0) {
    return []
  }
  const serveOwn = own === undefined || !isDirectory(own) ? null : serveDirectory(own, { maxAge: config.maxAge })
  const byName = new Map(present.map(({ namespace, directory }) => [namespace, serveDirectory(directory, { maxAge: config.maxAge })]))
  const handler: RouteRecord['handler'] = async (ctx) => {
    const { requestSource: source, params } = ctx as RequestContext & { readonly params: { readonly path: string } }
    const slash = params.path.indexOf('/')
    const named = slash < 0 ? undefined : byName.get(params.path.slice(0, slash))
    const reply = (await serveOwn?.(source, params.path)) ?? (await named?.(source, params.path.slice(slash + 1)))
    if (reply === null || reply === undefined) {
      throw new HttpError(404, 'There is no such file.')
    }
    return reply
  }
  const url = config.url.replace(/\/+$/, '')
  return [{ methods: ['GET'], path: `${url}/:path<path>`, name: 'static', middleware: [], maxBytes: undefined, handler, where: 'core' }]
}

function isDirectory(path: string): boolean {
  return process.getBuiltinModule('node:fs').statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
