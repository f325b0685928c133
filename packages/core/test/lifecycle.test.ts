import { defineExtension, isMicroError, type MicroError, type MicroOptions, micro, options, type Setup } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { microErrorOf } from './micro-error-of.ts'

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** An extension that logs its start and stop, in `log`. */
const logging = <const N extends string>(name: N, log: string[], more: (app: Setup) => void = () => undefined) =>
  defineExtension({
    name,
    version: '1.0.0',
    core: '*',
    config: options({}),
    initApp: (app) => {
      app.onStart(async () => {
        await later(1)
        log.push(`start ${name}`)
      })
      app.onStop(async () => {
        await later(1)
        log.push(`stop ${name}`)
      })
      more(app)
      return {}
    },
  })

const make = (settings: MicroOptions = {}) => micro(import.meta, { env: {}, mode: 'test', ...settings })

describe('start (P14)', () => {
  test('runs start hooks in the order of installation, stop hooks in reverse, those of the app among them', async () => {
    const log: string[] = []
    const app = make()
    app.onStart(() => log.push('start app'))
    app.onStop(() => log.push('stop app'))
    app.use(logging('b', log)).use(logging('a', log))
    app.onStart(() => log.push('start late'))
    await app.start()
    expect(log).toEqual(['start app', 'start b', 'start a', 'start late'])
    await app.stop()
    expect(log.slice(4)).toEqual(['stop a', 'stop b', 'stop app'])
  })

  test('is implied by the first request, once however many arrive together', async () => {
    const log: string[] = []
    const app = make().use(logging('a', log))
    app.get('/', () => log.join())
    const client = app.client()
    const replies = await Promise.all(Array.from({ length: 20 }, () => client.get('/')))
    expect(new Set(await Promise.all(replies.map((reply) => reply.text())))).toEqual(new Set(['start a']))
    await Promise.all([app.start(), app.start(), app.run(() => 1)])
    expect(log).toEqual(['start a'])
    await app.stop()
  })

  test('one that fails stops what had begun, in reverse, and names the extension', async () => {
    const log: string[] = []
    const app = make()
      .use(logging('a', log))
      .use(
        defineExtension({
          name: 'lazy',
          version: '1.0.0',
          core: '*',
          config: options({}),
          initApp: (setup) => {
            setup.onStop(() => log.push('stop lazy'))
            return {}
          },
        }),
      )
      .use(logging('b', log, (setup) => setup.onStart(() => Promise.reject(new Error('no disk.')))))
      .use(logging('c', log))
    app.get('/', () => 'x')
    const error = await microErrorOf(() => app.client().get('/'))
    expect(error.code).toBe('MICRO_START_FAILED')
    expect(error.message).toContain("A start hook of extension 'b' failed: no disk.")
    expect((error.cause as Error).message).toBe('no disk.')
    expect(log).toEqual(['start a', 'start b', 'stop b', 'stop lazy', 'stop a'])
    // It stays failed: every request says why, and stopping has nothing left to do.
    expect(await microErrorOf(() => app.start())).toBe(error)
    await app.stop()
    expect(log).toHaveLength(5)
  })

  test('what fails while it is rolled back is told too', async () => {
    const app = make()
    app.onStop(() => {
      throw new Error('stop failed')
    })
    app.onStart(() => {
      throw new Error('start failed')
    })
    const { cause } = await microErrorOf(() => app.start())
    expect((cause as AggregateError).errors.map((error: Error) => error.message)).toEqual(['start failed', 'stop failed'])
  })

  test('each hook has its own time limit, and running over it names the extension', async () => {
    const log: string[] = []
    const slow = logging('slow', log, (app) => app.onStart(() => later(300)))
    const quick = Array.from({ length: 4 }, (_, index) => logging(`quick${index}`, log, (app) => app.onStart(() => later(25))))
    const config = { server: { startTimeoutMs: 60 } }
    const fine = make({ config })
    for (const each of quick) {
      fine.use(each as never)
    }
    await fine.start()
    await fine.stop()
    const error = await microErrorOf(() => make({ config }).use(slow).start())
    expect(error.message).toContain("extension 'slow'")
    expect(error.cause).toMatchObject({ code: 'MICRO_START_TIMEOUT' })
    expect((error.cause as Error).message).toContain("A start hook of extension 'slow' took longer than 60 ms")
  })

  test('a start after a stop is refused', async () => {
    const app = make()
    app.get('/', () => 'x')
    const client = app.client()
    await client.get('/')
    await app.stop()
    for (const attempt of [() => app.start(), () => client.get('/'), () => app.run(() => 1)]) {
      expect(await microErrorOf(attempt)).toMatchObject({ code: 'MICRO_APP_STOPPED' })
    }
    const never = make()
    await never.stop()
    expect(await microErrorOf(() => never.start())).toMatchObject({ code: 'MICRO_APP_STOPPED' })
  })
})

