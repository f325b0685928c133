import { isSettled, listsTag, listsTagStrongly } from './entity-tag.ts'
import { parseHttpDate } from './http-date.ts'

/** Reads one header of a request, without regard to case; undefined where it is absent. */
export interface HeaderReader {
  header(name: string): string | undefined
}

/** What tells the versions of a resource apart. */
export interface Validators {
  readonly etag: string | null
  /** Time of the last change in milliseconds; parts of a second are disregarded, as HTTP-dates have none. */
  readonly modifiedMs: number | null
}

/** A version of a resource, as handlers name it. */
export interface ResourceVersion {
  /** A text that differs between versions, such as a revision or a hash. It is quoted; `W/"…"` makes a weak one. */
  readonly etag?: string
  /** When it was changed last; milliseconds if a number. */
  readonly modified?: Date | number
}

/**
 * What the preconditions of a request say, in the order of RFC 9110 section 13.2.2: 200 to go on, 304 where a reader has this version
 * already, 412 where it is about another. `If-Range` is apart: `allowsRange`.
 */
export function checkPreconditions(request: HeaderReader, { etag, modifiedMs }: Validators, isRead = true): 200 | 304 | 412 {
  const ifMatch = request.header('if-match')
  if (ifMatch !== undefined) {
    if (ifMatch.trim() !== '*' && (etag === null || !listsTagStrongly(ifMatch, etag))) {
      return 412
    }
  } else {
    const ifUnmodifiedSince = request.header('if-unmodified-since')
    if (ifUnmodifiedSince !== undefined && isAfter(modifiedMs, ifUnmodifiedSince) === true) {
      return 412
    }
  }
  const ifNoneMatch = request.header('if-none-match')
  if (ifNoneMatch !== undefined) {
    const isListed = ifNoneMatch.trim() === '*' || (etag !== null && listsTag(ifNoneMatch, etag))
    return isListed ? (isRead ? 304 : 412) : 200
  }
  if (!isRead) {
    return 200
  }
  const ifModifiedSince = request.header('if-modified-since')
  return ifModifiedSince !== undefined && isAfter(modifiedMs, ifModifiedSince) === false ? 304 : 200
}

/**
 * Whether the `Range` of a GET counts: `If-Range` is absent, or names this very version by a strong validator (RFC 9110 section
 * 13.1.5). A date is one only when the file had been left alone before (section 8.8.2.2).
 */
export function allowsRange(request: HeaderReader, { etag, modifiedMs }: Validators, nowMs: number): boolean {
  const ifRange = request.header('if-range')?.trim()
  if (ifRange === undefined) {
    return true
  }
  if (ifRange.endsWith('"')) {
    return etag !== null && !etag.startsWith('W/') && ifRange === etag
  }
  return modifiedMs !== null && isSettled(modifiedMs, nowMs) && parseHttpDate(ifRange) === wholeSeconds(modifiedMs)
}

/** Undefined where there is nothing to compare. */
function isAfter(modifiedMs: number | null, date: string): boolean | undefined {
  const limit = modifiedMs === null ? null : parseHttpDate(date)
  return modifiedMs === null || limit === null ? undefined : wholeSeconds(modifiedMs) > limit
}

function wholeSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000
}
