import type { Context } from '@micro/core'

/**
 * Whether another site's page caused this request, by `Sec-Fetch-Site` (W3C Fetch Metadata) or, in browsers without it, by `Origin`
 * against the host. Requests with neither come from no browser. `trusted` lists origins (`https://admin.example.com`) that may.
 */
export function isCrossSite(ctx: Context, trusted: readonly string[]): boolean {
  const origin = ctx.headers.get('origin')
  if (origin !== null && trusted.includes(origin)) {
    return false
  }
  const site = ctx.headers.get('sec-fetch-site')
  if (site !== null) {
    return site !== 'same-origin' && site !== 'none'
  }
  return origin !== null && URL.parse(origin)?.host !== ctx.url.host
}
