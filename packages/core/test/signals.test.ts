import { AsyncLocalStorage } from 'node:async_hooks'
import diagnostics from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { abort, type Context, defineExtension, Micro, onSignal, options, type SignalMessages, signal } from '@micro/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { localChannels } from '../src/hooks/signal.ts'
import { SIGNALS } from '../src/hooks/signals.ts'
import { DOORS } from './both.ts'
import { runModule } from './child.ts'
import { microErrorOf } from './micro-error-of.ts'
import { directory, moduleIn } from './template-site.ts'

type Name = keyof SignalMessages
const NAMES = Object.keys(SIGNALS) as Name[]

/** Everything that is told of one app, until the test is over. */
function listenToAll(app: Micro): { readonly name: Name; readonly message: SignalMessages[Name] }[] {
  const told: { name: Name; message: SignalMessages[Name] }[] = []
  for (const name of NAMES) {
    onTestFinished(onSignal(name, (message: SignalMessages[Name]) => void told.push({ name, message }), { app }))
  }
  return told
}

const make = (options: ConstructorParameters<typeof Micro>[1] = {}, root?: string) =>
  new Micro(root === undefined ? import.meta : moduleIn(root), { env: {}, mode: 'test', logSink: () => undefined, ...options })

describe('onSignal', () => {
  describe.each(DOORS)('through $name', ({ open }) => {
    test('tells of the whole life of an app and its requests, each with the same context', async () => {
      let told: ReturnType<typeof listenToAll> = []
      const { app, send } = await open((made) => {
        told = listenToAll(made)
        made.get('/', (ctx) => {
          ctx.flash('Saved.', 'note')
          return 'x'
        })
        made.get('/fail', () => {
          throw new RangeError('boom')
        })
      })
      await send('/')
      await expect.poll(() => told.at(-1)?.name).toBe('micro:request:teardown')
      await send('/fail')
      await expect.poll(() => told.filter(({ name }) => name === 'micro:request:teardown').length).toBe(2)
      await app.run(() => 1)
      await app.stop()
      expect(told.map(({ name }) => name)).toEqual([
        'micro:app:start',
        'micro:request:start',
        'micro:flash',
        'micro:request:finish',
        'micro:request:teardown',
        'micro:request:start',
        'micro:request:error',
        'micro:request:finish',
        'micro:request:teardown',
        'micro:run:start',
        'micro:run:finish',
        'micro:app:stop',
      ])
      expect(told.every(({ message }) => message.app === app)).toBe(true)
      const contexts = told.map(({ message }) => ('ctx' in message ? message.ctx : undefined))
      expect(new Set(contexts.slice(1, 5)).size).toBe(1)
      expect(new Set(contexts.slice(5, 9)).size).toBe(1)
      expect(contexts[1]).not.toBe(contexts[5])
      expect(told[2]?.message).toMatchObject({ message: 'Saved.', category: 'note' })
      expect(told[3]?.message).toMatchObject({ reply: { status: 200, body: 'x' } })
      expect(told[6]?.message).toMatchObject({ error: { message: 'boom' } })
      expect(told[7]?.message).toMatchObject({ reply: { status: 500 } })
      expect([told[4], told[8], told[10]].map((entry) => String((entry?.message as { error?: unknown } | undefined)?.error))).toEqual([
        'undefined',
        'RangeError: boom',
        'undefined',
      ])
    })

    test('the end of a request is told after its response, though nothing else waits for it', async () => {
      const { app, send } = await open((made) => made.get('/', () => 'x'))
      const isSent = new Promise<boolean>((resolve) => {
        const tell = ({ ctx }: { readonly ctx: Context }) => {
          const { response } = (ctx as Context & { readonly requestSource: { readonly response?: ServerResponse } }).requestSource
          resolve(response?.writableFinished ?? true)
        }
        onTestFinished(onSignal('micro:request:teardown', tell, { app }))
      })
      expect((await send('/')).text).toBe('x')
      expect(await isSent).toBe(true)
    })
  })

  test('an error for the client is none of micro:request:error', async () => {
    const app = make()
    app.get('/', () => abort(404))
    const told = listenToAll(app)
    await app.client().get('/')
    expect(told.map(({ name }) => name)).not.toContain('micro:request:error')
    await app.stop()
  })

  test('may be asked for one app alone, and ends when its function is called', async () => {
    const [one, other] = [make(), make()]
    const seen: unknown[] = []
    const end = onSignal('micro:request:start', ({ app }) => void seen.push(app), { app: one })
    const endAll = onSignal('micro:request:start', ({ ctx }) => void seen.push(ctx.path))
    await one.client().get('/one')
    await other.client().get('/other')
    expect(seen).toEqual([one, '/one', '/other'])
    end()
    endAll()
    await one.client().get('/')
    expect(seen).toHaveLength(3)
    await Promise.all([one.stop(), other.stop()])
  })

  test('a listener that fails, at once or later, is logged and changes nothing', async () => {
    const lines: unknown[] = []
    const app = make({ logSink: ({ message, fields }) => lines.push(`${message}: ${(fields.error as Error).message}`) })
    app.get('/', () => 'x')
    onTestFinished(
      onSignal(
        'micro:request:start',
        () => {
          throw new Error('at once')
        },
        { app },
      ),
    )
    onTestFinished(onSignal('micro:request:start', () => Promise.reject(new Error('later')), { app }))
    expect((await app.client().get('/')).status).toBe(200)
    await expect.poll(() => lines).toHaveLength(2)
    expect(lines).toEqual(['A listener of micro:request:start failed: at once', 'A listener of micro:request:start failed: later'])
    await app.stop()
  })

  test('nothing is made or published while nobody listens', async () => {
    const published: string[] = []
    const restore = NAMES.map((name) => {
      const target = SIGNALS[name] as { publish: unknown; runStores: unknown }
      target.publish = () => published.push(name)
      target.runStores = () => published.push(name)
      return () => {
        delete (target as { publish?: unknown }).publish
        delete (target as { runStores?: unknown }).runStores
      }
    })
    const root = directory({ 'templates/a.ejs': 'x' })
    const app = make({}, root)
    app.get('/', (ctx) => {
      ctx.flash('x')
      return ctx.render('a.ejs')
    })
    app.get('/fail', () => Promise.reject(new Error('x')))
    await app.client().get('/')
    await app.client().get('/fail')
    await app.run(() => 1)
    await app.stop()
    for (const back of restore) {
      back()
    }
    expect(published).toEqual([])
  })
})

