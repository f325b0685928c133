/** Routes that name a host or have defaults: what `urlFor` builds, the router matches with the same params. */
import assert from 'node:assert/strict'
import type { Micro } from '@micro/core'
import fc, { type Arbitrary } from 'fast-check'
import type { FuzzTarget } from './fuzz-target.ts'
import { type RouteInput, routeInput } from './path-inputs.ts'
import { built, quietApp } from './quiet-app.ts'

/** A part of a host, with a value where it is a param. */
interface LabelInput {
  readonly text: string
  readonly value: string | number | undefined
}

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?$/)
const labelInput: Arbitrary<LabelInput> = fc.oneof(
  label.map((text) => ({ text, value: undefined })),
  fc.oneof(label, fc.constantFrom('UPPER', 'a.b', 'a b', 'ü', '')).map((value) => ({ text: '', value })),
  fc.nat(999).map((value) => ({ text: '<int>', value })),
  fc.constantFrom('eu', 'us').map((value) => ({ text: '<any(eu,us)>', value })),
)

interface PlaceInput {
  readonly route: RouteInput
  readonly labels: readonly LabelInput[]
  readonly defaults: { readonly [name: string]: string | number | boolean }
}

const placeInput: Arbitrary<PlaceInput> = fc.record({
  route: routeInput,
  labels: fc.array(labelInput, { minLength: 1, maxLength: 3 }),
  defaults: fc.dictionary(fc.stringMatching(/^d[a-z]{1,3}$/), fc.oneof(fc.nat(9), fc.boolean(), label), { maxKeys: 2 }),
})

/** The host as it is declared, and the values of its params. */
function hostOf(labels: readonly LabelInput[]): { readonly host: string; readonly values: { readonly [name: string]: unknown } } {
  const params = labels.flatMap(({ value }, at) => (value === undefined ? [] : [[`h${at}`, value] as const]))
  const parts = labels.map(({ text, value }, at) => (value === undefined ? text : `:h${at}${text}`))
  return { host: [...parts, 'example'].join('.'), values: Object.fromEntries(params) }
}

function appWith(declare: (app: Micro) => unknown): Micro {
  const { app } = quietApp({ config: { server: { publicUrl: 'http://public.example' } } })
  declare(app)
  return app
}

/** A URL of a route with a host and defaults leads to that route, with the values it was built of. */
export const buildThenMatchPlace: FuzzTarget = {
  name: 'place-build-then-match',
  about: 'a URL of a route that names a host and has defaults is answered by it with the values it was built of',
  property: fc.asyncProperty(placeInput, async ({ route, labels, defaults }) => {
    const { host, values } = hostOf(labels)
    const app = appWith((made) => made.get(route.path, { name: 'it', host, defaults }, (ctx) => ctx.json(ctx.params)))
    const all = { ...route.values, ...values }
    const url = built(app, { ...all, ...defaults })
    if (url === undefined) {
      return
    }
    assert.equal(new URL(url).hostname, new URL(url).hostname.toLowerCase(), `${host} built ${url}`)
    const response = await app.fetch(new Request(url))
    assert.equal(response.status, 200, `${host}${route.path} built ${url}, which answers ${response.status}`)
    const lower = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, name.startsWith('h') ? lowered(value) : value]))
    assert.deepEqual(await response.json(), JSON.parse(JSON.stringify({ ...lower, ...defaults })), `${host}${route.path} built ${url}`)
    const elsewhere = await app.fetch(new Request(`http://elsewhere.test${new URL(url).pathname}`))
    assert.equal(elsewhere.status, 404, `${host} answers another host`)
  }) as FuzzTarget['property'],
}

/** Hosts know no case. */
function lowered(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}

/** Whatever page is asked for, by the longer path or by the shorter, it is answered once and in one place. */
export const oneAddress: FuzzTarget = {
  name: 'place-one-address',
  about: 'of two paths with one name, each value has one address, to which the other redirects',
  property: fc.asyncProperty(routeInput, fc.nat(3), fc.nat(3), async (route, page, first) => {
    const app = appWith((made) => {
      made.get(`${route.path.replace(/:rest<path>$/, '')}/first`.replace('//', '/'), { name: 'it', defaults: { page: first } }, (ctx) =>
        ctx.json(ctx.params),
      )
      made.get(`${route.path.replace(/:rest<path>$/, '')}/page/:page<int>`.replace('//', '/'), { name: 'it' }, (ctx) =>
        ctx.json(ctx.params),
      )
    })
    const { rest: _rest, ...values } = route.values
    const url = built(app, { ...values, page })
    if (url === undefined) {
      return
    }
    const response = await app.fetch(new Request(`http://localhost${url}`))
    assert.deepEqual([response.status, url.endsWith('/first')], [200, page === first], url)
    assert.deepEqual(await response.json(), JSON.parse(JSON.stringify({ ...values, page })), url)
    if (page === first) {
      const long = `${url.slice(0, -'/first'.length)}/page/${page}`
      const moved = await app.fetch(new Request(`http://localhost${long}?q=1`))
      assert.deepEqual([moved.status, moved.headers.get('location')], [308, `${url}?q=1`], long)
    }
  }) as FuzzTarget['property'],
}
