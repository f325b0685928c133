import type { Reply } from '../http/reply.ts'

declare const added: unique symbol

/**
 * What `next` gives: the reply of what followed, and for the compiler the members that were added. It is no subtype of `Reply`: in a
 * union with it, as the result of a middleware that may answer early, it would vanish.
 */
export interface Added<A extends object = object> extends Omit<Reply, '~reply'> {
  readonly [added]: A
}

/** Goes on to the next middleware or the handler, with members to add to the context. Call it once. */
export type Next = <A extends object = {}>(additions?: A) => Promise<Added<A>>
