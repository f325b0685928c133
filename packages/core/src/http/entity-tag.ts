/**
 * Entity tags (RFC 9110 section 8.8.3). A file's tag is made of its size and its time of change, to the microsecond. It is strong once
 * the file has been left alone for two seconds: no later change can then carry the same time, however coarse the clock of its file
 * system is (section 8.8.1). Before that it is weak: it serves a 304, but pieces of two versions are never joined by it.
 */

/** How long a file must have been left alone for its time of change to tell every version from every other. */
const SETTLED_MS = 2000

/** Whether no further change of a file can carry the same time of change. */
export function isSettled(modifiedMs: number, nowMs: number): boolean {
  return nowMs - modifiedMs >= SETTLED_MS
}

/** The tag of a file's representation; `coding` tells its content codings apart, which must not share a strong tag. */
export function fileTag(size: number, modifiedMs: number, nowMs: number, coding: string | null = null): string {
  const version = `${size.toString(36)}-${Math.round(modifiedMs * 1000).toString(36)}${coding === null ? '' : `-${coding}`}`
  return isSettled(modifiedMs, nowMs) ? `"${version}"` : `W/"${version}"`
}

/** Whether a list such as that of `If-None-Match` holds a tag, by weak comparison (RFC 9110 section 8.8.3.2). */
export function listsTag(list: string, tag: string): boolean {
  const value = opaque(tag)
  return list === tag || readTags(list).some((other) => opaque(other) === value)
}

/** Whether a list such as that of `If-Match` holds a tag, by strong comparison: a weak tag equals none. */
export function listsTagStrongly(list: string, tag: string): boolean {
  return !tag.startsWith('W/') && (list === tag || readTags(list).includes(tag))
}

/** The tags of a list, or `*` alone. A tag may hold commas, so that a list cannot be split at them. */
export function readTags(list: string): readonly string[] {
  return list.trim() === '*' ? ['*'] : (list.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\uffff]*"/g) ?? [])
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag
}

/** A version's name as a tag: quoted, unless it is a tag already. Null where it holds what no tag can (RFC 9110 section 8.8.3). */
export function toTag(version: string): string | null {
  if (/^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(version)) {
    return version
  }
  return /^[\x21\x23-\x7e\x80-\xff]*$/.test(version) ? `"${version}"` : null
}
