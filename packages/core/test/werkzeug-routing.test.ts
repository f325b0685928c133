import { type Micro, micro } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { vectors, vectorsMissing } from './vectors.ts'
import { declareRules, type WerkzeugRule } from './werkzeug-rules.ts'

interface Match {
  readonly path: string
  readonly method: string
  readonly server: string
  readonly subdomain?: string
  readonly script?: string
  readonly query?: string | { readonly [name: string]: string }
  readonly websocket?: boolean
  readonly endpoint?: string
  readonly args?: object
  readonly redirect?: string
  readonly error?: number
  readonly allow?: readonly string[]
}

interface UrlMap {
  readonly test: string
  readonly map: { readonly host_matching: boolean; readonly custom_converters: readonly string[] | null }
  readonly rules: readonly WerkzeugRule[]
  readonly match?: readonly Match[]
}

/** Rows that are answered otherwise on purpose: why, and what is asked and expected there. */
const DIFFERENT: { readonly [why: string]: readonly string[] } = {
  'routes know no protocol but HTTP: a request that asks for another is answered as any other': [
    'test_basic_routing / indexws',
    'test_basic_routing /ws ws',
    'test_basic_routing /ws 400',
    'test_basic_routing /foo 400',
  ],
  'the query that was sent is not in the row': ['test_basic_routing /bar http://example.org/bar/?foo=bar'],
  'no path here holds two slashes in a row': ['test_merge_slashes_match /no//merge no_merge'],
  'a param is one whole segment': [
    'test_path /Some:foo foopage',
    'test_path /Some:bar twopage',
    'test_path /Talk:Foo/Bar talk',
    'test_path /User:thomas user',
    'test_path /User:thomas/projects/werkzeug userpage',
    'test_path /User:thomas/comment/123-456 usercomment',
    'test_alias_redirects /users/page-2.html http://example.com/users/page/2',
    'test_alias_redirects /users/page-1.html http://example.com/users/',
    'test_alias_redirects /users/page-1.html http://example.com/users/?foo=bar',
    'test_multiple_converters_per_part /v1.2 version',
    'test_static_regex_escape /.2 dotted',
  ],
  'what takes the rest of a path is its last segment': [
    'test_strict_slashes_redirect /abc/ path',
    'test_strict_slashes_redirect /abc http://example.org/abc/',
    'test_greedy /he/he bar',
    'test_path /Some/Page/edit editpage',
    'test_path /Foo/silly/bar sillypage',
    'test_path /Foo/silly/bar/edit editsillypage',
    'test_complex_routing_rules /foo/1/2/3/ nested_show',
    'test_complex_routing_rules /foo/1/2/3/edit nested_edit',
    'test_complex_routing_rules /1/2/3 barx_path_path',
    'test_converter_with_tuples /qwert/yuiop/ handler',
    'test_part_isolating_default /a/b/ two',
    'test_path_weighting /a/b/c simple',
  ],
  'its converter is written in Python; converter.test.ts has such in TypeScript': [
    'test_default_converters /a/1 a',
    'test_default_converters /b/2 b',
    'test_nested_regex_groups /2023-02-16T23:36:36.266Z/2023-02-16T23:46:36.266Z/ handler',
    'test_regex /asdfsa.asdfs regex',
  ],
  'no request of HTTP has an empty path': [
    'test_empty_path_info  http://example.com/approot/',
    'test_empty_path_info  http://example.com/',
  ],
}

const maps = vectors<UrlMap>('werkzeug-routing.json', 'maps')

/** An app with the rules of a map, behind a proxy that may say a prefix. */
function appOf({ rules, match = [] }: UrlMap): { readonly app: Micro; readonly unsaid: ReadonlyMap<string, string> } {
  const config = { server: { publicUrl: `http://${match[0]?.server ?? 'example.com'}`, trustedProxies: 1, forwardedHeaders: ['prefix'] } }
  const app = micro(import.meta, { env: {}, mode: 'test', config })
  const named = rules.some((rule) => rule.defaults !== undefined || rule.alias === true)
  return { app, unsaid: declareRules(app, rules, named) }
}

/** What an answer says, in the words of the vectors. */
async function answerOf(app: Micro, row: Match): Promise<object> {
  const host = row.subdomain === undefined ? row.server : `${row.subdomain}.${row.server}`
  const query = row.query === undefined ? '' : `?${typeof row.query === 'string' ? row.query : new URLSearchParams(row.query)}`
  const base = `http://${host}`
  const headers = row.script === undefined ? {} : { 'X-Forwarded-Prefix': row.script }
  const response = await app.fetch(new Request(base + encodeURI(row.path) + query, { method: row.method, headers }))
  if (response.status === 308) {
    return { redirect: new URL(response.headers.get('location') ?? '', base).href }
  }
  if (response.status !== 200) {
    const allow = response.headers
      .get('allow')
      ?.split(', ')
      .filter((method) => method !== 'OPTIONS' && method !== 'HEAD')
    return { error: response.status, ...(allow === undefined ? {} : { allow }) }
  }
  return row.method === 'HEAD' ? { endpoint: row.endpoint, args: {} } : ((await response.json()) as object)
}

function expected(row: Match): object {
  if (row.redirect !== undefined) {
    return { redirect: new URL(row.redirect).href }
  }
  return row.error === undefined
    ? { endpoint: row.endpoint, args: row.args }
    : {
        error: row.error,
        ...(row.allow === undefined ? {} : { allow: row.allow.filter((method) => method !== 'OPTIONS' && method !== 'HEAD') }),
      }
}

/** A UUID is a text here. */
function withTexts(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/UUID\('([^']+)'\)/g, '$1'))
}

describe(`Werkzeug's match vectors${vectorsMissing}`, () => {
  const rows = maps.flatMap((map) =>
    (map.match ?? []).map((row) => ({ map, row, asked: `${map.test} ${row.path} ${row.endpoint ?? row.redirect ?? row.error}` })),
  )
  const reasons = new Map(Object.entries(DIFFERENT).flatMap(([why, list]) => list.map((asked) => [asked, why])))

  test.each(rows.map(({ asked, map, row }) => [asked, map, row] as const))('%s', async (asked, map, row) => {
    const { app } = appOf(map)
    const answer = await answerOf(app, row).finally(() => app.stop())
    if (reasons.has(asked)) {
      expect(answer, `${asked} is answered alike: ${reasons.get(asked)}`).not.toEqual(withTexts(expected(row)))
    } else {
      expect(answer).toEqual(withTexts(expected(row)))
    }
  })

  test.runIf(rows.length > 0)('no other rows are said to differ', () => {
    const all = new Set(rows.map(({ asked }) => asked))
    expect([...reasons.keys()].filter((asked) => !all.has(asked))).toEqual([])
  })
})
