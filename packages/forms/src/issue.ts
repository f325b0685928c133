import { HttpError, type StandardIssue } from '@micro/core'
import { canonicalName } from './field-name.ts'

/** Something in a value that its schema does not accept. */
export interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** Most issues that are told to a client. */
export const MOST_ISSUES = 100

/** The issues a schema found, as far as they are told, each in the words of `say`. */
export function issuesOf(found: readonly StandardIssue[], say: (issue: StandardIssue) => string): readonly Issue[] {
  return found.slice(0, MOST_ISSUES).map((issue) => ({ path: pathOf(issue), message: say(issue) }))
}

/** The keys that lead to what an issue is about. */
export function pathOf(issue: StandardIssue): readonly PropertyKey[] {
  return (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part))
}

/** The canonical field name of an issue: `items.0.name`; the empty text for one that concerns the whole. */
export function nameOf(issue: Issue): string {
  return canonicalName(issue.path.map(String))
}

/** The issue's place in a JSON document, as a URI fragment (RFC 6901 section 6). */
export function pointerOf(issue: Issue): string {
  return `#${issue.path.map((key) => `/${encodeURI(String(key).replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('#', '%23')}`).join('')}`
}

/**
 * The reply to a value that its schema does not accept: 422, with a member `errors` (RFC 9457 section 3). What was sent is not
 * repeated. `part` says what is wrong; errors of a body have a `pointer`, those of a query a `parameter`.
 */
export function validationError(part: 'body' | 'query', issues: readonly Issue[]): HttpError {
  const errors = issues.map((issue) => ({
    ...(part === 'body' ? { pointer: pointerOf(issue) } : { parameter: nameOf(issue) }),
    detail: issue.message,
  }))
  const first = issues.slice(0, 3).map((issue) => (issue.path.length === 0 ? issue.message : `${nameOf(issue)}: ${issue.message}`))
  const more = issues.length > 3 ? ' …' : ''
  return new HttpError(422, `The ${part} is not valid. ${first.join('; ')}${more}`, { problem: { errors } })
}
