import { isHttpError, isMicroError, micro } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { vectors, vectorsMissing } from './vectors.ts'

interface Asked {
  readonly method: string
  readonly url: string
  /** Place of the route that answers, or null. */
  readonly route: number | null
  readonly params?: { readonly [name: string]: string }
}

interface Table {
  readonly test: string
  readonly opts?: object
  readonly routes: readonly { readonly method: string; readonly path: string }[]
  readonly requests: readonly Asked[]
}

interface HonoTable {
  readonly name: string
  readonly routes: readonly { readonly method: string; readonly path: string; readonly id: string }[]
  readonly requests: readonly {
    readonly method: string
    readonly url: string
    readonly matches: readonly { readonly id: string; readonly params: object }[]
  }[]
}

interface PatternRow {
  readonly pattern: string
  readonly input: string
  readonly match: { readonly [name: string]: string } | null
}

/** The path as it is written here, or null where it cannot be: `*` at the end takes the rest, params are whole segments, slashes single. */
function said(path: string): string | null {
  const own = path.replace(/\/\*$/, '/:rest<path>')
  const parts = own.slice(1).split('/')
  const names = parts.filter((part) => part.startsWith(':'))
  const isPart = (part: string, at: number): boolean =>
    part === ':rest<path>' || part === '' ? at === parts.length - 1 : /^(:[A-Za-z_]\w*|[^:*?(){}[\]<>#]*)$/.test(part)
  return own.startsWith('/') && parts.every(isPart) && new Set(names).size === names.length ? own : null
}

/** The place of the route that answers and its params, as the vectors write them. */
function answerOf(
  routes: Table['routes'],
  { method, url }: { readonly method: string; readonly url: string },
): { readonly route: number | null; readonly params: object } {
  const app = micro(import.meta, { env: {}, mode: 'test' })
  routes.forEach(({ method: verb, path }, at) => {
    const route = app.route(said(path) ?? path, { name: `r${at}` })
    verb === 'ALL' ? route.all(() => 'x') : route.on(verb, () => 'x')
  })
  const [path = ''] = url.split(/[?#]/)
  const found = app.matchRoute(path, { method })
  const { rest, ...params } = (found?.params ?? {}) as { readonly [name: string]: unknown }
  return {
    route: found === undefined ? null : Number(found.route.name?.slice(1)),
    params: rest === undefined ? params : { ...params, '*': rest },
  }
}

/** Rows that are answered otherwise on purpose. */
const DIFFERENT: { readonly [why: string]: readonly string[] } = {
  'a param, and the rest of a path, is never empty': [
    'find-my-way issue-104 GET /te/',
    'find-my-way issue-20 GET /a/',
    'find-my-way issue-28 GET /test/',
    'find-my-way issue-46 GET /static/',
    'hono Trailing wildcard > GET /path GET /path',
    'URLPattern /foo/* GET /foo/',
  ],
  'broken percent-encoding is 400': [
    'find-my-way methods GET /test/hel%"Flo',
    'find-my-way methods GET /test/hello/world/hel%"Flo/blah',
    'find-my-way on-bad-url GET /hello/%world',
  ],
  'paths are declared as they are read, not as a URL spells them; clients resolve dots before they ask': [
    'URLPattern /foo/bar GET /foo/./bar',
    'URLPattern /foo/baz GET /foo/bar/../baz',
    'URLPattern /caf%C3%A9 GET /café',
    'URLPattern /foo/../bar GET /bar',
  ],
}

describe(`the routers of others${vectorsMissing}`, () => {
  const fromFindMyWay = vectors<Table>('routing.json', 'findMyWay')
    .filter(({ opts, routes }) => opts === undefined && routes.every(({ path }) => said(path) !== null))
    .flatMap(({ test: name, routes, requests }) =>
      requests.map((asked) => ({ title: `find-my-way ${name} ${asked.method} ${asked.url}`, routes, asked })),
    )
  const fromHono = vectors<HonoTable>('routing.json', 'hono')
    .filter(({ routes }) => routes.every(({ path }) => said(path) !== null))
    .flatMap(({ name, routes, requests }) =>
      requests
        .filter(({ matches }) => matches.length < 2)
        .map(({ method, url, matches: [match] }) => ({
          title: `hono ${name} ${method} ${url}`,
          routes,
          asked: {
            method,
            url,
            route: match === undefined ? null : routes.findIndex(({ id }) => id === match.id),
            params: (match?.params ?? {}) as { readonly [name: string]: string },
          },
        })),
    )
  const fromPatterns = vectors<PatternRow>('routing.json', 'urlPattern')
    .filter(({ pattern }) => said(pattern) !== null)
    .map(({ pattern, input, match }) => {
      const { '0': rest, ...params } = match ?? {}
      const asked = {
        method: 'GET',
        url: input ?? '',
        route: match === null ? null : 0,
        params: rest === undefined ? params : { ...params, '*': rest },
      }
      return { title: `URLPattern ${pattern} GET ${input}`, routes: [{ method: 'GET', path: pattern }], asked }
    })
  // What asks by a whole URL, or expects an error of its own, is no request of HTTP's origin form.
  const rows = [...fromFindMyWay, ...fromHono, ...fromPatterns].filter(({ asked }) => asked.url.startsWith('/'))
  const reasons = new Map(Object.entries(DIFFERENT).flatMap(([why, list]) => list.map((title) => [title, why])))

  test.each(rows.map(({ title, routes, asked }) => [title, routes, asked] as const))('%s', (title, routes, asked) => {
    const expected = { route: asked.route, params: asked.params ?? {} }
    if (reasons.has(title)) {
      let answer: unknown
      try {
        answer = answerOf(routes, asked)
      } catch (error) {
        expect(isMicroError(error) ? error.code : isHttpError(error) && error.status, title).toSatisfy(
          (code) => code === 'MICRO_PATH_INVALID' || code === 400,
        )
      }
      expect(answer, `${title} is answered alike: ${reasons.get(title)}`).not.toEqual(expected)
    } else {
      const { route, params } = answerOf(routes, asked)
      const { '*': _rest, ...others } = params as { readonly [name: string]: unknown }
      expect({ route, params: title.startsWith('hono') ? others : params }).toEqual(expected)
    }
  })

  test.runIf(rows.length > 0)('no other rows are said to differ', () => {
    const all = new Set(rows.map(({ title }) => title))
    expect([...reasons.keys()].filter((title) => !all.has(title))).toEqual([])
  })
})
