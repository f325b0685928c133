/** The headers of a reply as they are sent, whichever edge sends it. A list is flat: name after value after name. */
import type { Reply } from '../http/reply.ts'
import { isBodyless } from '../http/status.ts'
import type { SecurityHeader } from './security-headers.ts'

const LENGTH = 'content-length'
const ENCODING = 'transfer-encoding'
// Announces fields after the last chunk: of a body with a length there is none (RFC 9112 section 7.1.2).
const TRAILER = 'trailer'

/**
 * The reply's headers, and those that every reply gets. `bytes` is the body's length: null for none, undefined for a stream. A length that
 * the reply names itself counts only where there is no body to be measured.
 */
export function sentHeaders(
  { type, status, headers }: Reply,
  bytes: number | null | undefined,
  securityHeaders: readonly SecurityHeader[],
): string[] {
  const list: string[] = []
  if (type !== null) {
    list.push('Content-Type', type)
  }
  const isEmpty = isBodyless(status)
  if (isEmpty) {
    // A 205 says that its body is empty; of the others everybody knows (RFC 9110 sections 8.6 and 15.3.6).
    if (status === 205) {
      list.push('Content-Length', '0')
    }
  } else if (bytes !== undefined && (bytes !== null || headers === null || !hasHeader(headers, LENGTH))) {
    list.push('Content-Length', String(bytes ?? 0))
  }
  const isMeasured = typeof bytes === 'number' || (isEmpty && status !== 304)
  if (headers !== null) {
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index] as string
      if (!(isMeasured && is(name, LENGTH)) && !is(name, ENCODING) && !(is(name, TRAILER) && hasHeader(list, LENGTH))) {
        list.push(name, headers[index + 1] as string)
      }
    }
  }
  for (let index = 0; index < securityHeaders.length; index++) {
    const { name, lowerName, value } = securityHeaders[index] as SecurityHeader
    if (headers === null || !hasHeader(headers, lowerName)) {
      list.push(name, value)
    }
  }
  return list
}

/** Whether a list has a header; `name` is in lower case. */
export function hasHeader(headers: readonly string[], name: string): boolean {
  return headerIn(headers, name) !== undefined
}

/** The first value of a header in a list; `name` is in lower case. */
export function headerIn(headers: readonly string[], name: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    if (is(headers[index] as string, name)) {
      return headers[index + 1]
    }
  }
  return undefined
}

function is(header: string, name: string): boolean {
  return header.length === name.length && header.toLowerCase() === name
}
