import assert from 'node:assert/strict'
import type { Micro } from '@micro/core'
import fc from 'fast-check'
import type { FuzzTarget } from './fuzz-target.ts'
import { awkwardText, type RouteInput, resolvedByClients, routeInput } from './path-inputs.ts'
import { built, quietApp } from './quiet-app.ts'

/** What `urlFor` builds is matched by its own route, with the same values; what no URL can say is refused, by its code. */
export const buildThenMatch: FuzzTarget = {
  name: 'path-build-then-match',
  about: 'a URL that urlFor builds is answered by its route with the values it was built of',
  property: fc.asyncProperty(routeInput, async (route) => {
    const app = appWith(route)
    const url = built(app, route.values)
    if (url !== undefined) {
      const response = await app.fetch(new Request(`http://localhost${url}`))
      assert.equal(response.status, 200, `${route.path} built ${url}, which answers ${response.status}`)
      assert.deepEqual(await response.json(), JSON.parse(JSON.stringify(route.values)), `${route.path} built ${url}`)
    }
  }) as FuzzTarget['property'],
}

/** Whatever is asked, the answer is no failure; and the params of a match build a URL that matches with the same params. */
export const matchThenBuild: FuzzTarget = {
  name: 'path-match-then-build',
  about: 'no path makes a route fail, and the params of a match build a URL with the same params',
  property: fc.asyncProperty(routeInput, fc.array(awkwardText, { maxLength: 5 }), fc.boolean(), async (route, parts, fitting) => {
    const app = appWith(route)
    const path = fitting ? route.path.replace(/:(\w+)(<[^>]*>)?/g, (_, name: string) => String(route.values[name])) : `/${parts.join('/')}`
    const response = await ask(app, path)
    assert.ok([200, 400, 404].includes(response.status), `${path} answers ${response.status}`)
    if (response.status === 200) {
      const params = (await response.json()) as { [name: string]: unknown }
      const url = built(app, params)
      // Percent-encoded, a path may ask for what clients would resolve; a URL never says it.
      if (resolvedByClients(params)) {
        return
      }
      assert.ok(url !== undefined, `${route.path} matched ${JSON.stringify(params)}, of which no URL can be built`)
      assert.deepEqual(await (await ask(app, url)).json(), params, `${route.path} built ${url}`)
    }
  }) as FuzzTarget['property'],
}

/** Asks, and follows the one redirect that mends slashes: to the same host, and not to another redirect. */
async function ask(app: Micro, path: string): Promise<Response> {
  const response = await app.fetch(new Request(`http://localhost${path}`))
  if (response.status !== 308) {
    return response
  }
  const location = response.headers.get('location') ?? ''
  assert.match(location, /^\/(?![/\\])/, `${path} redirects to ${location}`)
  const followed = await app.fetch(new Request(`http://localhost${location}`))
  assert.notEqual(followed.status, 308, `${path} redirects to ${location}, which redirects again`)
  return followed
}

function appWith(route: RouteInput): Micro {
  const { app } = quietApp()
  app.get(route.path, { name: 'it' }, (ctx) => ctx.json(ctx.params))
  return app
}
