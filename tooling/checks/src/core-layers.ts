/** The layers of core. A file imports from its own layer and from those before it, types included. */

/** A layer: its name, and the folders and files below `packages/core/src` that are in it. A file that is named counts before its folder. */
export interface Layer {
  readonly name: string
  readonly places: readonly string[]
}

export const CORE_LAYERS: readonly Layer[] = [
  {
    name: 'protocol',
    places: [
      'client/cookie-date',
      'client/cookie-jar',
      'errors',
      'extension/version',
      'hooks/signal',
      'hooks/thenable',
      'http',
      'json',
      'reply/reply-headers',
      'session/key-value-store',
      'session/signing',
      'templates/html',
    ],
  },
  {
    name: 'parts',
    places: [
      'config',
      'extension/deprecation',
      'extension/health',
      'files',
      'hooks/hooks',
      'http/request-headers',
      'http/source',
      'json/json-places',
      'log',
      'reply/security-headers',
      'reply/to-reply',
      'request/body',
      'request/fetch-source',
      'request/proxy',
      'request/request-body',
      'routing',
      'templates',
    ],
  },
  {
    name: 'one request',
    places: [
      'app/health-route',
      'debug',
      'files/static-route',
      'hooks',
      'reply',
      'request',
      'routing/next',
      'routing/route',
      'routing/route-placement',
      'session',
      'templates/templates',
    ],
  },
  {
    name: 'assembly',
    places: ['app', 'client', 'extension', 'hooks/middleware', 'index', 'server/access-log', 'server/body-parts', 'server/fetch-adapter'],
  },
  {
    name: 'edges',
    places: ['bin', 'cli', 'current', 'dev', 'node', 'server', 'testing'],
  },
]

/** Place of a file's layer in a list, counted from 0, or -1 for a file that belongs to none. `path` is below `packages/core/src`, without `.ts`. */
export function layerOf(path: string, layers: readonly Layer[] = CORE_LAYERS): number {
  const holding = (place: string): number => layers.findIndex(({ places }) => places.includes(place))
  const own = holding(path)
  return own < 0 ? holding(path.split('/')[0] ?? '') : own
}
