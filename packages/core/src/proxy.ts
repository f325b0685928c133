import { HttpError } from './http-error.ts'
import type { Source } from './source.ts'

/**
 * The URL as the client sees it. With `hops` trusted proxies in front, `X-Forwarded-Proto` and `X-Forwarded-Host` count, as the
 * outermost trusted one wrote them; with none, they are ignored. @throws HttpError 400 for a host that is none.
 */
export function publicUrl(source: Source, hops: number): URL {
  const scheme = forwarded(source, 'x-forwarded-proto', hops)
  const host = forwarded(source, 'x-forwarded-host', hops) ?? source.header('host') ?? 'localhost'
  const base = `${scheme === 'https' || scheme === 'http' ? scheme : source.scheme}://${/^[\w.:[\]-]+$/.test(host) ? host : 'localhost'}`
  try {
    // The target is joined as text: `new URL('//evil', base)` would take its host.
    return new URL(base + (source.target.startsWith('/') ? source.target : `/${source.target}`))
  } catch (error) {
    throw new HttpError(400, 'The request has no valid URL.', { cause: error })
  }
}

function forwarded(source: Source, name: string, hops: number): string | undefined {
  if (hops === 0) {
    return undefined
  }
  const entries =
    source
      .header(name)
      ?.split(',')
      .map((entry) => entry.trim()) ?? []
  return entries[entries.length - hops]
}
