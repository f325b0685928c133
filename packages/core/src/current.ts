/** The app and the context at hand, for code that is not given them. Who never imports this entry pays nothing for it. */
import type { AppView, Context } from './context.ts'
import { coreError } from './core-errors.ts'
import { offerContextStore } from './current-slot.ts'
import type { AnyExtension } from './extension.ts'
import type { AppOf, ContextOf } from './inference.ts'
import type { RequestContext } from './request-context.ts'

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
