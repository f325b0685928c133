/** A media type, read from a header such as `Content-Type`. */
export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly type: string
  /** Parameters such as `charset` and `boundary`: names in lower case, values as they were sent, without their quotes. */
  readonly parameters: { readonly [name: string]: string | undefined }
}

const NO_PARAMETERS: MediaType['parameters'] = Object.freeze(Object.create(null))

/** What most requests with a body say. */
const JSON_TYPE: MediaType = Object.freeze({ type: 'application/json', parameters: NO_PARAMETERS })

const TYPE = /[\t ]*([!#$%&'*+\-.^_`|~\w]+\/[!#$%&'*+\-.^_`|~\w]+)[\t ]*/y
// One parameter at a time, so that no text makes the expression try twice. Unquoted values may hold `=` and other separators: some
// clients forget to quote boundaries.
const PARAMETER = /;[\t ]*(?:([!#$%&'*+\-.^_`|~\w]+)=(?:([\x21\x23-\x3a\x3c-\x7e]+)|"((?:[^"\\]|\\.)*)"))?[\t ]*/y

/**
 * Reads a media type to its last character (RFC 9110 section 8.3.1); null where there is none, where it is not well-formed, or where
 * a parameter has two values: parties that choose another one each would read another body each.
 */
export function parseMediaType(value: string | null | undefined): MediaType | null {
  if (value === null || value === undefined) {
    return null
  }
  if (value === 'application/json') {
    return JSON_TYPE
  }
  TYPE.lastIndex = 0
  const type = TYPE.exec(value)?.[1]?.toLowerCase()
  if (type === undefined) {
    return null
  }
  let at = TYPE.lastIndex
  if (at === value.length) {
    return { type, parameters: NO_PARAMETERS }
  }
  const parameters: { [name: string]: string } = Object.create(null)
  while (at < value.length) {
    PARAMETER.lastIndex = at
    const match = PARAMETER.exec(value)
    if (match === null) {
      return null
    }
    at = PARAMETER.lastIndex
    const name = match[1]?.toLowerCase()
    if (name !== undefined) {
      const given = match[2] ?? (match[3] ?? '').replace(/\\(.)/g, '$1')
      if ((parameters[name] ?? given) !== given) {
        return null
      }
      parameters[name] = given
    }
  }
  return { type, parameters }
}

/** Whether a media type (`type/subtype` in lower case) is JSON: `application/json`, or one with the suffix `+json` (RFC 6839 section 3.1). */
export function isJsonType(type: string | null | undefined): boolean {
  return type === 'application/json' || (type?.endsWith('+json') ?? false)
}
