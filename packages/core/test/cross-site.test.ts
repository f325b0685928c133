import { type CoreConfig, type CrossSitePolicy, crossSiteVerdict, trustedOriginProblem } from '@micro/core'
import { describe, expect, it } from 'vitest'

const policy: CrossSitePolicy = { trustedOrigins: ['https://trusted.example'] }

type Headers_ = { readonly [name: string]: string }

const behind = (trustedProxies: number) =>
  ({ server: { trustedProxies, forwardedHeaders: ['for', 'proto'] as readonly string[] } }) as CoreConfig

interface Changes extends CrossSitePolicy {
  readonly proxied?: boolean
}

function judge(headers: Headers_, { proxied = false, ...changes }: Changes = {}, url = 'http://example.com/'): boolean {
  const ctx = { headers: new Headers(headers), url: new URL(url), config: behind(proxied ? 1 : 0) }
  return crossSiteVerdict(ctx, { ...policy, ...changes }).allowed
}

const bearer = { authorization: 'Bearer abc' }
const cookie = { cookie: 'session=abc' }
const site = (value: string) => ({ 'sec-fetch-site': value })

type Row = readonly [what: string, headers: Headers_, allowed: boolean, changes?: Changes]

/** The decision table, step by step; a row of a later step fails no earlier one. */
const table: readonly Row[] = [
  ['2: a token and no cookies', { ...bearer, ...site('cross-site') }, true],
  ['2: a token and cookies', { ...bearer, ...cookie, ...site('cross-site') }, false],
  ['2: Basic, which browsers send by themselves', { authorization: 'Basic abc', ...site('cross-site') }, false],
  ['2: basic in small letters', { authorization: 'basic abc', ...site('cross-site') }, false],
  ['2: Negotiate', { authorization: 'Negotiate abc', ...site('cross-site') }, false],
  ['3: a trusted origin', { origin: 'https://trusted.example', ...site('cross-site') }, true],
  ['3: a trusted origin without Fetch Metadata', { origin: 'https://trusted.example' }, true],
  ['3: another scheme', { origin: 'http://trusted.example' }, false],
  ['3: another port', { origin: 'https://trusted.example:8443' }, false],
  ['3: a suffix of it', { origin: 'https://trusted.example.evil.example' }, false],
  ['3: a prefix of it', { origin: 'https://untrusted.example' }, false],
  ['4: same-origin', { ...cookie, ...site('same-origin') }, true],
  ['4: none', { ...cookie, ...site('none') }, true],
  ['5: same-site', { ...cookie, ...site('same-site') }, false],
  ['5: same-site, allowed', { ...cookie, ...site('same-site') }, true, { allowSameSite: true }],
  ['5: cross-site', { ...cookie, ...site('cross-site') }, false],
  ['5: cross-site, same-site allowed', { ...cookie, ...site('cross-site') }, false, { allowSameSite: true }],
  ['5: cross-site without cookies, as at sign-in', site('cross-site'), false],
  ['5: a word nobody knows', site('something-else'), false],
  ['5: an empty word', site(''), false],
  ['5: two words', site('same-origin, cross-site'), false],
  ['5: Fetch Metadata wins over a matching Origin', { origin: 'http://example.com', ...site('cross-site') }, false],
  ['6: a matching Origin', { origin: 'http://example.com' }, true],
  ['6: the same host by another scheme, as behind TLS elsewhere', { origin: 'https://example.com' }, true],
  ['6: another host', { origin: 'http://evil.example' }, false],
  ['6: another port', { origin: 'http://example.com:8080' }, false],
  ['6: null', { origin: 'null' }, false],
  ['6: no URL', { origin: 'example.com' }, false],
  ['6: empty', { origin: '' }, false],
  ['6: behind trusted proxies the scheme counts', { origin: 'https://example.com' }, false, { proxied: true }],
  ['7: neither header', cookie, true],
  ['7: neither header, strict', cookie, false, { strict: true }],
  ['7: neither header, Basic, strict', { authorization: 'Basic abc' }, false, { strict: true }],
  ['7: neither header nor credentials, strict', {}, true, { strict: true }],
]

describe('crossSiteVerdict', () => {
  it.each(table.map((row) => ({ row })))('step $row.0', ({ row: [, headers, allowed, changes] }) => {
    expect(judge(headers, changes)).toBe(allowed)
  })

  it('compares the public origin behind trusted proxies', () => {
    expect(judge({ origin: 'https://example.com' }, { proxied: true }, 'https://example.com/a')).toBe(true)
    expect(judge({ origin: 'https://example.com' }, { proxied: true }, 'https://internal/a')).toBe(false)
  })

  it('does not look at the URL where Fetch Metadata decides', () => {
    const ctx = {
      config: behind(0),
      headers: new Headers(site('same-origin')),
      get url(): URL {
        throw new Error('the URL was read')
      },
    }
    expect(crossSiteVerdict(ctx, policy)).toEqual({ allowed: true, reason: 'same origin' })
  })
})

describe('trustedOriginProblem', () => {
  it.each([
    ['https://Example.com', 'write https://example.com'],
    ['https://example.com:443', 'write https://example.com'],
    ['https://example.com/', 'write https://example.com'],
    ['https://user@example.com', 'write https://example.com'],
    ['https://*.example.com', 'list each one, there are no wildcards'],
    ['example.com', 'write it as https://host or https://host:port'],
    ['ftp://example.com', 'write it as https://host or https://host:port'],
    ['null', 'write it as https://host or https://host:port'],
  ])('says how %s is to be written', (text, advice) => {
    expect(trustedOriginProblem(text)).toBe(`'${text}' is no origin: ${advice}`)
  })

  it.each(['https://example.com', 'http://localhost:8080', 'https://[::1]:8443'])('accepts %s', (text) => {
    expect(trustedOriginProblem(text)).toBeUndefined()
  })
})
