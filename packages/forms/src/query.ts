import { type Middleware, middleware, type StandardSchema } from '@micro/core'
import { compileSchema } from './compiled-schema.ts'
import { limitsOf } from './forms-context.ts'
import { validationError } from './issue.ts'
import { checkQuery } from './read-value.ts'
import type { ParsedBy, Schema } from './schema-type.ts'

/**
 * Holds the query against a schema; `ctx.query` is what the schema makes of it.
 * @throws HttpError 422 with `errors: [{ parameter, detail }]`; 400, 414 for a query that cannot be read.
 */
export function query<S>(schema: Schema<S>): Middleware<{ readonly query: ParsedBy<S> }> {
  const compiled = compileSchema('query', schema as StandardSchema<unknown, ParsedBy<S>>)
  return middleware(async (ctx, next) => {
    const outcome = await checkQuery(ctx, compiled, limitsOf(ctx))
    if (!outcome.ok) {
      throw validationError('query', outcome.issues)
    }
    return next({ query: outcome.data })
  })
}
