import { refusal } from './refusal.ts'

const TYPE = /^[\t ]*multipart\/form-data[\t ]*(?=;|$)/i
const PARAMETER = /[\t ]*;[\t ]*(?:([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s";]+)))?[\t ]*/sy
const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/

/**
 * The boundary of a `multipart/form-data` body: 1 to 70 of the characters of RFC 2046 section 5.1.1, not ending in a space.
 * Unquoted values may hold `=` and other separators, which some clients forget to quote.
 * @throws HttpError 415 for another content type, 400 where the boundary is missing, given twice or not allowed.
 */
export function multipartBoundary(contentType: string | null): string {
  const type = TYPE.exec(contentType ?? '')
  if (contentType === null || type === null) {
    throw refusal(415, 'The body must be a form with files (Content-Type: multipart/form-data).')
  }
  const found: string[] = []
  let at = type[0].length
  while (at < contentType.length) {
    PARAMETER.lastIndex = at
    const match = PARAMETER.exec(contentType)
    if (match === null) {
      throw refusal(400, 'The Content-Type of the form is malformed.')
    }
    if (match[1]?.toLowerCase() === 'boundary') {
      found.push(match[3] ?? (match[2] as string).replace(/\\(.)/gs, '$1'))
    }
    at = PARAMETER.lastIndex
  }
  const boundary = found[0]
  if (boundary === undefined || found.length > 1 || !BOUNDARY.test(boundary)) {
    throw refusal(400, 'The Content-Type of the form has no boundary that is allowed.')
  }
  return boundary
}
