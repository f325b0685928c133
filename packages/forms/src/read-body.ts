import { type Context, HttpError } from '@micro/core'
import { type Fields, gatherFields } from './field-tree.ts'
import type { FormLimits } from './forms-config.ts'
import { formsError } from './forms-errors.ts'
import { isJson, parseMediaType } from './media-type.ts'

/** A body, read: fields of a form, or a value that says its own types. */
export type ReadBody = { readonly kind: 'fields'; readonly fields: Fields } | { readonly kind: 'value'; readonly value: unknown }

/**
 * Reads a body by its content type: JSON, `application/x-www-form-urlencoded`, and whatever an extension reads, such as multipart.
 * @throws HttpError 415 for a content type that is missing, malformed, in another charset or read by nobody; 413, 400.
 */
export async function readBody(ctx: Context, limits: FormLimits): Promise<ReadBody> {
  const media = parseMediaType(ctx.headers.get('content-type'))
  if (media === null) {
    throw new HttpError(415, 'The body has no well-formed Content-Type.')
  }
  if (media.charset !== undefined && !/^(utf-?8|us-ascii)$/.test(media.charset)) {
    throw new HttpError(415, 'The body must be in UTF-8.')
  }
  if (media.type === 'application/x-www-form-urlencoded') {
    return { kind: 'fields', fields: gatherFields(readPairs(await ctx.readText(), limits), limits, 413) }
  }
  const value = await ctx.readBody()
  if (isJson(media.type)) {
    return { kind: 'value', value }
  }
  if (!isEntries(value)) {
    throw formsError('MICRO_FORMS_BODY', { type: media.type, what: value === null ? 'null' : typeof value })
  }
  return { kind: 'fields', fields: gatherFields(value, limits, 413) }
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
