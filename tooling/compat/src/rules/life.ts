import type { Context } from '@micro/core'
import { serve } from '@micro/core/node'
import { added, openHandles, processListeners, watchTimers } from '../open-handles.ts'
import { failed, passed, type Rule } from '../rule.ts'
import { messageOf, tryOut, wrap } from '../trial.ts'
import { askOnce, walkAway } from '../walk-away.ts'
import { within } from '../watch.ts'

/** P15 */
export const stopsCleanly: Rule = {
  id: 'P15',
  title: 'stopping is idempotent, every hook runs, nothing stays open',
  async check(subject) {
    const open = (): readonly string[] => [...openHandles(), ...processListeners()]
    const before = open()
    const timers = watchTimers()
    const trial = await tryOut(subject).catch((error: unknown) => {
      timers.end()
      throw error
    })
    try {
      const reply = await trial.client.get('/exercise')
      if (reply.status !== 200) {
        return failed(
          `the exercise answered ${reply.status}: ${await reply.text()} ${trial.lines.map(({ error }) => messageOf(error)).join()}`,
          '200',
        )
      }
      await reply.text()
      await Promise.all([trial.app.stop(), trial.app.stop()])
      await trial.app.stop()
    } catch (error) {
      return failed(`stopping failed: ${messageOf(error)}`, 'a stop')
    } finally {
      await trial.end().catch(() => undefined)
      timers.end()
    }
    let left: readonly string[] = []
    const closed = await within(1000, () => {
      const handles = added(before, open())
      left = [...handles, ...added(handles, timers.alive())]
      return left.length === 0
    })
    return closed
      ? passed('stopped three times; no handle was left open')
      : failed(`a second after the stop these are open: ${left.join(', ')}`, 'none')
  },
}

/** P16 */
export const lazyMember: Rule = {
  id: 'P16',
  title: 'its context member is made on first use, once a request',
  async check(subject) {
    let made = 0
    let waited = false
    const extension = wrap(subject.create(), (initApp, app, config) => {
      const members = initApp(app, config) as { readonly app?: unknown; readonly context?: (ctx: Context) => unknown }
      const { context } = members
      if (context === undefined) {
        return members
      }
      return {
        ...members,
        context: (ctx: Context) => {
          made++
          const member = context(ctx)
          waited ||= typeof (member as { then?: unknown } | undefined)?.then === 'function' && member instanceof Promise
          return member
        },
      }
    })
    const { name } = extension
    const trial = await tryOut(subject, { extension })
    trial.app.get('/twice', (ctx) => {
      const members = ctx as unknown as { readonly [name: string]: unknown }
      const [first, second] = [members[name], members[name]]
      return { same: first === second }
    })
    try {
      await trial.client.get('/hello')
      const untouched = made
      const { same } = (await (await trial.client.get('/twice')).json()) as { readonly same: boolean }
      if (untouched > 0) {
        return failed(`a request that never touched ctx.${name} made it ${untouched} time(s)`, 'none made')
      }
      if (waited) {
        return failed('the factory of the context member returned a promise', 'a synchronous factory')
      }
      return made <= 1 && same
        ? passed(`made ${made} time(s) for two uses, not at all without use`)
        : failed(`made ${made} times for two uses, ${same ? 'the same' : 'different'} values`, 'made once')
    } finally {
      await trial.end()
    }
  },
}

/** P17 */
export const teardownsRunOnce: Rule = {
  id: 'P17',
  title: 'teardowns of its context member run exactly once, after success, error and abort',
  async check(subject) {
    const runs = new Map<() => unknown, number>()
    const extension = wrap(subject.create(), (initApp, app, config) => {
      const members = initApp(app, config) as { readonly context?: (ctx: Context) => unknown }
      const { context } = members
      return context === undefined ? members : { ...members, context: (ctx: Context) => context(counting(ctx, runs)) }
    })
    const trial = await tryOut(subject, { extension })
    const server = await serve(trial.app, { port: 0, signals: false })
    try {
      for (const path of ['/exercise', '/exercise/fails']) {
        await askOnce(server.port, path)
      }
      await walkAway(server.port, '/exercise/streams')
      const wrong = () => [...runs.values()].filter((count) => count !== 1)
      await within(2000, () => wrong().length === 0)
      if (wrong().length > 0) {
        return failed(`${wrong().length} of ${runs.size} teardown(s) ran ${[...new Set(wrong())].join(' or ')} times`, 'each exactly once')
      }
      const bad = trial.lines.find(({ message }) => /teardown/i.test(message))
      return bad === undefined
        ? passed(`${runs.size} teardown(s) registered in three requests, each ran once`)
        : failed(`${bad.message}: ${messageOf(bad.error)}`, 'teardowns that succeed')
    } finally {
      await server.stop().catch(() => undefined)
      await trial.end().catch(() => undefined)
    }
  },
}

/** The context, with what is registered for its teardown counted. */
function counting(ctx: Context, runs: Map<() => unknown, number>): Context {
  const original = ctx.onTeardown
  Object.defineProperty(ctx, 'onTeardown', {
    configurable: true,
    value(run: () => unknown) {
      runs.set(run, 0)
      Reflect.apply(original, ctx, [
        () => {
          runs.set(run, (runs.get(run) ?? 0) + 1)
          return run()
        },
      ])
    },
  })
  return ctx
}
