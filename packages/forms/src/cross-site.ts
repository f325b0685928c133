/**
 * Cross-site defence without tokens: browsers say where a request comes from (Fetch Metadata, RFC 6454 Origin), and a page of
 * another site cannot make them say otherwise. Nothing here depends on a session, so signing in is protected as well.
 */
import type { Context } from '@micro/core'

/** What decides whether a request may come from another site. */
export interface CrossSitePolicy {
  readonly trustedOrigins: ReadonlySet<string>
  readonly allowSameSite: boolean
  readonly strict: boolean
  /** Whether proxies in front are trusted: scheme and host are the public ones then. */
  readonly proxied: boolean
}

/** Why a request was taken to come from here, or from elsewhere. */
export type CrossSiteReason =
  | 'authorization'
  | 'trusted origin'
  | 'same origin'
  | 'same site'
  | 'another site'
  | 'another origin'
  | 'opaque origin'
  | 'origin unknown'

/** The verdict on where a request comes from. */
export interface CrossSiteVerdict {
  readonly allowed: boolean
  readonly reason: CrossSiteReason
}

/** Header names whose values decide: for `Vary`. */
export const CROSS_SITE_VARY = 'Sec-Fetch-Site, Origin'

// Credentials that browsers send by themselves, as they send cookies (RFC 7617, RFC 7616, RFC 4559).
const AMBIENT = /^(basic|digest|negotiate|ntlm)(\s|$)/i

/** Judges where an unsafe request comes from. Reads headers alone. */
export function judgeOrigin(ctx: Pick<Context, 'headers' | 'url'>, policy: CrossSitePolicy): CrossSiteVerdict {
  const { headers } = ctx
  const authorization = headers.get('authorization')
  const cookies = headers.has('cookie')
  if (authorization !== null && !cookies && !AMBIENT.test(authorization.trim())) {
    return { allowed: true, reason: 'authorization' }
  }
  const origin = headers.get('origin')
  if (origin !== null && policy.trustedOrigins.has(origin)) {
    return { allowed: true, reason: 'trusted origin' }
  }
  const site = headers.get('sec-fetch-site')
  if (site !== null) {
    return judgeSite(site, policy)
  }
  if (origin !== null) {
    return judgeHost(origin, ctx.url, policy)
  }
  return { allowed: !(policy.strict && (cookies || authorization !== null)), reason: 'origin unknown' }
}

function judgeSite(site: string, policy: CrossSitePolicy): CrossSiteVerdict {
  if (site === 'same-origin' || site === 'none') {
    return { allowed: true, reason: 'same origin' }
  }
  return site === 'same-site' ? { allowed: policy.allowSameSite, reason: 'same site' } : { allowed: false, reason: 'another site' }
}

/** For browsers without Fetch Metadata. Behind a proxy that is not trusted the scheme is unknown: the host alone is compared then. */
function judgeHost(origin: string, url: URL, policy: CrossSitePolicy): CrossSiteVerdict {
  if (origin === 'null' || !URL.canParse(origin)) {
    return { allowed: false, reason: 'opaque origin' }
  }
  const from = new URL(origin)
  const same = from.host !== '' && (policy.proxied ? from.origin === url.origin : from.host === url.host)
  return same ? { allowed: true, reason: 'same origin' } : { allowed: false, reason: 'another origin' }
}
