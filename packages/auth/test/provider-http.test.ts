import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { oidc } from '../src/index.ts'
import type { Answer, Claims, Tamper } from './open-id-provider.ts'
import { ProviderSite, plain } from './provider-site.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const LIMITS = { providerTimeoutMs: 1000, providerMaxBytes: 100_000 }
const SLOW_MS = 1400

let site: ProviderSite

beforeAll(async () => {
  site = await ProviderSite.start((issuer) => [oidc({ name: 'work', issuer }), plain(issuer)], LIMITS)
})

afterAll(() => site.stop())

beforeEach(() => site.idp.behave())

/** What an answer says, and a megabyte more. */
function padded({ body }: Answer): string {
  return JSON.stringify({ ...JSON.parse(String(body)), pad: 'x'.repeat(1_000_000) })
}

/** Where a sign-in asks the provider for something, in order. */
const ENDPOINTS = ['/token', '/jwks', '/me'] as const

describe('a provider', () => {
  let elsewhere: Server
  let hits = 0

  beforeAll(async () => {
    elsewhere = createServer((_request, response) => {
      hits += 1
      response.setHeader('content-type', 'application/json')
      response.end('{}')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  })

  afterAll(async () => {
    elsewhere.closeAllConnections()
    await new Promise((resolve) => elsewhere.close(resolve))
  })

  const FAULTS: readonly [what: string, status: number, change: Tamper][] = [
    ['sends HTML', 502, (answer) => ({ ...answer, headers: { 'content-type': 'text/html' }, body: '<h1>Hello</h1>' })],
    ['sends JSON that is none', 502, (answer) => ({ ...answer, body: '{"access_token":' })],
    ['sends a list', 502, (answer) => ({ ...answer, body: '[]' })],
    ['fails', 502, (answer) => ({ ...answer, status: 503, body: '{}' })],
    [
      'redirects',
      502,
      (answer) => ({
        ...answer,
        status: 307,
        headers: { location: `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/` },
        body: '',
      }),
    ],
    ['sends a megabyte', 502, (answer) => ({ ...answer, body: padded(answer) })],
    [
      'sends a megabyte in a kilobyte',
      502,
      (answer) => ({ ...answer, headers: { 'content-encoding': 'gzip' }, body: gzipSync(padded(answer)) }),
    ],
    ['is slow', 504, (answer) => new Promise((resolve) => setTimeout(() => resolve(answer), SLOW_MS))],
  ]

  describe.each(ENDPOINTS)('whose %s', (endpoint) => {
    it.each(FAULTS)('%s signs nobody in', async (_what, status, change) => {
      // Another issue of the metadata, so that the keys of a sign-in before are not at hand.
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + site.attempts * 4_000_000 + 4_000_000 })
      try {
        site.idp.tamper(endpoint, change)
        hits = 0
        site.idp.requests.length = 0
        expect([await site.attempt(), hits]).toEqual([{ status, who: null }, 0])
        expect(site.idp.requests.some(({ path }) => path === endpoint)).toBe(true)
      } finally {
        vi.useRealTimers()
      }
    })
  })

  it.each(FAULTS.filter(([what]) => what !== 'sends a list'))(
    'by plain OAuth 2.0 whose API %s signs nobody in',
    async (_what, status, change) => {
      site.idp.tamper('/me', change)
      hits = 0
      const result = await site.attempt('plain')
      expect([result, hits]).toEqual([{ status, who: null }, 0])
    },
  )

  it('that recovers signs people in again', async () => {
    site.idp.tamper('/token', (answer) => ({ ...answer, status: 503, body: '{}' }))
    expect((await site.attempt()).status).toBe(502)
    site.idp.behave()
    expect((await site.attempt()).status).toBe(303)
  })
})

