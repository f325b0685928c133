import { AsyncLocalStorage } from 'node:async_hooks'
import { defineExtension, micro, options } from '@micro/core'
import { current, hasCurrent } from '@micro/core/current'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'
import { runModule } from './child.ts'
import { microErrorOf } from './micro-error-of.ts'

const thing = defineExtension({
  name: 'thing',
  version: '1.0.0',
  core: '*',
  config: options({}),
  initApp: () => ({ app: 'of the app', context: (ctx) => `of ${ctx.path}` }),
})

/** Knows neither app nor context. */
const elsewhere = async () => {
  await new Promise((resolve) => setTimeout(resolve, 2))
  const { app, ctx } = current(thing)
  return `${ctx.thing}, ${app.thing}`
}

describe('current (P18)', () => {
  describe.each(DOORS)('through $name', ({ open }) => {
    test('gives app and context inside a handler, also of requests at once', async () => {
      const { send } = await open((app) => app.use(thing).get('/:n', () => elsewhere()))
      const replies = await Promise.all(['/a', '/b', '/c'].map((path) => send(path)))
      expect(replies.map(({ text }) => text)).toEqual(['/a', '/b', '/c'].map((path) => `of ${path}, of the app`))
    })

    test('inside hooks, streamed bodies and teardowns', async () => {
      const seen: string[] = []
      const { send } = await open((app) =>
        app
          .use(thing)
          .beforeRequest(async () => void seen.push(`before ${await elsewhere()}`))
          .teardownRequest(async () => void seen.push(`teardown ${await elsewhere()}`))
          .get('/s', () =>
            (async function* () {
              yield await elsewhere()
            })(),
          ),
      )
      expect((await send('/s')).text).toBe('of /s, of the app')
      for (let round = 0; round < 50 && seen.length < 2; round++) {
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      expect(seen).toEqual(['before of /s, of the app', 'teardown of /s, of the app'])
    })
  })

  test('inside app.run(), whose teardowns run when the function ends', async () => {
    const log: string[] = []
    const app = micro(import.meta, { env: {}, mode: 'test' }).use(thing)
    const result = await app.run(async (ctx) => {
      ctx.onTeardown(() => log.push('torn down'))
      log.push(await elsewhere())
      return 5
    })
    expect([result, ...log]).toEqual([5, 'of /, of the app', 'torn down'])
    await expect(app.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await app.stop()
  })

  test('runs nest: inside each its own, of another app too, and the outer one again afterwards', async () => {
    const [one, other] = [micro(import.meta, { env: {}, mode: 'test' }), micro(import.meta, { env: {}, mode: 'test' })]
    const seen: unknown[] = []
    await one.run(async (outer) => {
      await other.run(async (inner) => seen.push(current().app === other, current().ctx === inner))
      await one.run((again) => seen.push(current().ctx === again, again !== outer))
      seen.push(current().ctx === outer)
    })
    expect(seen).toEqual([true, true, true, true, true])
    await Promise.all([one.stop(), other.stop()])
  })

  test('work in the background keeps it after the response, and what another loop runs can be bound to it', async () => {
    const app = micro(import.meta, { env: {}, mode: 'test' })
    const queue: (() => void)[] = []
    const seen: unknown[] = []
    const tell = (what: string) => () => void seen.push(`${what} ${hasCurrent() ? current().ctx.path : 'nothing'}`)
    app.get('/page', () => {
      setTimeout(tell('timer'), 5)
      queue.push(tell('queued'), AsyncLocalStorage.bind(tell('bound')))
      return 'x'
    })
    await app.client().get('/page')
    for (const job of queue) {
      job()
    }
    await expect.poll(() => seen).toHaveLength(3)
    expect(seen).toEqual(['queued nothing', 'bound /page', 'timer /page'])
    await app.stop()
  })

  test('hasCurrent tells whether there is one', async () => {
    const app = micro(import.meta, { env: {}, mode: 'test' })
    expect([hasCurrent(), await app.run(() => hasCurrent()), hasCurrent()]).toEqual([false, true, false])
    await app.stop()
  })

  test('outside it throws an error that says how to get one', async () => {
    const error = await microErrorOf(() => current(thing))
    expect(error.code).toBe('MICRO_NO_CURRENT')
    expect(error.message).toContain('app.run(')
  })

  test('an extension that the app at hand does not have is named', async () => {
    const app = micro(import.meta, { env: {}, mode: 'test' })
    const error = await microErrorOf(() => app.run(() => current(thing)))
    expect(error).toMatchObject({ code: 'MICRO_CURRENT_NEED' })
    expect(error.message).toContain("'thing'")
    await app.stop()
  })

  test('who never imports it pays nothing: no store is made or entered', async () => {
    const child = runModule(`
      import { AsyncLocalStorage } from 'node:async_hooks'
      let runs = 0
      const { run } = AsyncLocalStorage.prototype
      AsyncLocalStorage.prototype.run = function (...args) { runs++; return run.apply(this, args) }
      const { micro } = await import('@micro/core')
      const one = async () => {
        const app = micro(import.meta, { mode: 'test', env: {} })
        app.get('/', () => 'x')
        await app.client().get('/')
        await app.stop()
        return runs
      }
      const without = await one()
      await import('@micro/core/current')
      console.log(without, await one() > 0)
    `)
    await child.ended()
    expect(child.output).toEqual({ stdout: '0 true\n', stderr: '' })
  })
})
