/** Where `@micro/core/current` puts its store when it is imported. Found by a registered symbol: two copies of core share it. */
import type { RequestContext } from './request-context.ts'

/** Runs a function with a context at hand. */
export interface ContextStore {
  run<T>(ctx: RequestContext, fn: () => T): T
  get(): RequestContext | undefined
}

const SLOT: unique symbol = Symbol.for('micro.current')

interface Slots {
  [SLOT]?: ContextStore
}

/** The store, if `@micro/core/current` has been imported. */
export function contextStore(): ContextStore | undefined {
  return (globalThis as Slots)[SLOT]
}

/** Puts the store in its place, unless another copy of core did. */
export function offerContextStore(make: () => ContextStore): ContextStore {
  const slots = globalThis as Slots
  slots[SLOT] ??= make()
  return slots[SLOT]
}
