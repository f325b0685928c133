import type { CoreConfig } from '../config/core-config.ts'
import { HttpError } from '../http/http-error.ts'
import { Reply } from '../http/reply.ts'
import type { Source } from '../http/source.ts'
import type { RequestContext } from '../request/request-context.ts'
import type { ParamValues } from '../routing/param-segment.ts'
import { type RouteRecord, routeRecord } from '../routing/route.ts'
import { serveDirectory } from './static-files.ts'
import { type StaticPlaces, StaticVersions } from './static-version.ts'

/** Key of the query that names the version of a file. */
const VERSION = 'v'

/** Static files below a name: `<static url>/<name>/…`. */
export interface StaticDirectory {
  readonly namespace: string
  readonly directory: string
  /** Whole names of the blueprint whose it is: each names the URLs of its files as `<name>.static`. */
  readonly blueprints?: readonly string[]
}

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
  const serve = (directory: string) => serveDirectory(directory, { maxAge: config.maxAge })
  const places: StaticPlaces = {
    own: own === undefined || !isDirectory(own) ? [] : [own],
    named: new Map(
      [...Map.groupBy(present, ({ namespace }) => namespace)].map(([name, list]) => [name, list.map(({ directory }) => directory)]),
    ),
  }
  const versions = new StaticVersions(places)
  const serveOwn = places.own.map(serve)
  const serveNamed = new Map([...places.named].map(([name, list]) => [name, list.map(serve)]))
  const handler: RouteRecord['handler'] = async (ctx) => {
    const { requestSource: source, params, query } = ctx as RequestContext & { readonly params: { readonly path: string } }
    const [name = '', ...rest] = params.path.split('/')
    const reply = (await first(serveOwn, source, params.path)) ?? (await first(serveNamed.get(name) ?? [], source, rest.join('/')))
    if (reply === null) {
      throw new HttpError(404, 'There is no such file.')
    }
    const asked = source.target.includes('?') ? query.get(VERSION) : null
    return asked !== null && asked === versions.of(params.path) ? kept(reply) : reply
  }
  const url = config.url.replace(/\/+$/, '')
  const versioned = (prefix: string) => (values: ParamValues) =>
    config.versions && values[VERSION] === undefined ? { [VERSION]: versions.of(`${prefix}${values.path}`) } : {}
  const named = present.flatMap(({ namespace, blueprints = [] }) =>
    blueprints.map((blueprint) =>
      routeRecord({
        methods: [],
        path: `${url}/${namespace}/:path<path>`,
        name: `${blueprint}.static`,
        handler,
        query: versioned(`${namespace}/`),
        where: 'core',
      }),
    ),
  )
  const path = `${url}/:path<path>`
  return [
    routeRecord({ methods: ['GET'], path, name: 'static', handler, query: versioned(''), isSessionless: true, where: 'core' }),
    ...named,
  ]
}

/** The same content for ever: RFC 8246. */
function kept({ status, type, body, headers }: Reply): Reply {
  const list = [...(headers ?? [])]
  list[list.indexOf('Cache-Control') + 1] = 'public, max-age=31536000, immutable'
  return new Reply(status, type, body, list)
}

async function first(directories: readonly ReturnType<typeof serveDirectory>[], source: Source, path: string): Promise<Reply | null> {
  for (const serve of directories) {
    const reply = await serve(source, path)
    if (reply !== null) {
      return reply
    }
  }
  return null
}

function isDirectory(path: string): boolean {
  return process.getBuiltinModule('node:fs').statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