describe('discovery', () => {
  const METADATA = '/.well-known/openid-configuration'

  function metadata(change: (claims: Claims) => Claims): Tamper {
    return (answer) => ({ ...answer, body: JSON.stringify(change(JSON.parse(String(answer.body)))) })
  }

  it.each<[what: string, status: number, change: Tamper]>([
    ['names another issuer', 502, metadata((claims) => ({ ...claims, issuer: 'https://evil.example' }))],
    ['names no issuer', 502, metadata(({ issuer: _, ...claims }) => claims)],
    ['sends people to a script', 502, metadata((claims) => ({ ...claims, authorization_endpoint: 'javascript:alert(1)' }))],
    ['sends people nowhere', 502, metadata(({ authorization_endpoint: _, ...claims }) => claims)],
    ['is HTML', 502, (answer) => ({ ...answer, headers: { 'content-type': 'text/html' }, body: '<h1>Hello</h1>' })],
    ['redirects', 502, (answer) => ({ ...answer, status: 302, headers: { location: 'https://evil.example' }, body: '' })],
    ['is slow', 504, (answer) => new Promise((resolve) => setTimeout(() => resolve(answer), SLOW_MS))],
    ['is huge', 502, metadata((claims) => ({ ...claims, pad: 'x'.repeat(1_000_000) }))],
  ])('that %s begins no sign-in, and the next one asks again', async (_what, status, change) => {
    const fresh = await ProviderSite.start((issuer) => [oidc({ name: 'work', issuer })], LIMITS)
    try {
      fresh.idp.tamper(METADATA, change)
      const response = await fresh.running.client().post('/auth/work')
      expect([response.status, response.headers.getSetCookie()]).toEqual([status, []])
      fresh.idp.behave()
      expect((await fresh.running.client().post('/auth/work')).status).toBe(303)
    } finally {
      await fresh.stop()
    }
  })

  it('is asked for once by all who begin at the same time, and not again within the hour', async () => {
    const fresh = await ProviderSite.start((issuer) => [oidc({ name: 'work', issuer })])
    try {
      const begun = await Promise.all(Array.from({ length: 10 }, () => fresh.running.client().post('/auth/work')))
      expect(begun.map(({ status }) => status)).toEqual(Array(10).fill(303))
      expect(fresh.idp.requests.filter(({ path }) => path === METADATA)).toHaveLength(1)
    } finally {
      await fresh.stop()
    }
  })

  it('accepts no signature by HMAC, though the metadata offer it', async () => {
    const fresh = await ProviderSite.start((issuer) => [oidc({ name: 'work', issuer })])
    try {
      fresh.idp.tamper(
        METADATA,
        metadata((claims) => ({ ...claims, id_token_signing_alg_values_supported: ['HS256', 'none'] })),
      )
      const browser = fresh.running.client()
      expect([(await fresh.signIn(browser, 'work', 'ada')).status, await fresh.who(browser)]).toEqual([502, null])
    } finally {
      await fresh.stop()
    }
  })

  it('A-20: asks no private address unless that is allowed', async () => {
    const open = await ProviderSite.start((issuer) => [oidc({ name: 'work', issuer })])
    const issuer = open.idp.issuer.replace('http:', 'https:')
    await expect(
      ProviderSite.start(() => [oidc({ name: 'work', issuer: open.idp.issuer })], { allowPrivateNetworks: false }),
    ).rejects.toThrow(/https:/)
    const guarded = await ProviderSite.start(() => [oidc({ name: 'work', issuer })], { allowPrivateNetworks: false })
    open.idp.requests.length = 0
    const response = await guarded.running.client().post('/auth/work')
    expect([response.status, open.idp.requests]).toEqual([502, []])
    await Promise.all([open.stop(), guarded.stop()])
  })
})

describe('ProviderHttp', () => {
  it('closes its connections when the app stops', async () => {
    const closing = await ProviderSite.start((issuer) => [oidc({ name: 'work', issuer })])
    await closing.begin(closing.running.client(), 'work')
    expect(await closing.idp.connections()).toBe(1)
    await closing.running.stop()
    await vi.waitFor(async () => expect(await closing.idp.connections()).toBe(0), 1000)
    await closing.idp.stop()
  })

  it('lets no app start whose runtime does not call the guard', async () => {
    const undici = await vi.importActual<typeof import('undici/index.js')>('undici/index.js')
    // What a runtime does that puts its own implementation in the place of undici: the connector is not called.
    class Agent extends undici.Agent {
      constructor({ connect: _, ...options }: ConstructorParameters<typeof undici.Agent>[0] = {}) {
        super(options)
      }
    }
    vi.doMock('undici/index.js', () => ({ ...undici, Agent }))
    try {
      const starting = ProviderSite.start(() => [oidc({ name: 'work', issuer: 'https://id.example' })], { allowPrivateNetworks: false })
      await expect(starting).rejects.toThrow(/MICRO_AUTH_GUARD|guard/)
    } finally {
      vi.doUnmock('undici/index.js')
    }
  })
})
