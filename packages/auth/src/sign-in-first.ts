import { type Context, HttpError } from '@micro/core'

/**
 * The answer to who must sign in first. A 401 carries a challenge (RFC 9110 section 15.5.2); no scheme is registered for cookies, and
 * browsers ignore one that they do not know.
 */
export function signInFirst({ app }: Context): HttpError {
  return new HttpError(401, 'Sign in first.', { headers: { 'WWW-Authenticate': `Session realm="${quotable(app.name)}"` } })
}

/** A text as it may stand in a quoted string of a header: ASCII, since recipients differ about the rest. */
function quotable(text: string): string {
  return text.replace(/[^ -~]/gu, '?').replace(/["\\]/g, '\\$&')
}
