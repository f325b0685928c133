/**
 * Who may see the debug page: it shows source, configuration and the request, so by default nobody but a person at this machine.
 */
import type { Source } from '../http/source.ts'

/** Headers in which proxies name the client that they speak for. */
const FORWARDED = ['x-forwarded-for', 'x-real-ip', 'cf-connecting-ip', 'true-client-ip'] as const

/**
 * Whether a request comes from this machine. The address of the peer must be one of the loopback interface. The host must be one too:
 * the name of a stranger's site may be made to lead here (DNS rebinding). A proxy on this machine may speak for others, and says for
 * whom. A page of another site may open a page here, but reads nothing.
 */
export function isLocal(source: Source): boolean {
  if (source.remoteAddress === undefined || !isLoopbackAddress(source.remoteAddress) || !isLoopbackHost(source.header('host'))) {
    return false
  }
  if (source.header('forwarded') !== undefined) {
    return false
  }
  const clients = FORWARDED.flatMap((name) => source.header(name)?.split(',') ?? [])
  if (!clients.every((client) => isLoopbackAddress(client.trim()))) {
    return false
  }
  return source.header('sec-fetch-site') !== 'cross-site' || source.header('sec-fetch-dest') === 'document'
}

function isLoopbackAddress(address: string): boolean {
  const plain = address.replace(/^\[?(?:::ffff:)?/i, '').replace(/\]$/, '')
  return plain === '::1' || /^127(?:\.\d{1,3}){3}$/.test(plain)
}

function isLoopbackHost(host: string | undefined): boolean {
  const name = host?.toLowerCase().replace(/:\d+$/, '') ?? ''
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name)
}
