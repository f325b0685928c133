import {
  type Added,
  type Context,
  checkOptions,
  type Middleware,
  middleware,
  type OptionNames,
  type OutputOf,
  type Reply,
  type StandardSchema,
} from '@micro/core'
import { compileSchema } from './compiled-schema.ts'
import type { InvalidForm } from './form-view.ts'
import { limitsOf } from './forms-context.ts'
import { validationError } from './issue.ts'
import { finishReading, startReading } from './read-body.ts'
import { type CheckOptions, examine, formOf, wantsJson } from './read-form.ts'
import { isPromise } from './read-value.ts'

/** Options of `body`. */
export interface BodyOptions<O> extends CheckOptions<O> {
  /**
   * Answers a form whose fields the schema does not accept, usually by rendering its page again with `form`; the status is 422
   * unless it says another. Clients that talk JSON get their errors as JSON all the same.
   */
  readonly invalid?: (ctx: Context, form: InvalidForm) => Reply | Response | Promise<Reply | Response>
}

const BODY_OPTIONS: OptionNames<BodyOptions<never>> = { check: true, limits: true, invalid: true }

/**
 * Holds the body against a schema and adds what the schema makes of it as `ctx.body`. JSON, urlencoded and, where an extension
 * reads it, multipart; texts of forms are read by what the schema expects.
 * @throws HttpError 422 with `errors: [{ pointer, detail }]`; 415, 413, 400 for a body that cannot be read.
 */
export function body<S extends StandardSchema>(
  schema: S,
  options: BodyOptions<OutputOf<S>> = {},
): Middleware<{ readonly body: OutputOf<S> }> {
  const compiled = compileSchema('body', schema)
  checkOptions('body()', options, BODY_OPTIONS)
  return middleware(async (ctx, next): Promise<Added<{ readonly body: OutputOf<S> }> | Reply | Response> => {
    const limits = limitsOf(ctx, options.limits)
    const reading = startReading(ctx)
    const sent = finishReading(reading, await reading.sent, limits)
    const examined = examine(ctx, sent, compiled, limits, options)
    const outcome = isPromise(examined) ? await examined : examined
    if (outcome.ok) {
      return await next({ body: outcome.data })
    }
    const form = options.invalid === undefined || wantsJson(ctx, sent) ? undefined : formOf(ctx, compiled, sent, outcome, undefined)
    if (form === undefined || form.ok || options.invalid === undefined) {
      throw validationError('body', outcome.issues)
    }
    ctx.status = 422
    return options.invalid(ctx, form)
  })
}
