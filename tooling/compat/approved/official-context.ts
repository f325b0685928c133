import type { Context } from '@micro/core'

/** A context with a member that the route's own types do not know. */
export type With<Name extends string, Member> = Context & { readonly [K in Name]: Member }
