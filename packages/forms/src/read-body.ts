import { type Context, HttpError, isJsonType, parseMediaType } from '@micro/core'
import { type Fields, gatherFields } from './field-tree.ts'
import type { FormLimits } from './forms-config.ts'
import { formsError } from './forms-errors.ts'

/** A body, read: fields of a form, or a value that says its own types. */
export type ReadBody = { readonly kind: 'fields'; readonly fields: Fields } | { readonly kind: 'value'; readonly value: unknown }

/** A body that is being read. */
export interface Reading {
  /** Its media type. */
  readonly type: string
  /** What core reads of it. */
  readonly sent: Promise<unknown>
}

/**
 * Begins to read a body by its content type: JSON, `application/x-www-form-urlencoded`, and whatever an extension reads, such as
 * multipart. @throws HttpError 415 for a content type that is missing, malformed, in another charset or read by nobody; 413, 400.
 */
export function startReading(ctx: Context): Reading {
  const media = parseMediaType(ctx.headers.get('content-type'))
  if (media === null) {
    throw new HttpError(415, 'The body has no well-formed Content-Type.')
  }
  const { charset } = media.parameters
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new HttpError(415, 'The body must be in UTF-8.')
  }
  return { type: media.type, sent: media.type === FORM ? ctx.readText() : ctx.readBody() }
}

const FORM = 'application/x-www-form-urlencoded'

/** What was read, under the limits of forms. @throws HttpError 413, 400. */
export function finishReading({ type }: Reading, value: unknown, limits: FormLimits): ReadBody {
  if (isJsonType(type)) {
    return { kind: 'value', value }
  }
  const entries = type === FORM && typeof value === 'string' ? readPairs(value, limits) : value
  if (!isEntries(entries)) {
    throw formsError('MICRO_FORMS_BODY', { type, what: entries === null ? 'null' : typeof entries })
  }
  return { kind: 'fields', fields: gatherFields(entries, limits, 413) }
}

/** Fields are counted before they are parsed: `URLSearchParams` takes seconds for some bodies of a megabyte. */
function readPairs(text: string, limits: FormLimits): URLSearchParams {
  let count = 1
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    count++
    if (count > limits.maxFields) {
      throw new HttpError(413, `There are more than ${limits.maxFields} fields.`)
    }
  }
  return new URLSearchParams(text)
}

function isEntries(value: unknown): value is Iterable<readonly [string, unknown]> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