test('the guide tells of every signal', () => {
  const page = readFileSync(new URL('../../../docs/guide/signals.md', import.meta.url), 'utf8')
  expect([...page.matchAll(/^\| `(micro:[a-z:]+)`/gm)].map(([, name]) => name).sort()).toEqual([...NAMES].sort())
})

describe('the signals of templates', () => {
  test('start shows all values and may change them, finish the text or the error', async () => {
    const root = directory({
      'templates/a.ejs': '<%= greeting %>, <%= name %>!',
      'templates/bad.ejs': '<%= missing %>',
      'templates/later.ejs': '<%= await 1 %>',
    })
    const app = make({}, root)
    app.templates.context(async () => ({ greeting: 'Hello', name: 'nobody' }))
    app.get('/:page', (ctx) => ctx.render(`${ctx.params.page}.ejs`, { name: 'Ada' }))
    const seen: unknown[] = []
    onTestFinished(
      onSignal(
        'micro:render:start',
        ({ template, values, ctx }) => {
          seen.push([template, values.name, ctx.path])
          values.name = 'Grace'
        },
        { app },
      ),
    )
    onTestFinished(
      onSignal('micro:render:finish', ({ template, text, error }) => void seen.push([template, text, error instanceof Error]), { app }),
    )
    expect(await (await app.client().get('/a')).text()).toBe('Hello, Grace!')
    expect((await app.client().get('/bad')).status).toBe(500)
    expect(seen).toEqual([
      ['a.ejs', 'Ada', '/a'],
      ['a.ejs', 'Hello, Grace!', false],
      ['bad.ejs', 'Ada', '/bad'],
      ['bad.ejs', undefined, true],
    ])
    await app.stop()
  })
})

