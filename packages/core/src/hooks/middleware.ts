import { checkOptions } from '../errors/check-options.ts'
import type { ContextOf } from '../extension/inference.ts'
import type { AnyExtension, AnyMiddleware } from '../extension/typed.ts'
import type { Reply } from '../http/reply.ts'
import type { Context } from '../request/context.ts'
import type { Added, Next } from '../routing/next.ts'
import type { MiddlewareParts } from '../routing/route.ts'

/** A middleware that needs the context members `N` and adds the members `A`. */
export interface Middleware<A extends object = {}, N extends object = {}> extends AnyMiddleware {
  readonly '~middleware': { readonly needs: N; readonly adds: A }
}

type AddsOf<R> = [Extract<R, Added>] extends [never] ? {} : Extract<R, Added> extends Added<infer A> ? A : {}

type Answer = Reply | Response | Added

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
  if (typeof first !== 'function') {
    checkOptions('middleware()', first, { needs: true })
  }
  const needs = typeof first === 'function' ? [] : (first as { needs: readonly AnyExtension[] }).needs.map((extension) => extension.name)
  const run = (typeof first === 'function' ? first : second) as MiddlewareParts['run']
  return Object.freeze({ [MIDDLEWARE]: { needs, run } }) as unknown as AnyMiddleware
}
