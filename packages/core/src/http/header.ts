import { coreError } from '../errors/core-errors.ts'

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Names that were found valid, in lower case, by how they were written: an app has few, and uses them again and again. */
const known = new Map<string, string>()
const MOST_KNOWN = 256

/** The name in lower case. @throws MicroError `MICRO_HEADER_INVALID` for a name or value that HTTP does not allow. */
export function checkHeader(name: string, value: string): string {
  const lower = known.get(name) ?? checkName(name)
  if (typeof value !== 'string') {
    throw coreError('MICRO_HEADER_INVALID', { name, problem: `must be a text, and is ${value === null ? 'null' : typeof value}` })
  }
  for (let index = 0; index < value.length; index++) {
    if (!isAllowed(value.charCodeAt(index))) {
      throw coreError('MICRO_HEADER_INVALID', { name, problem: 'holds a control character or one outside Latin-1' })
    }
  }
  return lower
}

function checkName(name: string): string {
  if (typeof name !== 'string' || !TOKEN.test(name)) {
    throw coreError('MICRO_HEADER_INVALID', { name: String(name), problem: 'has no valid name' })
  }
  const lower = name.toLowerCase()
  if (known.size < MOST_KNOWN) {
    known.set(name, lower)
  }
  return lower
}

/** What a field value may hold: no control character other than tab, and nothing outside of Latin-1 (RFC 9110 section 5.5). */
function isAllowed(code: number): boolean {
  return (code > 0x1f && code < 0x7f) || code === 0x09 || (code > 0x7f && code <= 0xff)
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
