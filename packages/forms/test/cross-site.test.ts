import { describe, expect, it } from 'vitest'
import { type CrossSitePolicy, judgeOrigin } from '../src/cross-site.ts'

const policy: CrossSitePolicy = {
  trustedOrigins: new Set(['https://trusted.example']),
  allowSameSite: false,
  strict: false,
  proxied: false,
}

type Headers_ = { readonly [name: string]: string }

function judge(headers: Headers_, changes: Partial<CrossSitePolicy> = {}, url = 'http://example.com/'): boolean {
  return judgeOrigin({ headers: new Headers(headers), url: new URL(url) }, { ...policy, ...changes }).allowed
}

const bearer = { authorization: 'Bearer abc' }
const cookie = { cookie: 'session=abc' }
const site = (value: string) => ({ 'sec-fetch-site': value })

type Row = readonly [what: string, headers: Headers_, allowed: boolean, changes?: Partial<CrossSitePolicy>]

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

describe('judgeOrigin', () => {
  it.each(table.map((row) => ({ row })))('step $row.0', ({ row: [, headers, allowed, changes] }) => {
    expect(judge(headers, changes)).toBe(allowed)
  })

  it('compares the public origin behind trusted proxies', () => {
    expect(judge({ origin: 'https://example.com' }, { proxied: true }, 'https://example.com/a')).toBe(true)
    expect(judge({ origin: 'https://example.com' }, { proxied: true }, 'https://internal/a')).toBe(false)
  })

  it('does not look at the URL where Fetch Metadata decides', () => {
    const ctx = {
      headers: new Headers(site('same-origin')),
      get url(): URL {
        throw new Error('the URL was read')
      },
    }
    expect(judgeOrigin(ctx, policy)).toEqual({ allowed: true, reason: 'same origin' })
  })
})
