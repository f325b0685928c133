import { type Context, defineExtension, type LogLine, type MicroOptions, micro, middleware, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { detachedSource } from '../src/http/source.ts'
import { DOORS } from './both.ts'

/** An extension whose context member is made by `make`. */
const member = <const N extends string, C>(name: N, make: (ctx: Context) => C) =>
  defineExtension({ name, version: '1.0.0', core: '*', config: options({}), initApp: () => ({ context: make }) })

const build = (lines: LogLine[] = [], settings: MicroOptions = {}) =>
  micro(import.meta, { env: {}, mode: 'test', logSink: (line) => lines.push(line), ...settings })

describe('context members (P16)', () => {
  test('are made on first use and only then, once a request, also when two parts ask together', async () => {
    let made = 0
    const app = build().use(member('thing', () => ({ number: ++made })))
    app.get('/untouched', () => 'x')
    app.get('/touched', async (ctx) => {
      const both = await Promise.all([(async () => ctx.thing)(), (async () => ctx.thing)()])
      return [both[0] === both[1], ctx.thing.number]
    })
    const client = app.client()
    await client.get('/untouched')
    await client.get('/nowhere')
    expect(made).toBe(0)
    expect(await (await client.get('/touched')).json()).toEqual([true, 1])
    expect(await (await client.get('/touched')).json()).toEqual([true, 2])
    await app.stop()
  })

  test.each([[undefined], [null], [0]])('one that is %s is made once too', async (value) => {
    let made = 0
    const app = build().use(
      member('thing', () => {
        made++
        return value
      }),
    )
    app.get('/', (ctx) => [ctx.thing === value, ctx.thing === value, made])
    expect(await (await app.client().get('/')).json()).toEqual([true, true, 1])
    await app.stop()
  })

  test('may use another one; both are made once', async () => {
    const made: string[] = []
    const app = build()
      .use(member('base', () => made.push('base')))
      .use(
        member('upper', (ctx) => {
          made.push('upper')
          return (ctx as Context & { base: number }).base
        }),
      )
    app.get('/', (ctx) => [ctx.upper, ctx.base, ctx.upper])
    await app.client().get('/')
    expect(made).toEqual(['upper', 'base'])
    await app.stop()
  })

  test('one that cannot be made fails for the same reason again, and is not made twice; the log names the extension', async () => {
    let asked = 0
    const lines: LogLine[] = []
    const app = build(lines).use(
      member('broken', () => {
        asked++
        throw new Error('no connection')
      }),
    )
    app.get('/', (ctx) => {
      try {
        return ctx.broken
      } catch {
        return ctx.broken
      }
    })
    expect((await app.client().get('/')).status).toBe(500)
    expect(asked).toBe(1)
    expect(lines).toMatchObject([{ level: 'error', fields: { extension: 'broken', error: { message: 'no connection' } } }])
    await app.stop()
  })

  test('a middleware may put another value over one for what follows', async () => {
    const app = build().use(member('user', () => 'nobody'))
    const somebody = middleware(async (_, next) => next({ user: 'somebody', extra: 1 }))
    app.get('/', [somebody], (ctx) => [ctx.user, ctx.extra])
    app.get('/plain', (ctx) => [ctx.user, 'extra' in ctx])
    const client = app.client()
    expect(await (await client.get('/')).json()).toEqual(['somebody', 1])
    expect(await (await client.get('/plain')).json()).toEqual(['nobody', false])
    await app.stop()
  })
})

describe.each(DOORS)('teardown (P17) through $name', ({ name, open }) => {
  /** Waits until a list has so many entries. */
  const until = async (list: readonly unknown[], length: number) => {
    for (let round = 0; round < 100 && list.length < length; round++) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const resource = (log: string[]) =>
    member('thing', (ctx) => {
      ctx.onTeardown(() => log.push('first'))
      ctx.onTeardown(async () => {
        await new Promise((resolve) => setTimeout(resolve, 2))
        log.push('second')
      })
      ctx.onTeardown(() => {
        log.push('third')
        throw new Error('teardown failed')
      })
      return 'made'
    })

  test('runs once, in reverse order, every one of them, after the reply', async () => {
    const log: string[] = []
    const { send, lines } = await open((app) => {
      app
        .use(resource(log))
        .teardownRequest((_, error) => log.push(`hook ${String(error)}`))
        .get('/', (ctx) => {
          ctx.onTeardown(() => log.push('own'))
          return ctx.thing
        })
        .get('/untouched', () => 'x')
    })
    expect((await send('/')).text).toBe('made')
    await until(log, 5)
    // What was asked for last runs first: the member was made after the handler's own was registered.
    expect(log).toEqual(['third', 'second', 'first', 'own', 'hook undefined'])
    expect(lines).toMatchObject([{ level: 'error', fields: { extension: 'thing', error: { message: 'teardown failed' } } }])
    log.length = 0
    await send('/untouched')
    await until(log, 1)
    expect(log).toEqual(['hook undefined'])
  })

  test('after an error, with the error', async () => {
    const log: string[] = []
    const { send } = await open((app) => {
      app.teardownRequest((_, error) => log.push((error as Error).message))
      app.get('/', (ctx) => {
        ctx.onTeardown(() => log.push('own'))
        throw new Error('handler failed')
      })
    })
    expect((await send('/')).status).toBe(500)
    await until(log, 2)
    expect(log).toEqual(['own', 'handler failed'])
  })

  test('for requests that no route answers, hooks of the app run too', async () => {
    const log: string[] = []
    const { send } = await open((app) => app.teardownRequest((ctx) => log.push(ctx.path)).get('/only-get', () => 'x'))
    expect((await send('/nowhere')).status).toBe(404)
    expect((await send('/only-get', { method: 'POST' })).status).toBe(405)
    await until(log, 2)
    expect(log).toEqual(['/nowhere', '/only-get'])
  })

  test('after a stream has ended, not before', async () => {
    const log: string[] = []
    const { send } = await open((app) =>
      app.get('/', (ctx) => {
        ctx.onTeardown(() => log.push('torn down'))
        return (async function* () {
          for (const part of ['a', 'b']) {
            await new Promise((resolve) => setTimeout(resolve, 5))
            log.push(part)
            yield part
          }
        })()
      }),
    )
    expect((await send('/')).text).toBe('ab')
    await until(log, 3)
    expect(log).toEqual(['a', 'b', 'torn down'])
  })

  test('asked for after the end, it is refused', async () => {
    const outcome: unknown[] = []
    const { send } = await open((app) =>
      app.get('/', (ctx) => {
        setTimeout(() => {
          try {
            ctx.onTeardown(() => undefined)
          } catch (error) {
            outcome.push((error as { code?: string }).code)
          }
        }, 30)
        return 'x'
      }),
    )
    await send('/')
    await until(outcome, 1)
    expect([name, ...outcome]).toEqual([name, 'MICRO_CONTEXT_ENDED'])
  })
})

test('teardown (P17) runs once, however often the edge says that the response is over', async () => {
  const log: string[] = []
  const app = build()
  app.teardownRequest(() => void log.push('hook'))
  await app.start()
  const requests = app['~requests']
  const ctx = requests.accept(detachedSource())
  ctx.onTeardown(() => log.push('own'))
  await Promise.all([requests.end(ctx), requests.end(ctx, new Error('again'))])
  await requests.end(ctx)
  expect(log).toEqual(['own', 'hook'])
  await app.stop()
})
