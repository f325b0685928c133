/** Directory of site-wide metadata, the one name with a leading dot that is public (RFC 8615). */
const WELL_KNOWN = '.well-known'

/**
 * Whether a relative path, percent-decoded once, names something below a directory and nothing hidden: its segments are separated by
 * `/`, none of them is empty, `.` or `..`, none starts with a dot but a leading `.well-known`, and there is no NUL and no backslash.
 */
export function isStaticPath(path: string): boolean {
  return (
    !path.includes('\0') &&
    !path.includes('\\') &&
    path.split('/').every((segment, place) => segment !== '' && (!segment.startsWith('.') || (place === 0 && segment === WELL_KNOWN)))
  )
}
