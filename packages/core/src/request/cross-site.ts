/**
 * Cross-site defence without tokens: browsers say where a request comes from (Fetch Metadata, RFC 6454 Origin), and a page of
 * another site cannot make them say otherwise. Nothing here depends on a session, so signing in is protected as well.
 */

import type { CoreConfig } from '../config/core-config.ts'
import type { HeaderFields } from '../http/request-headers.ts'
import type { Context } from './context.ts'

/** What decides whether a request may come from another site. */
export interface CrossSitePolicy {
  /** Origins that may, as browsers write them: `https://admin.example.com`. */
  readonly trustedOrigins?: readonly string[]
  /** Lets pages of the same site (other subdomains, other ports, other schemes) in. False by default. */
  readonly allowSameSite?: boolean
  /** Refuses requests with credentials that say nothing about where they come from. False by default. */
  readonly strict?: boolean
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

/** Names of the headers that decide, for `Vary`. */
export const CROSS_SITE_VARY = 'Sec-Fetch-Site, Origin'

// Credentials that browsers send by themselves, as they send cookies (RFC 7617, RFC 7616, RFC 4559).
const AMBIENT = /^(basic|digest|negotiate|ntlm)(\s|$)/i

/**
 * Judges whether another site's page caused an unsafe request. Reads headers alone, and the URL where browsers without Fetch Metadata
 * make it necessary. Requests of programs that are no browser are allowed: nobody can make those send credentials unawares.
 */
export function crossSiteVerdict(
  ctx: Pick<Context, 'url' | 'config'> & { readonly headers: HeaderFields },
  policy: CrossSitePolicy = {},
): CrossSiteVerdict {
  const { headers } = ctx
  const authorization = headers.get('authorization')
  const cookies = headers.has('cookie')
  if (authorization !== null && !cookies && !AMBIENT.test(authorization.trim())) {
    return { allowed: true, reason: 'authorization' }
  }
  const origin = headers.get('origin')
  if (origin !== null && policy.trustedOrigins?.includes(origin) === true) {
    return { allowed: true, reason: 'trusted origin' }
  }
  const site = headers.get('sec-fetch-site')
  if (site !== null) {
    return judgeSite(site, policy.allowSameSite === true)
  }
  if (origin !== null) {
    return judgeHost(origin, ctx.url, isSchemeKnown(ctx.config))
  }
  return { allowed: policy.strict !== true || !(cookies || authorization !== null), reason: 'origin unknown' }
}

/**
 * The problem with a trusted origin that is not written exactly as browsers send it (RFC 6454 section 6.2), and would never match; or
 * undefined. For options that list them: `option.list({ items: trustedOriginProblem })`.
 */
export function trustedOriginProblem(text: string): string | undefined {
  if (text.includes('*')) {
    return `'${text}' is no origin: list each one, there are no wildcards`
  }
  const origin = URL.parse(text)?.origin ?? 'null'
  if (origin === text && /^https?:/.test(text)) {
    return undefined
  }
  const advice = /^https?:\/\/./.test(origin) ? `write ${origin}` : 'write it as https://host or https://host:port'
  return `'${text}' is no origin: ${advice}`
}

/** Behind proxies it is known where they tell it. */
function isSchemeKnown({ server }: CoreConfig): boolean {
  return server.trustedProxies > 0 && server.forwardedHeaders.includes('proto')
}

function judgeSite(site: string, allowSameSite: boolean): CrossSiteVerdict {
  if (site === 'same-origin' || site === 'none') {
    return { allowed: true, reason: 'same origin' }
  }
  return site === 'same-site' ? { allowed: allowSameSite, reason: 'same site' } : { allowed: false, reason: 'another site' }
}

/** For browsers without Fetch Metadata. Behind a proxy that is not trusted the scheme is unknown: the host alone is compared then. */
function judgeHost(origin: string, url: URL, isProxied: boolean): CrossSiteVerdict {
  if (origin === 'null' || !URL.canParse(origin)) {
    return { allowed: false, reason: 'opaque origin' }
  }
  const from = new URL(origin)
  const same = from.host !== '' && (isProxied ? from.origin === url.origin : from.host === url.host)
  return same ? { allowed: true, reason: 'same origin' } : { allowed: false, reason: 'another origin' }
}
