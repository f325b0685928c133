/**
 * The types of schemas as the compiler reads them most cheaply: of a zod schema it looks at no more than it must for the result,
 * since the Standard Schema interface of one costs as much again.
 */
import type { OutputOf, StandardSchema } from '@micro/core'

/** `S` where it is a schema: of zod, or of any library that implements Standard Schema. */
export type Schema<S> = S & ([S] extends [{ readonly _zod: object }] ? unknown : StandardSchema)

/** What a schema makes of what it accepts. */
export type ParsedBy<S> = S extends { readonly _zod: { readonly output: unknown } }
  ? S['_zod']['output']
  : S extends StandardSchema
    ? OutputOf<S>
    : never
