import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { FuzzTarget } from './fuzz-target.ts'
import { quietApp } from './quiet-app.ts'

const text = fc.string({ unit: 'binary', maxLength: 40 })
const headerText = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 80 })

// What a session cookie looks like, with a signature made up.
const forged = fc.tuple(fc.jsonValue(), fc.stringMatching(/^[\w-]{43}$/)).map(([value, signature]) => {
  const issued = Math.floor(Date.now() / 1000).toString(36)
  return `${Buffer.from(JSON.stringify({ value })).toString('base64url')}.${issued}.${signature}`
})

/** A value survives `Set-Cookie`, the client, and `Cookie`. */
export const cookieRoundTrip: FuzzTarget = {
  name: 'cookie-round-trip',
  about: 'a cookie that is set is read back as it was',
  property: fc.asyncProperty(fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,12}$/), text, async (name, value) => {
    const { app } = quietApp()
    app.get('/set', (ctx) => {
      ctx.setCookie(name, value)
      return 'set'
    })
    app.get('/read', (ctx) => ({ value: ctx.cookies[name] ?? null }))
    const client = app.client()
    assert.equal((await client.get('/set')).status, 200)
    assert.deepEqual(await (await client.get('/read')).json(), { value })
  }) as FuzzTarget['property'],
}

/** No `Cookie` header makes an app fail. */
export const cookieHeader: FuzzTarget = {
  name: 'cookie-header',
  about: 'no Cookie header makes a request fail, or gives a session',
  property: fc.asyncProperty(fc.oneof(headerText, forged), async (header) => {
    const { app, lines } = quietApp()
    app.get('/', (ctx) => ({ names: Object.keys(ctx.cookies), isNew: ctx.session.isNew }))
    const response = await app.fetch(new Request('http://localhost/', { headers: { cookie: `session=${header}; ${header}` } }))
    assert.equal(response.status, 200, JSON.stringify(lines))
    assert.equal(((await response.json()) as { isNew: boolean }).isNew, true)
  }) as FuzzTarget['property'],
}

/** A session comes back as it was saved, and not at all once a character of its cookie is another. */
export const sessionRoundTrip: FuzzTarget = {
  name: 'session-round-trip',
  about: 'a session is read back as it was saved, and refused if one character of its cookie is changed',
  property: fc.asyncProperty(
    fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }),
    fc.nat(),
    fc.constantFrom(...'aZ0-_.=x'),
    async (value, at, other) => {
      const { app } = quietApp()
      app.get('/save', (ctx) => {
        ctx.session.set('value', value)
        return 'saved'
      })
      app.get('/load', (ctx) => ({ isNew: ctx.session.isNew, value: ctx.session.get('value') ?? null }))
      const client = app.client()
      const saved = await client.get('/save')
      const cookie = client.cookies.get('session')
      if (cookie === undefined) {
        // Only what does not fit into a cookie is not saved.
        assert.ok(saved.status === 500 && JSON.stringify(value).length > 2_000, `saving ${JSON.stringify(value)} answers ${saved.status}`)
        return
      }
      const load = (sent: string) => app.fetch(new Request('http://localhost/load', { headers: { cookie: `session=${sent}` } }))
      assert.deepEqual(await (await load(cookie)).json(), { isNew: false, value: JSON.parse(JSON.stringify(value)) })
      const place = at % cookie.length
      const altered = cookie.slice(0, place) + other + cookie.slice(place + 1)
      if (altered !== cookie) {
        assert.deepEqual(await (await load(altered)).json(), { isNew: true, value: null }, `accepted ${altered}`)
      }
    },
  ) as FuzzTarget['property'],
}
