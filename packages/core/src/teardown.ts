/** What waits for the end of a request: what was asked for by `ctx.onTeardown`, then the hooks; in reverse order, each once, all of them. */
import { blameFields, type HookRecord } from './hooks.ts'
import type { Log } from './log.ts'
import type { RequestContext } from './request-context.ts'
import type { TeardownHook } from './setup.ts'

/** Something that waits for the end of a request, and the extension that it belongs to. */
export interface Teardown {
  readonly owner: string | undefined
  readonly run: () => unknown
}

/** Runs it, if there is anything. Failures are logged: nobody is left to be told. */
export function tearDown(
  log: Log,
  ctx: RequestContext,
  hooks: readonly HookRecord<TeardownHook>[] | null,
  error: unknown,
): void | Promise<void> {
  if (ctx.teardownList !== null || hooks !== null) {
    const own = [...(ctx.teardownList ?? [])].reverse()
    const ofHooks = (hooks ?? []).map((hook) => ({ owner: hook.owner, run: () => hook.run(ctx, error) }))
    return runAll(log, ctx, [...own, ...ofHooks])
  }
}

async function runAll(log: Log, ctx: RequestContext, list: readonly Teardown[]): Promise<void> {
  for (const { owner, run } of list) {
    try {
      await run()
    } catch (failure) {
      log.error(`A teardown of ${ctx.method} ${ctx.path} failed`, { requestId: ctx.id, ...blameFields(failure, owner), error: failure })
    }
  }
}