describe('node:diagnostics_channel', () => {
  test('has the signals under their names, for tools that know no Micro', async () => {
    const app = make()
    app.get('/', () => 'x')
    const seen: unknown[] = []
    const listener = (message: unknown, name: string | symbol) => {
      if ((message as { app: unknown }).app === app) {
        seen.push(name)
      }
    }
    for (const name of NAMES) {
      diagnostics.subscribe(name, listener)
      onTestFinished(() => void diagnostics.unsubscribe(name, listener))
    }
    await app.client().get('/')
    await app.stop()
    expect(seen).toEqual(['micro:app:start', 'micro:request:start', 'micro:request:finish', 'micro:request:teardown', 'micro:app:stop'])
  })

  test.each(['micro:request:start', 'micro:run:start', 'micro:render:start'] as const)(
    'a store bound to %s is at hand in what follows: spans nest',
    async (name) => {
      const app = make({}, directory({ 'templates/a.ejs': '<%= here() %>' }))
      const spans = new AsyncLocalStorage<{ readonly of: Context }>()
      const channel = diagnostics.channel(name)
      channel.bindStore(spans, (message) => ({ of: (message as { ctx: Context }).ctx }))
      onTestFinished(() => void channel.unbindStore(spans))
      const here = (ctx: Context) => spans.getStore()?.of === ctx
      app.get('/', async (ctx) => {
        await Promise.resolve()
        return name === 'micro:render:start' ? ctx.render('a.ejs', { here: () => here(ctx) }) : String(here(ctx))
      })
      const result =
        name === 'micro:run:start'
          ? await app.run(async (ctx) => {
              await Promise.resolve()
              return String(here(ctx))
            })
          : await (await app.client().get('/')).text()
      expect([result, spans.getStore()]).toEqual(['true', undefined])
      await app.stop()
    },
  )
})

describe('signals of others', () => {
  const queries = (name = 'query') =>
    defineExtension({
      name: 'store',
      version: '1.0.0',
      core: '*',
      config: options({}),
      initApp: (setup) => {
        const query = setup.signal<{ readonly sql: string }>(name)
        return { app: { signal: query, ask: (sql: string) => query.hasSubscribers && query.publish({ sql }) } }
      },
    })

  test('an extension contributes its own under its name, and they are shown', async () => {
    const app = make().use(queries())
    const seen: unknown[] = []
    expect(app.store.ask('select 0')).toBe(false)
    onTestFinished(onSignal(app.store.signal, ({ sql }) => void seen.push(sql)))
    app.store.ask('select 1')
    expect(seen).toEqual(['select 1'])
    expect(app.extensions.get('store')?.contributions).toContainEqual({ kind: 'signal', detail: 'micro:store:query' })
    expect(diagnostics.channel('micro:store:query')).toBe(app.store.signal)
    expect(make().use(queries().as('other')).other.signal.name).toBe('micro:other:query')
  })

  test.each(['', 'Query', 'query:', 'a b', '__proto__'])("the name '%s' is refused", async (name) => {
    expect(await microErrorOf(() => make().use(queries(name)))).toMatchObject({ code: 'MICRO_SIGNAL_NAME' })
  })

  test('an app has signals of its own, typed by what they tell', () => {
    const paid = signal<{ readonly order: number }>('shop:order:sent')
    const seen: number[] = []
    const end = onSignal(paid, ({ order }) => void seen.push(order))
    paid.publish({ order: 5 })
    end()
    paid.publish({ order: 6 })
    expect([seen, paid.name, signal('shop:order:sent')]).toEqual([[5], 'shop:order:sent', paid])
  })
})

describe('a runtime without node:diagnostics_channel', () => {
  test('has channels that do as much', () => {
    const channels = localChannels()
    const seen: unknown[] = []
    const listener = (message: unknown, name: string | symbol) => void seen.push([name, message])
    const channel = channels.channel('a:b') as (typeof SIGNALS)['micro:app:start']
    expect([channel.hasSubscribers, channels.channel('a:b') === channel]).toEqual([false, true])
    channels.subscribe('a:b', listener)
    channel.publish({ app: 1 } as never)
    expect(channel.runStores({ app: 2 } as never, () => seen.length)).toBe(2)
    expect([channel.hasSubscribers, seen]).toEqual([
      true,
      [
        ['a:b', { app: 1 }],
        ['a:b', { app: 2 }],
      ],
    ])
    expect(channels.unsubscribe('a:b', listener)).toBe(true)
    expect(channel.hasSubscribers).toBe(false)
  })

  test('serves, and tells its signals', async () => {
    const child = runModule(`
      const get = process.getBuiltinModule
      process.getBuiltinModule = (name) => (name === 'node:diagnostics_channel' ? undefined : get(name))
      const { micro, onSignal } = await import('@micro/core')
      const app = micro(import.meta, { mode: 'test', env: {} })
      app.get('/', () => 'x')
      const seen = []
      onSignal('micro:request:finish', ({ reply }) => seen.push(reply.status))
      const { status } = await app.fetch(new Request('http://localhost/'))
      await app.stop()
      console.log(status, ...seen)
    `)
    await child.ended()
    expect(child.output).toEqual({ stdout: '200 200\n', stderr: '' })
  })
})
