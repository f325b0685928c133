import { type Middleware, middleware, type OutputOf, type StandardSchema } from '@micro/core'
import { compileSchema } from './compiled-schema.ts'
import { limitsOf } from './forms-context.ts'
import { validationError } from './issue.ts'
import { checkQuery } from './read-value.ts'

/**
 * Holds the query against a schema; `ctx.query` is what the schema makes of it.
 * @throws HttpError 422 with `errors: [{ parameter, detail }]`; 400, 414 for a query that cannot be read.
 */
export function query<S extends StandardSchema>(schema: S): Middleware<{ readonly query: OutputOf<S> }> {
  const compiled = compileSchema('query', schema)
  return middleware(async (ctx, next) => {
    const outcome = await checkQuery(ctx, compiled, limitsOf(ctx))
    if (!outcome.ok) {
      throw validationError('query', outcome.issues)
    }
    return next({ query: outcome.data })
  })
}
