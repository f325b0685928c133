/** A content type, read. */
export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly type: string
  /** The charset parameter in lower case. */
  readonly charset: string | undefined
}

const TYPE = /[\t ]*([!#$%&'*+\-.^_`|~\w]+\/[!#$%&'*+\-.^_`|~\w]+)[\t ]*/y
// One parameter at a time, so that no text makes the expression try twice.
const PARAMETER = /;[\t ]*(?:([!#$%&'*+\-.^_`|~\w]+)=(?:([!#$%&'*+\-.^_`|~\w]+)|"((?:[^"\\]|\\.)*)"))?[\t ]*/y

/** Reads a `Content-Type` value to its last character; null where it is not well-formed (RFC 9110 section 8.3.1). */
export function parseMediaType(value: string | null): MediaType | null {
  if (value === null) {
    return null
  }
  TYPE.lastIndex = 0
  const type = TYPE.exec(value)?.[1]
  if (type === undefined) {
    return null
  }
  let at = TYPE.lastIndex
  let charset: string | undefined
  while (at < value.length) {
    PARAMETER.lastIndex = at
    const match = PARAMETER.exec(value)
    if (match === null) {
      return null
    }
    at = PARAMETER.lastIndex
    if (match[1]?.toLowerCase() === 'charset') {
      const given = (match[2] ?? match[3] ?? '').toLowerCase()
      if (charset !== undefined && charset !== given) {
        return null
      }
      charset = given
    }
  }
  return { type: type.toLowerCase(), charset }
}

/** Whether a media type is JSON (RFC 6839 section 3.1 for `+json`). */
export function isJson(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json')
}
