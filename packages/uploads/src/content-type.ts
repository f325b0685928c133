import { parseMediaType } from '@micro/core'
import { refusal } from './refusal.ts'

const FORM = 'multipart/form-data'
const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/

/**
 * The boundary of a `multipart/form-data` body: 1 to 70 of the characters of RFC 2046 section 5.1.1, not ending in a space.
 * @throws HttpError 415 for another content type, 400 where the boundary is missing, given twice or not allowed.
 */
export function multipartBoundary(contentType: string | null): string {
  const media = parseMediaType(contentType)
  if (media === null ? !isNamedForm(contentType) : media.type !== FORM) {
    throw refusal(415, 'The body must be a form with files (Content-Type: multipart/form-data; in HTML, enctype="multipart/form-data").')
  }
  if (media === null) {
    throw refusal(400, 'The Content-Type of the form is malformed.')
  }
  const { boundary } = media.parameters
  if (boundary === undefined || !BOUNDARY.test(boundary)) {
    throw refusal(400, 'The Content-Type of the form has no boundary that is allowed.')
  }
  return boundary
}

/** Whether a malformed content type names the form all the same: it is the rest that is wrong then. */
function isNamedForm(contentType: string | null): boolean {
  return /^[\t ]*multipart\/form-data[\t ]*;/i.test(contentType ?? '')
}
