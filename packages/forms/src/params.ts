import { HttpError, type Middleware, middleware, type StandardSchema } from '@micro/core'
import { compileSchema } from './compiled-schema.ts'
import { limitsOf } from './forms-context.ts'
import { checkParams } from './read-value.ts'
import type { ParsedBy, Schema } from './schema-type.ts'

/**
 * Holds the path's params against a schema; `ctx.params` is what the schema makes of them.
 * @throws HttpError 404 where the schema does not accept them, as for a param that its converter does not.
 */
export function params<S>(schema: Schema<S>): Middleware<{ readonly params: ParsedBy<S> }> {
  const compiled = compileSchema('params', schema as StandardSchema<unknown, ParsedBy<S>>)
  return middleware(async (ctx, next) => {
    const outcome = await checkParams(ctx, compiled, limitsOf(ctx))
    if (!outcome.ok) {
      throw new HttpError(404)
    }
    return next({ params: outcome.data })
  })
}
