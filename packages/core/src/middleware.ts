import type { Context } from './context.ts'
import type { AnyExtension } from './extension.ts'
import type { ContextOf } from './inference.ts'
import type { Reply } from './reply.ts'

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

/** A middleware of any type. */
export interface AnyMiddleware {
  readonly '~middleware': { readonly needs: object; readonly adds: object }
}

/** A middleware that needs the context members `N` and adds the members `A`. */
export interface Middleware<A extends object = {}, N extends object = {}> extends AnyMiddleware {
  readonly '~middleware': { readonly needs: N; readonly adds: A }
}

type AddsOf<R> = [Extract<R, Added>] extends [never] ? {} : Extract<R, Added> extends Added<infer A> ? A : {}

type Answer = Reply | Response | Added

/** Names of the members that must be there, and the function; read by dispatch. */
export interface MiddlewareParts {
  readonly needs: readonly string[]
  readonly run: (ctx: Context, next: Next) => unknown
}

/** Under this key, so that two copies of core know each other's middleware. */
export const MIDDLEWARE: unique symbol = Symbol.for('micro.middleware')

/**
 * Makes a middleware: it may answer early, add members for what follows by `next({ … })`, and act after it.
 * What it adds is inferred; extensions in `needs` must be installed where it is used.
 */
export function middleware<R extends Answer>(run: (ctx: Context, next: Next) => Promise<R>): Middleware<AddsOf<R>>
export function middleware<const E extends readonly AnyExtension[], R extends Answer>(
  options: { readonly needs: E },
  run: (ctx: Context & ContextOf<E>, next: Next) => Promise<R>,
): Middleware<AddsOf<R>, ContextOf<E>>
export function middleware(first: unknown, second?: unknown): AnyMiddleware {
  const needs = typeof first === 'function' ? [] : (first as { needs: readonly AnyExtension[] }).needs.map((extension) => extension.name)
  const run = (typeof first === 'function' ? first : second) as MiddlewareParts['run']
  return Object.freeze({ [MIDDLEWARE]: { needs, run } }) as unknown as AnyMiddleware
}
