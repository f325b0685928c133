import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { oidc } from '../src/index.ts'
import { type Claims, encode, signingKey, signToken, signTokenWithSecret, walk } from './open-id-provider.ts'
import { ProviderSite } from './provider-site.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const OTHER = signingKey('other')
const now = (): number => Math.floor(Date.now() / 1000)

let site: ProviderSite

beforeAll(async () => {
  site = await ProviderSite.start((issuer) => [oidc({ name: 'work', issuer })], { providerMaxBytes: 100_000 })
})

afterAll(() => site.stop())

beforeEach(() => site.idp.behave())

describe('an id token', () => {
  it('is accepted as it is, and when it is signed anew by the same key', async () => {
    expect((await site.attempt()).status).toBe(303)
    site.idp.tamperIdToken(() => undefined)
    expect((await site.attempt()).status).toBe(303)
  })

  it.each<[what: string, change: (header: Claims, claims: Claims) => string | undefined]>([
    ['is not signed', (header, claims) => `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`],
    ['is not signed, and says so in capitals', (header, claims) => `${encode({ ...header, alg: 'NONE' })}.${encode(claims)}.`],
    ['lacks its signature', (header, claims) => `${encode(header)}.${encode(claims)}.`],
    [
      'is signed by HMAC with the public key',
      (header, claims) =>
        signTokenWithSecret({ ...header, alg: 'HS256' }, claims, site.idp.key.publicKey.export({ format: 'pem', type: 'spki' })),
    ],
    [
      'is signed by HMAC with the client secret',
      (header, claims) => signTokenWithSecret({ ...header, alg: 'HS256' }, claims, 'notes-secret'),
    ],
    ['is signed by another key under the same name', (header, claims) => signToken(header, claims, OTHER.privateKey)],
    ['is signed by a key that is not published', (header, claims) => signToken({ ...header, kid: 'other' }, claims, OTHER.privateKey)],
    [
      'brings its own key',
      (header, claims) => signToken({ ...header, jwk: OTHER.publicKey.export({ format: 'jwk' }) }, claims, OTHER.privateKey),
    ],
    [
      'names the address of its keys',
      (header, claims) => signToken({ ...header, jku: `${site.base}/keys`, x5u: `${site.base}/keys` }, claims, OTHER.privateKey),
    ],
    [
      'has a critical header that nobody knows',
      (header, claims) => signToken({ ...header, crit: ['exp'], exp: 1 }, claims, site.idp.key.privateKey),
    ],
    [
      'names another algorithm than it is signed by',
      (header, claims) => signToken({ ...header, alg: 'PS256' }, claims, site.idp.key.privateKey),
    ],
    ['names no algorithm', ({ alg: _, ...header }, claims) => signToken(header, claims, site.idp.key.privateKey)],
    [
      'has a header of a megabyte',
      (header, claims) => signToken({ ...header, pad: 'x'.repeat(1_000_000) }, claims, site.idp.key.privateKey),
    ],
    ['is encrypted, or pretends to be', (header) => `${encode(header)}.a.b.c.d`],
    ['is no token', () => 'token'],
  ])('is refused if it %s', async (_what, change) => {
    site.idp.tamperIdToken(change)
    expect(await site.attempt()).toEqual({ status: 502, who: null })
  })

  it('is refused if its claims are altered under the old signature', async () => {
    site.idp.tamper('/token', (answer) => {
      const tokens = JSON.parse(String(answer.body))
      const [header, claims, signature] = tokens.id_token.split('.')
      const altered = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), extra: 1 }
      return { ...answer, body: JSON.stringify({ ...tokens, id_token: `${header}.${encode(altered)}.${signature}` }) }
    })
    expect(await site.attempt()).toEqual({ status: 502, who: null })
  })

  it.each<[what: string, change: (claims: Claims) => Claims]>([
    ['of another issuer', (claims) => ({ ...claims, iss: 'https://evil.example' })],
    ['of almost the issuer', (claims) => ({ ...claims, iss: `${claims.iss}/` })],
    ['of no issuer', ({ iss: _, ...claims }) => claims],
    ['for another client', (claims) => ({ ...claims, aud: 'other' })],
    ['for several clients, without saying to whom it was given', (claims) => ({ ...claims, aud: ['notes', 'other'] })],
    ['for several clients, given to another', (claims) => ({ ...claims, aud: ['notes', 'other'], azp: 'other' })],
    ['for this client, given to another', (claims) => ({ ...claims, azp: 'other' })],
    ['for nobody', ({ aud: _, ...claims }) => claims],
    ['with another nonce', (claims) => ({ ...claims, nonce: 'other' })],
    ['without a nonce', ({ nonce: _, ...claims }) => claims],
    ['that has expired', (claims) => ({ ...claims, exp: now() - 60, iat: now() - 600 })],
    ['that never expires', ({ exp: _, ...claims }) => claims],
    ['whose end is a text', (claims) => ({ ...claims, exp: String(now() + 600) })],
    ['from the future', (claims) => ({ ...claims, iat: now() + 300, exp: now() + 600 })],
    ['of no time', ({ iat: _, ...claims }) => claims],
    ['that is not valid yet', (claims) => ({ ...claims, nbf: now() + 300 })],
    ['of no subject', ({ sub: _, ...claims }) => claims],
    ['of another subject than the userinfo', (claims) => ({ ...claims, sub: 'victim' })],
  ])('is refused if it is one %s', async (_what, change) => {
    site.idp.tamperIdToken((header, claims) => signToken(header, change(claims), site.idp.key.privateKey))
    expect(await site.attempt()).toEqual({ status: 502, who: null })
  })

  it('is missed where there is none', async () => {
    site.idp.tamper('/token', (answer) => {
      const { id_token: _, ...tokens } = JSON.parse(String(answer.body))
      return { ...answer, body: JSON.stringify(tokens) }
    })
    expect(await site.attempt()).toEqual({ status: 502, who: null })
  })

  it('is checked with the keys of now: a new one is fetched, an old one is forgotten', async () => {
    // Keys are fetched once a minute at most for a token of unknown key, and kept for five minutes.
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      expect((await site.attempt()).status).toBe(303)
      const old = site.idp.key
      site.idp.rotate(signingKey('second'))
      vi.setSystemTime(Date.now() + 61_000)
      site.idp.requests.length = 0
      expect((await site.attempt()).status).toBe(303)
      expect(site.idp.requests.filter(({ path }) => path === '/jwks')).toHaveLength(1)
      site.idp.tamperIdToken((header, claims) => signToken({ ...header, kid: old.kid }, claims, old.privateKey))
      expect((await site.attempt()).status).toBe(502)
      site.idp.requests.length = 0
      expect((await site.attempt()).status).toBe(502)
      expect(site.idp.requests.filter(({ path }) => path === '/jwks')).toHaveLength(0)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('an id token of a provider without userinfo', () => {
  it('is refused if its subject is empty, which would be everybody', async () => {
    const bare = await ProviderSite.start((issuer) => [oidc({ name: 'work', issuer })])
    try {
      bare.idp.tamper('/.well-known/openid-configuration', (answer) => {
        const { userinfo_endpoint: _, ...metadata } = JSON.parse(String(answer.body))
        return { ...answer, body: JSON.stringify(metadata) }
      })
      const person = { email: 'somebody@example.com', email_verified: true }
      const say = (sub: string) =>
        bare.idp.tamperIdToken((header, claims) => signToken(header, { ...claims, ...person, sub }, bare.idp.key.privateKey))
      say('')
      expect(await bare.attempt()).toEqual({ status: 502, who: null })
      say('somebody')
      expect(await bare.attempt()).toEqual({ status: 303, who: 'somebody@example.com' })
    } finally {
      await bare.stop()
    }
  })
})

describe('what a browser brings back', () => {
  it.each<[what: string, change: (url: URL) => void]>([
    ['of another issuer', (url) => url.searchParams.set('iss', 'https://evil.example')],
    ['of no issuer, though the provider names itself always', (url) => url.searchParams.delete('iss')],
    ['of two issuers', (url) => url.searchParams.append('iss', 'https://evil.example')],
    ['with no code', (url) => url.searchParams.delete('code')],
    ['with two codes', (url) => url.searchParams.append('code', 'other')],
    ['with a token in the address', (url) => url.searchParams.set('id_token', 'token')],
  ])('is refused if it is an answer %s', async (_what, change) => {
    const browser = site.running.client()
    const back = new URL(await walk(browser, await site.begin(browser, 'work'), 'mixup', site.idp.issuer))
    change(back)
    site.idp.requests.length = 0
    expect([(await browser.get(back.href)).status, await site.who(browser)]).toEqual([400, null])
    expect(site.idp.requests.filter(({ path }) => path === '/token')).toEqual([])
  })

  it('is refused by the provider if it has another code', async () => {
    const browser = site.running.client()
    const back = new URL(await walk(browser, await site.begin(browser, 'work'), 'code', site.idp.issuer))
    back.searchParams.set('code', 'other')
    expect([(await browser.get(back.href)).status, await site.who(browser)]).toEqual([502, null])
  })

  it('A-16: is worth nothing without the verifier, which never leaves the server', async () => {
    const browser = site.running.client()
    const back = new URL(await walk(browser, await site.begin(browser, 'work'), 'pkce', site.idp.issuer))
    const form = {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: `${site.base}/auth/work/callback`,
    }
    const authorization = `Basic ${Buffer.from('notes:notes-secret').toString('base64')}`
    const stolen = await fetch(`${site.idp.issuer}/token`, { method: 'POST', headers: { authorization }, body: new URLSearchParams(form) })
    expect([stolen.status, (await stolen.json()).error]).toEqual([400, 'invalid_grant'])
  })
})
