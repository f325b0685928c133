/** The app and the context at hand, for code that is not given them. Who never imports this entry pays nothing for it. */

import { coreError } from './errors/core-errors.ts'
import type { AppOf, ContextOf } from './extension/inference.ts'
import type { AnyExtension } from './extension/typed.ts'
import type { AppView, Context } from './request/context.ts'
import { offerContextStore } from './request/current-slot.ts'
import type { RequestContext } from './request/request-context.ts'

/** What `current` gives. */
export interface Current<E extends readonly AnyExtension[]> {
  readonly app: AppView & AppOf<E>
  readonly ctx: Context & ContextOf<E>
}

const store = offerContextStore(() => {
  const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks')
  const storage = new AsyncLocalStorage<RequestContext>()
  return { run: (ctx, fn) => storage.run(ctx, fn), get: () => storage.getStore() }
})

/** Whether there is one: for code that is called inside and outside of requests, such as a log's. */
export function hasCurrent(): boolean {
  return store.get() !== undefined
}

/**
 * The app and the context inside a handler, a CLI command and `app.run(fn)`, typed by the extensions named.
 * @throws MicroError `MICRO_NO_CURRENT` outside, `MICRO_CURRENT_NEED` where a named extension is not installed.
 */
export function current<const E extends readonly AnyExtension[]>(...needs: E): Current<E> {
  const ctx = store.get()
  if (ctx === undefined) {
    throw coreError('MICRO_NO_CURRENT', {})
  }
  const missing = needs.find(({ name }) => !(name in ctx.app))
  if (missing !== undefined) {
    throw coreError('MICRO_CURRENT_NEED', { need: missing.name })
  }
  return { app: ctx.app, ctx } as unknown as Current<E>
}
