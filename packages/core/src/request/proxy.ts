/**
 * What proxies in front tell of the request that they were sent. With `hops` trusted proxies, each of which adds its own value to the
 * end of a list, the value that counts is the one the outermost of them wrote: the last but `hops - 1`. What stands to the left of it
 * was there before, and may be forged. A list that is shorter was not written by all of them: it does not count.
 */
import type { ForwardedHeader } from '../config/core-config.ts'
import { isHost } from '../http/host.ts'
import { HttpError } from '../http/http-error.ts'
import type { Source } from '../http/source.ts'

/** Which proxies are trusted, and for what: a part of `config.server`. */
export interface ProxySettings {
  readonly trustedProxies: number
  readonly forwardedHeaders: readonly ForwardedHeader[]
}

/** The URL as the client sees it. @throws HttpError 400 for a host that is none. */
export function publicUrl(source: Source, settings: ProxySettings): URL {
  const told = forwarded(source, settings, 'proto')?.toLowerCase()
  const scheme = told === 'https' || told === 'http' ? told : source.scheme
  // The target is joined as text: `new URL('//evil', base)` would take its host.
  const path = source.target.startsWith('/') ? source.target : `/${source.target}`
  const text = `${scheme}://${publicHost(source, settings)}${publicPrefix(source, settings)}${path}`
  try {
    return new URL(text)
  } catch (error) {
    throw new HttpError(400, 'The request has no valid URL.', { cause: error })
  }
}

/** The host as the client sees it, with a port where one was named. @throws HttpError 400 for one that is none. */
export function publicHost(source: Source, settings: ProxySettings): string {
  const host = forwarded(source, settings, 'host') ?? source.header('host') ?? 'localhost'
  if (!isHost(host)) {
    throw new HttpError(400, 'The request has no valid host.')
  }
  const port = forwarded(source, settings, 'port')
  return port !== undefined && /^\d{1,5}$/.test(port) ? `${host.replace(/:\d*$/, '')}:${port}` : host
}

/** The path below which a proxy serves the app, or the server or app that it is mounted in: empty, or `/some/path`. */
export function publicPrefix(source: Source, settings: ProxySettings): string {
  const prefix = forwarded(source, settings, 'prefix')?.replace(/\/+$/, '') ?? ''
  return (/^(?:\/[\w.~%!$&'()*+,;=:@-]+)+$/.test(prefix) ? prefix : '') + (source.prefix ?? '')
}

/** The client's address: of the connection, or of whoever connected to the outermost trusted proxy. */
export function clientAddress(source: Source, settings: ProxySettings): string | undefined {
  return forwarded(source, settings, 'for') ?? source.remoteAddress
}

function forwarded(source: Source, { trustedProxies, forwardedHeaders }: ProxySettings, name: ForwardedHeader): string | undefined {
  if (trustedProxies === 0 || !forwardedHeaders.includes(name)) {
    return undefined
  }
  const value = source.header(`x-forwarded-${name}`)?.split(',').at(-trustedProxies)?.trim()
  return value === '' ? undefined : value
}
