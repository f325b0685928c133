import { coreError } from './core-errors.ts'

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

/**
 * Which of the offered media types an `Accept` header prefers: the one of the highest quality, the first of equals
 * (RFC 9110 section 12.5.1). Undefined if none is accepted.
 */
export function preferred(accept: string | undefined, offered: readonly string[]): string | undefined {
  if (accept === undefined || accept.trim() === '') {
    return offered[0]
  }
  const ranges = accept.split(',').map(readRange)
  let best: string | undefined
  let most = 0
  for (const type of offered) {
    const quality = qualityOf(type, ranges)
    if (quality > most) {
      most = quality
      best = type
    }
  }
  return best
}

interface MediaRange {
  readonly type: string
  readonly quality: number
}

function readRange(text: string): MediaRange {
  const [type = '', ...params] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = params.find((param) => param.startsWith('q='))?.slice(2)
  const value = quality === undefined ? 1 : Number(quality)
  return { type, quality: value >= 0 && value <= 1 ? value : 0 }
}

/** The most specific range that matches decides. */
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  const [major] = type.split('/')
  const range =
    ranges.find((candidate) => candidate.type === type) ??
    ranges.find((candidate) => candidate.type === `${major}/*`) ??
    ranges.find((candidate) => candidate.type === '*/*')
  return range?.quality ?? 0
}
