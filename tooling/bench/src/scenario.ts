/** One request, sent over and over. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST'
  /** Path and query. */
  readonly path: string
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

/** What is measured: one request, answered by several servers in the same way. */
export interface Scenario {
  readonly name: string
  readonly about: string
  readonly request: LoadRequest
  readonly status: number
  /** Sends the cookie that the first answer sets, so that a session is read too. */
  readonly cookie?: true
  /** The program that the others are compared with: a module under `src/`, without extension. */
  readonly baseline: string
  readonly contestants: { readonly [name: string]: string }
  /** Least ratio wanted of Micro, by major version of Node; `others` for the rest. */
  readonly targets?: { readonly [major: string]: number }
}

/** A request with the defaults filled in. */
export function requestOf(path: string, options: Partial<Omit<LoadRequest, 'path'>> = {}): LoadRequest {
  return { method: options.method ?? 'GET', path, headers: options.headers ?? {}, body: options.body ?? '' }
}

/** The wanted ratio on one version of Node, such as `v24.21.0`. */
export function targetOf(scenario: Scenario, nodeVersion: string): number | undefined {
  const major = /^v(\d+)\./.exec(nodeVersion)?.[1] ?? ''
  return scenario.targets?.[major] ?? scenario.targets?.others
}
