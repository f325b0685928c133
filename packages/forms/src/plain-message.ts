import type { StandardIssue } from '@micro/core'
import type { Shape } from './shape.ts'

/** What zod's issues say beside their message, as far as a person is told. */
interface Details extends StandardIssue {
  readonly code?: unknown
  readonly expected?: unknown
  readonly origin?: unknown
  readonly minimum?: unknown
  readonly maximum?: unknown
  readonly inclusive?: unknown
  readonly values?: readonly unknown[]
  readonly format?: unknown
}

/**
 * An issue in words for the person who filled in the form. Only zod's own English sentences are replaced, which speak to
 * developers: messages of the schema's author and of zod's other languages stay. `shape` is that of the field.
 */
export function plainMessage(issue: StandardIssue, shape?: Shape): string {
  const details = issue as Details
  switch (details.code) {
    case 'invalid_type':
      return issue.message.startsWith('Invalid input: expected ') ? wrongType(details) : issue.message
    case 'too_small':
      return issue.message.startsWith('Too small: expected ') ? tooSmall(details) : issue.message
    case 'too_big':
      return issue.message.startsWith('Too big: expected ') ? tooBig(details) : issue.message
    case 'invalid_value':
      return /^Invalid (option|input): expected /.test(issue.message) ? wrongChoice(details, shape) : issue.message
    case 'invalid_format':
      return details.format === 'regex' && issue.message.startsWith('Invalid string: must match pattern ')
        ? 'This is not written as asked for.'
        : issue.message
    default:
      return issue.message
  }
}

/** Where nothing better can be said. */
export const NOT_ACCEPTED = 'This is not accepted here.'

const EITHER = new Intl.ListFormat('en-GB', { type: 'disjunction' })

const EMPTY = 'Please fill in this field.'

function wrongType({ message, expected }: Details): string {
  if (message.endsWith('received undefined') || message.endsWith('received null')) {
    return EMPTY
  }
  switch (expected) {
    case 'number':
      return 'Please enter a number.'
    case 'int':
    case 'bigint':
      return 'Please enter a whole number.'
    case 'date':
      return 'Please enter a date.'
    case 'boolean':
      return 'Please answer yes or no.'
    case 'file':
      return 'Please choose a file.'
    default:
      return NOT_ACCEPTED
  }
}

function tooSmall({ origin, minimum, inclusive }: Details): string {
  switch (origin) {
    case 'string':
      return minimum === 1 ? EMPTY : `Please enter at least ${minimum} characters.`
    case 'array':
    case 'set':
      return `Please choose at least ${minimum}.`
    case 'file':
      return `The file is too small: it needs ${minimum} bytes or more.`
    case 'date':
      return `Please enter ${showDate(minimum)} or later.`
    default:
      return inclusive === false ? `Please enter more than ${minimum}.` : `Please enter ${minimum} or more.`
  }
}

function tooBig({ origin, maximum, inclusive }: Details): string {
  switch (origin) {
    case 'string':
      return `Please enter at most ${maximum} characters.`
    case 'array':
    case 'set':
      return `Please choose at most ${maximum}.`
    case 'file':
      return `The file is too large: it may have ${maximum} bytes or less.`
    case 'date':
      return `Please enter ${showDate(maximum)} or earlier.`
    default:
      return inclusive === false ? `Please enter less than ${maximum}.` : `Please enter ${maximum} or less.`
  }
}

function wrongChoice({ values = [] }: Details, shape: Shape | undefined): string {
  if (shape?.kind === 'file') {
    return `Please choose a file of type ${EITHER.format(values.map(String))}.`
  }
  return values.length === 1 && values[0] === true ? 'Please tick this box.' : 'Please choose one of the options.'
}

/** The day of a bound, which zod gives in milliseconds. */
function showDate(bound: unknown): string {
  return new Date(Number(bound)).toISOString().slice(0, 10)
}
