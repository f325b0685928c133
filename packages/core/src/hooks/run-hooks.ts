/** Runs the hooks of one request: in a loop, which is left only for what returns a promise. A failure is blamed on its extension. */

import { coreError } from '../errors/core-errors.ts'
import { isReply, type Reply } from '../http/reply.ts'
import { whatIs } from '../reply/to-reply.ts'
import type { Context } from '../request/context.ts'
import { blame, type HookRecord, ownerInWords } from './hooks.ts'
import type { AfterHook, BeforeHook } from './request-hooks.ts'
import { isThenable } from './thenable.ts'

/** The hooks from `from` on, then the handler; the first hook that answers ends it. */
export function runBefore(hooks: readonly HookRecord<BeforeHook>[], ctx: Context, run: (ctx: Context) => unknown, from = 0): unknown {
  let hook = hooks[from] as HookRecord<BeforeHook>
  try {
    for (let index = from; index < hooks.length; index++) {
      hook = hooks[index] as HookRecord<BeforeHook>
      const result = hook.run(ctx)
      if (isThenable(result)) {
        return afterBefore(result, hooks, ctx, run, index)
      }
      if (isAnswer(hook, result)) {
        return result
      }
    }
  } catch (error) {
    throw blamed(hook, error)
  }
  return run(ctx)
}

async function afterBefore(
  result: Promise<unknown>,
  hooks: readonly HookRecord<BeforeHook>[],
  ctx: Context,
  run: (ctx: Context) => unknown,
  index: number,
): Promise<unknown> {
  const hook = hooks[index] as HookRecord<BeforeHook>
  let settled: unknown
  try {
    settled = await result
    if (isAnswer(hook, settled)) {
      return settled
    }
  } catch (error) {
    throw blamed(hook, error)
  }
  return runBefore(hooks, ctx, run, index + 1)
}

/** The reply as one after hook leaves it. */
export function runAfter(hook: HookRecord<AfterHook>, ctx: Context, reply: Reply): Reply | Promise<Reply> {
  try {
    const result = hook.run(ctx, reply)
    return isThenable(result) ? afterAfter(result, hook, reply) : (replacement(hook, result) ?? reply)
  } catch (error) {
    throw blamed(hook, error)
  }
}

async function afterAfter(result: Promise<unknown>, hook: HookRecord<AfterHook>, reply: Reply): Promise<Reply> {
  try {
    return replacement(hook, await result) ?? reply
  } catch (error) {
    throw blamed(hook, error)
  }
}

function isAnswer(hook: HookRecord<unknown>, result: unknown): boolean {
  if (result === undefined || result === null) {
    return false
  }
  if (typeof result !== 'object' && typeof result !== 'string') {
    throw coreError('MICRO_HOOK_RESULT', { kind: 'beforeRequest', owner: ownerInWords(hook.owner), what: whatIs(result) })
  }
  return true
}

function replacement(hook: HookRecord<unknown>, result: unknown): Reply | undefined {
  if (result === undefined || result === null) {
    return undefined
  }
  if (typeof result !== 'object' || !isReply(result)) {
    throw coreError('MICRO_HOOK_RESULT', { kind: 'afterRequest', owner: ownerInWords(hook.owner), what: whatIs(result) })
  }
  return result
}

function blamed(hook: HookRecord<unknown>, error: unknown): unknown {
  blame(error, hook.owner)
  return error
}
