/** What waits for the end of a request: what was asked for by `ctx.onTeardown`, then the hooks; in reverse order, each once, all of them. */

import type { Log } from '../log/log.ts'
import type { Context } from '../request/context.ts'
import { blameFields, type HookRecord, ownerInWords } from './hooks.ts'
import type { TeardownHook } from './request-hooks.ts'

/** Something that waits for the end of a request, and the extension that it belongs to. */
export interface Teardown {
  readonly owner: string | undefined
  readonly run: (error: unknown) => unknown
}

/** A context that may have asked for something to wait. */
export interface Ending extends Context {
  readonly teardownList: Teardown[] | null
  /** Whether everything has run. */
  isTornDown: boolean
}

/** A teardown that failed. */
interface Failure {
  readonly owner: string
  readonly error: unknown
}

/**
 * Runs it, and logs what fails; null where there is nothing to run. Gives the error that the request failed with, or else what its
 * teardowns failed with, several as an `AggregateError`.
 */
export function tearDown(
  log: Log,
  ctx: Ending,
  hooks: readonly HookRecord<TeardownHook>[] | null,
  error: unknown,
): Promise<unknown> | null {
  if (ctx.teardownList === null && hooks === null) {
    ctx.isTornDown = true
    return null
  }
  return runAll(log, ctx, hooks ?? [], error)
}

async function runAll(log: Log, ctx: Ending, hooks: readonly HookRecord<TeardownHook>[], error: unknown): Promise<unknown> {
  const failures: Failure[] = []
  const attempt = async (owner: string, run: () => unknown): Promise<void> => {
    try {
      await run()
    } catch (failure) {
      failures.push({ owner, error: failure })
    }
  }
  const own = async (): Promise<void> => {
    for (let next = ctx.teardownList?.pop(); next !== undefined; next = ctx.teardownList?.pop()) {
      const { owner, run } = next
      await attempt(owner ?? 'app', () => run(error))
    }
  }
  await own()
  for (const { owner, run } of hooks) {
    await attempt(owner, () => run(ctx, error))
  }
  // What a hook has made on first use waits for the end too.
  await own()
  ctx.isTornDown = true
  if (failures.length === 0) {
    return error
  }
  const failed = tell(log, ctx, failures)
  return error ?? failed
}

/** Nobody is left to be told but the log. */
function tell(log: Log, ctx: Context, failures: readonly Failure[]): unknown {
  const [first] = failures as readonly [Failure]
  if (failures.length === 1) {
    log.error(`A teardown of ${ctx.method} ${ctx.path} failed`, {
      requestId: ctx.id,
      ...blameFields(first.error, first.owner),
      error: first.error,
    })
    return first.error
  }
  const error = new AggregateError(
    failures.map((failure) => failure.error),
    'teardowns failed',
  )
  const owners = failures.map(({ owner }) => ownerInWords(owner))
  log.error(`${failures.length} teardowns of ${ctx.method} ${ctx.path} failed`, { requestId: ctx.id, owners, error })
  return error
}
