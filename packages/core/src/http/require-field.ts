import { HttpError } from './http-error.ts'

/** Values by name: a query, a form. */
export interface FieldValues {
  get(name: string): unknown
}

/**
 * The text of a field that a query or form must have: `requireField(ctx.query, 'q')`. `read` makes something of it; where it throws or
 * gives undefined or NaN, the text is not accepted: `requireField(ctx.query, 'page', Number)`. Schemas of `@micro/forms` check many at once.
 * @throws HttpError 400 that names the field, in words and in `errors` of the problem document.
 */
export function requireField(values: FieldValues, name: string): string
export function requireField<T>(values: FieldValues, name: string, read: (text: string) => T | undefined): T
export function requireField(values: FieldValues, name: string, read: (text: string) => unknown = same): unknown {
  const text = values.get(name)
  if (text === null || text === undefined) {
    throw refusal(name, 'is missing')
  }
  if (typeof text !== 'string') {
    throw refusal(name, 'must be a text')
  }
  let value: unknown
  try {
    value = read(text)
  } catch (error) {
    throw refusal(name, 'is not accepted', error)
  }
  if (value === undefined || Number.isNaN(value)) {
    throw refusal(name, 'is not accepted')
  }
  return value
}

function same(text: string): string {
  return text
}

function refusal(name: string, problem: string, cause?: unknown): HttpError {
  return new HttpError(400, `The field '${name}' ${problem}.`, {
    cause,
    problem: { errors: [{ parameter: name, detail: `It ${problem}.` }] },
  })
}
