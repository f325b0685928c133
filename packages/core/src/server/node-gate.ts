/** What Node's HTTP parser lets in and HTTP does not: looked at before a request is anybody's. */
import type { IncomingMessage } from 'node:http'
import { isHost } from '../http/host.ts'
import type { NodeSource } from './node-source.ts'

const SLASH = 0x2f

/** The host that was good last time: nearly every request names the same. */
let known: string | undefined

/**
 * The status that a request is refused with, or 0. A `Host` must be there once, and be one (RFC 9112 section 3.2). The version must be
 * HTTP/1 (RFC 9110 section 15.6.6), unless an HTTP/2 server made the request. A target is a path, but for `OPTIONS *` (section 3.2.4).
 */
export function refusalOf(source: NodeSource): 0 | 400 | 505 {
  const { incoming, target } = source
  if (target.charCodeAt(0) !== SLASH && !(target === '*' && source.method === 'OPTIONS')) {
    return 400
  }
  const { httpVersionMajor } = incoming
  if (httpVersionMajor !== 1 || incoming.httpVersionMinor > 1) {
    return httpVersionMajor === 2 && 'stream' in incoming ? 0 : 505
  }
  const { host } = source
  if (!hasOneHost(incoming)) {
    return 400
  }
  // HTTP/1.0 knows no Host.
  if (host === known || host === undefined) {
    return 0
  }
  if (!isHost(host)) {
    return 400
  }
  known = host
  return 0
}

/** A server of ours joins several lines into a value that is no host; others keep the first and drop the rest. */
function hasOneHost({ joinDuplicateHeaders, rawHeaders }: IncomingMessage & { readonly joinDuplicateHeaders?: boolean }): boolean {
  if (joinDuplicateHeaders === true) {
    return true
  }
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 4 && name.toLowerCase() === 'host') {
      count++
    }
  }
  return count < 2
}

/** Answers a request that is refused, and ends its connection. */
export function refuse(source: NodeSource, status: number): void {
  source.writeHead(status, ['Connection', 'close', 'Content-Length', '0'])
  source.response.end()
}