describe('stop (P15)', () => {
  test('is idempotent: hooks run once, whoever asks waits for the same end', async () => {
    const log: string[] = []
    const app = make().use(logging('a', log))
    await app.start()
    await Promise.all([app.stop(), app.stop()])
    await app.stop()
    expect(log).toEqual(['start a', 'stop a'])
  })

  test('waits for a start that is under way', async () => {
    const log: string[] = []
    const app = make().use(logging('a', log))
    const starting = app.start()
    await app.stop()
    await starting
    expect(log).toEqual(['start a', 'stop a'])
  })

  test('runs every hook even if some fail, and reports all errors together', async () => {
    const log: string[] = []
    const app = make({ config: { server: { stopTimeoutMs: 40 } } })
      .use(logging('a', log))
      .use(logging('b', log, (setup) => setup.onStop(() => Promise.reject(new Error('b is stuck')))))
      .use(logging('c', log, (setup) => setup.onStop(() => later(300))))
    await app.start()
    const error = (await app.stop().catch((caught: unknown) => caught)) as MicroError
    expect(isMicroError(error) && error.code).toBe('MICRO_STOP_FAILED')
    expect(error.message).toContain("2 hook(s): extension 'c', extension 'b'")
    expect((error.cause as AggregateError).errors.map((each: Error) => each.message)).toEqual([
      expect.stringContaining("A stop hook of extension 'c' took longer than 40 ms"),
      'b is stuck',
    ])
    expect(log.filter((line) => line.startsWith('stop'))).toEqual(['stop c', 'stop b', 'stop a'])
    // The same end for whoever asks again.
    expect(await app.stop().catch((caught: unknown) => caught)).toBe(error)
  })

  test('waits for requests in flight, and their teardowns, before the stop hooks run', async () => {
    const log: string[] = []
    const app = make().use(logging('a', log))
    const reached = Promise.withResolvers<void>()
    app.get('/', async (ctx) => {
      reached.resolve()
      ctx.onTeardown(async () => {
        await later(5)
        log.push('torn down')
      })
      await later(20)
      log.push('answered')
      return 'x'
    })
    const reply = app.client().get('/')
    await reached.promise
    await app.stop()
    expect(log).toEqual(['start a', 'answered', 'torn down', 'stop a'])
    expect((await reply).status).toBe(200)
  })

  test('waits no longer than the deadline, and says how many were left', async () => {
    const messages: string[] = []
    const app = make({ config: { server: { drainTimeoutMs: 30 } }, logSink: ({ message }) => messages.push(message) })
    const reached = Promise.withResolvers<void>()
    app.get('/', () => {
      reached.resolve()
      return later(400).then(() => 'late')
    })
    const reply = app.client().get('/')
    await reached.promise
    const began = performance.now()
    await app.stop()
    expect(performance.now() - began).toBeLessThan(300)
    expect(messages).toEqual(['1 request(s) were still in flight when the app stopped'])
    await reply
  })
})
