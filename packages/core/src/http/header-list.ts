/**
 * Splits a header's value at a separator, but not inside quoted strings (RFC 9110 section 5.6): parts without the white space around
 * them, empty ones left out. Null where a quoted string does not end.
 */
export function splitHeader(value: string, separator: ',' | ';'): readonly string[] | null {
  const parts: string[] = []
  let from = 0
  let isQuoted = false
  for (let at = 0; at <= value.length; at++) {
    const char = value[at]
    if (isQuoted) {
      if (char === '\\') {
        at++
      } else if (char === '"') {
        isQuoted = false
      }
    } else if (char === '"') {
      isQuoted = true
    } else if (char === separator || char === undefined) {
      const part = value.slice(from, at).trim()
      if (part !== '') {
        parts.push(part)
      }
      from = at + 1
    }
  }
  return isQuoted ? null : parts
}

/** A quoted string without its quotes; another text as it is. */
export function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text
}

/** `name=value` as the two of them, the name in lower case; without `=` the value is undefined. */
export function nameAndValue(part: string): readonly [name: string, value: string | undefined] {
  const at = part.indexOf('=')
  return at < 0 ? [part.toLowerCase(), undefined] : [part.slice(0, at).trim().toLowerCase(), unquoted(part.slice(at + 1).trim())]
}
