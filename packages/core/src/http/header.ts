import { coreError } from '../errors/core-errors.ts'

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// What a field value may not hold: control characters other than tab, and what is no Latin-1 (RFC 9110 section 5.5).
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/

/** @throws MicroError `MICRO_HEADER_INVALID` for a name or value that HTTP does not allow. */
export function checkHeader(name: string, value: string): void {
  if (!TOKEN.test(name)) {
    throw coreError('MICRO_HEADER_INVALID', { name, problem: 'has no valid name' })
  }
  if (typeof value !== 'string') {
    throw coreError('MICRO_HEADER_INVALID', { name, problem: `must be a text, and is ${value === null ? 'null' : typeof value}` })
  }
  if (FORBIDDEN.test(value)) {
    throw coreError('MICRO_HEADER_INVALID', { name, problem: 'holds a control character or one outside Latin-1' })
  }
}

const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Whether a header, named in lower case, is the connection's own (RFC 9110 section 7.6.1): such are not passed on. */
export function isOfConnection(lowerName: string): boolean {
  return OF_CONNECTION.has(lowerName)
}

const OF_CONTENT: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
  'content-range',
  'content-disposition',
  'content-digest',
])

const OF_RESULT: ReadonlySet<string> = new Set(['accept-ranges', 'cache-control', 'etag', 'expires', 'last-modified', 'location'])

/** Whether a header, named in lower case, describes the body that it comes with: with another body, or none, it would be wrong. */
export function describesContent(lowerName: string): boolean {
  return OF_CONTENT.has(lowerName)
}

/** Whether a header, named in lower case, says what has become of a request: of one that failed it would be wrong. What nobody may keep stays so. */
export function describesResult(lowerName: string, value: string): boolean {
  return describesContent(lowerName) || (OF_RESULT.has(lowerName) && !(lowerName === 'cache-control' && /\bno-store\b/i.test(value)))
}
