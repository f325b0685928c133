import { checkOptions, type Middleware, middleware, type OptionNames, type OutputOf, type StandardSchema } from '@micro/core'
import { compileSchema } from './compiled-schema.ts'
import type { Form } from './form-view.ts'
import { limitsOf } from './forms-context.ts'
import { type FormOptions, readForm } from './read-form.ts'

const FORM_OPTIONS: OptionNames<FormOptions<never>> = { check: true, limits: true, id: true }

/**
 * Adds the form of a page as `ctx.form`: blank on GET; after a POST either `ok` with typed `data`, or with what was typed and the
 * errors to show beside it. The status is 422 then, unless the handler says another. Clients that talk JSON get their errors as JSON.
 * @throws HttpError 422 for a JSON client; 415, 413, 400 for a body that cannot be read.
 */
export function form<S extends StandardSchema>(
  schema: S,
  options: FormOptions<OutputOf<S>> = {},
): Middleware<{ readonly form: Form<OutputOf<S>> }> {
  const compiled = compileSchema('form', schema)
  checkOptions('form()', options, FORM_OPTIONS)
  return middleware(async (ctx, next) => next({ form: await readForm(ctx, compiled, limitsOf(ctx, options.limits), options) }))
}
