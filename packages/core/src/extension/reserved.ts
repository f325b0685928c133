/** Names that no extension may have: every one-word member of core's own, on the app, the context, the configuration or the set-up façade. */
const RESERVED: ReadonlySet<string> = new Set([
  // the app
  ...['all', 'cli', 'client', 'config', 'delete', 'extensions', 'fetch', 'get', 'group', 'json', 'log', 'mode', 'mount', 'name', 'options'],
  ...['patch', 'post', 'put', 'register', 'route', 'routes', 'run', 'session', 'signer', 'start', 'stop', 'templates', 'use'],
  // the context
  ...['app', 'blueprint', 'cookies', 'events', 'file', 'flash', 'flashes', 'headers', 'html', 'id', 'method', 'params', 'path', 'query'],
  ...['redirect', 'render', 'reply', 'request', 'signal', 'status', 'text', 'url'],
  // configuration and the façade of `initApp`
  ...['limits', 'server', 'static', 'deprecations', 'converter', 'health', 'namespace'],
  // of the language: an object with `then` is taken for a promise
  ...['constructor', 'then'],
])

/** Whether a name is a member of core's own. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name)
}

/** All reserved names, for the reference page and its check. */
export function reservedNames(): readonly string[] {
  return [...RESERVED].sort()
}
