/** One small test for each rule that core keeps. Each is given the copy of core it is about, and another copy that is as it should be. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A copy of core. */
export interface Core {
  readonly main: typeof import('@micro/core')
  readonly current: typeof import('@micro/core/current')
  /** Folder it lies in. */
  readonly folder: string
}

type Setup = import('@micro/core').Setup
type LogLine = import('@micro/core').LogLine

/** Rule by id. */
export const CORE_RULES: { readonly [id: string]: (core: Core, other: Core) => Promise<void> } = {
  async P05({ main }) {
    await inFolder(async (folder) => {
      const file = join(folder, 'config.json')
      await writeFile(file, JSON.stringify({ x: { b: 'file', c: 'file', d: 'file' } }))
      const { option, options } = main
      const text = () => option.string({ default: 'default' })
      const x = part(main, 'x', {
        config: options({ z: text(), a: text(), b: text(), c: text(), d: text() }),
        options: { a: 'factory', b: 'factory', c: 'factory', d: 'factory' },
      })
      const app = new main.Micro({ dirname: folder } as ImportMeta, {
        mode: 'test',
        env: { MICRO_CONFIG: file, MICRO_X__C: 'environment', MICRO_X__D: 'environment' },
        config: { x: { d: 'option' } },
      })
      app.use(x as never)
      assert.deepEqual(
        { ...(app.config as unknown as { x: object }).x },
        { z: 'default', a: 'factory', b: 'file', c: 'environment', d: 'option' },
      )
      const sources = Object.fromEntries(app.extensions.get('x')?.config.map(({ key, source }) => [key, source.split(/[ :(]/)[0]]) ?? [])
      assert.deepEqual([sources['x.z'], sources['x.c'], sources['x.d']], ['default', 'environment', 'option'])
    })
  },

  async P07({ main }) {
    const db = part(main, 'db', { version: '1.4.0' })
    const needy = (range?: string) => part(main, 'needy', { needs: { db: main.need(range) } })
    const refused = (code: string, ...extensions: readonly unknown[]) =>
      assert.equal(
        codeOf(main, () => use(app(main), ...extensions)),
        code,
      )
    refused('MICRO_CORE_RANGE', part(main, 'x', { core: '^9.0.0' }))
    refused('MICRO_NAME_RESERVED', part(main, 'render'))
    refused('MICRO_NAME_TAKEN', db, db)
    refused('MICRO_NEED_MISSING', needy())
    refused('MICRO_NEED_RANGE', db, needy('^2.0.0'))
    // In this order: an extension that is wrong in every way is refused for the first.
    refused('MICRO_CORE_RANGE', part(main, 'render', { core: '^9.0.0', needs: { db: main.need() } }))
    refused('MICRO_NAME_RESERVED', part(main, 'render', { needs: { db: main.need() } }))
  },

  async P08({ main }) {
    const made = app(main)
    const broken = part(main, 'x', {
      initApp: (setup: Setup) => {
        setup.onError(404, () => 'mine')
        setup.beforeRequest(() => 'mine')
        setup.cli.command('do', { description: 'x' }, () => undefined)
        setup.health(() => 'ill')
        throw new Error('on purpose')
      },
    })
    made.get('/', () => 'ours')
    assert.throws(() => use(made, broken), /on purpose/)
    assert.equal(made.extensions.size, 0)
    assert.equal('x' in made, false)
    const client = made.client()
    assert.equal(await (await client.get('/')).text(), 'ours')
    assert.equal((await client.get('/nowhere')).status, 404)
    await made.stop()
  },

  async P12({ main }) {
    const order: string[] = []
    const hooked = (name: string, phase: 'limits' | 'auth' | 'validation') =>
      part(main, name, { initApp: (setup: Setup) => void setup.beforeRequest(() => void order.push(name), { phase }) })
    const made = use(app(main), hooked('c', 'validation'), hooked('b', 'auth'), hooked('a', 'auth'), hooked('d', 'limits'))
    made.get('/', () => 'x')
    await made.client().get('/')
    assert.deepEqual(order, ['d', 'a', 'b', 'c'])
    const nothing = { load: () => null, save: () => null, renew: () => null, destroy: () => undefined }
    const store = part(main, 'one', { initApp: (setup: Setup) => void setup.session.store(nothing) })
    const second = part(main, 'two', { initApp: (setup: Setup) => void setup.session.store(nothing) })
    assert.ok(
      codeOf(main, () => use(app(main), store, second)),
      'a second session store is refused',
    )
    await made.stop()
  },

  async P14({ main }) {
    const log: string[] = []
    const living = (name: string, fails = false) =>
      part(main, name, {
        initApp: (setup: Setup) => {
          setup.onStart(() => {
            log.push(`+${name}`)
            if (fails) {
              throw new Error('on purpose')
            }
          })
          setup.onStop(() => void log.push(`-${name}`))
        },
      })
    const good = use(app(main), living('a'), living('b'))
    good.get('/', () => 'x')
    await Promise.all(['/', '/', '/'].map((path) => good.client().get(path)))
    await good.stop()
    assert.deepEqual(log.splice(0), ['+a', '+b', '-b', '-a'])
    const bad = use(app(main), living('a'), living('b', true), living('c'))
    const error = await bad.start().then(
      () => undefined,
      (reason: Error) => reason,
    )
    assert.match(String(error?.message), /'b'/)
    assert.deepEqual(log, ['+a', '+b', '-b', '-a'])
    const slow = use(
      app(main, { server: { startTimeoutMs: 20 } }),
      part(main, 'slow', { initApp: (setup: Setup) => setup.onStart(() => new Promise(() => undefined)) }),
    )
    await assert.rejects(() => slow.start(), /'slow'/)
  },

  async P18({ main, current }) {
    const thing = part(main, 'thing', { initApp: () => ({ app: 'of the app', context: () => 'of the context' }) })
    const made = use(app(main), thing)
    made.get('/', async () => {
      await Promise.resolve()
      const { app: at, ctx } = current.current(thing as never) as unknown as { app: { thing: string }; ctx: { thing: string } }
      return `${at.thing}, ${ctx.thing}`
    })
    assert.equal(await (await made.client().get('/')).text(), 'of the app, of the context')
    assert.equal(
      codeOf(main, () => current.current()),
      'MICRO_NO_CURRENT',
    )
    await made.stop()
  },

  async P19({ main }) {
    await inFolder(async (folder) => {
      const before = openResources()
      let started = 0
      const x = part(main, 'x', { initApp: (setup: Setup) => setup.onStart(() => void started++) })
      const made = new main.Micro({ dirname: folder } as ImportMeta, { mode: 'development', env: {} })
      use(made, x).get('/:n<int>', () => 'x')
      assert.deepEqual([made.routes.length, made.extensions.size, made.configEntries.length > 0], [1, 1, true])
      assert.equal(started, 0)
      assert.equal(openResources(), before)
      assert.deepEqual(await readdir(folder), [])
      await made.stop()
      assert.deepEqual([started, await readdir(folder)], [0, []])
    })
  },

  async P20({ main }, { main: theirs }) {
    const thing = part(theirs, 'thing', { initApp: () => ({ app: 'theirs' }) })
    const made = use(app(main), thing)
    assert.equal((made as unknown as { thing: string }).thing, 'theirs')
    made.get('/', () => theirs.abort(418 as never, 'A teapot.'))
    assert.equal((await made.client().get('/')).status, 418)
    assert.equal(main.isMicroError(new theirs.MicroError('MICRO_X', 'x', 'y')), true)
    await made.stop()
    const foreign = { ...(thing as object), protocol: 99 }
    for (const symbol of Object.getOwnPropertySymbols(thing as object)) {
      Reflect.set(foreign, symbol, Reflect.get(thing as object, symbol))
    }
    assert.equal(
      codeOf(main, () => use(app(main), foreign)),
      'MICRO_PROTOCOL',
    )
  },

  async P23({ main }) {
    let initialised = 0
    const mailer = part(main, 'mailer', {
      initApp: () => {
        initialised++
        return { app: 'real', context: () => 'real' }
      },
    })
    const double = main.double(mailer as never, { app: 'double', context: () => 'double' } as never)
    const made = use(new main.Micro({ dirname: undefined } as unknown as ImportMeta, { mode: 'test', env: {}, replace: [double] }), mailer)
    made.get('/', (ctx) => (ctx as unknown as { mailer: string }).mailer)
    assert.equal(await (await made.client().get('/')).text(), 'double')
    assert.equal(initialised, 0)
    await made.stop()
  },

  async P24({ main }) {
    const thing = part(main, 'thing')
    const notes = main.blueprint('notes', { dirname: undefined } as unknown as ImportMeta, { needs: [thing as never] })
    notes.get('/notes', () => 'notes')
    assert.ok(
      codeOf(main, () => app(main).register(notes as never)),
      'a blueprint is refused where something is missing',
    )
    const made = use(app(main), thing)
    made.register(notes as never)
    assert.equal(await (await made.client().get('/notes')).text(), 'notes')
    await made.stop()
  },

  async P26({ main }) {
    const lines: LogLine[] = []
    const old = main.errorTable({
      MICRO_THING_OLD_DEPRECATED: { message: 'app.thing.old() is deprecated since 1.1.0.', fix: 'Use it anew.' },
    })
    const make = (deprecations: 'warn' | 'error', config: object) => {
      const thing = part(main, 'thing', {
        config: main.options({ size: main.option.int({ deprecated: true, description: 'Since 1.1.0: use thing.length.' }) }),
        initApp: (setup: Setup) => {
          const use = () => setup.reportDeprecated(old('MICRO_THING_OLD_DEPRECATED', {}), use)
          return { app: { use } }
        },
      })
      const made = new main.Micro({ dirname: undefined } as unknown as ImportMeta, {
        mode: 'test',
        env: {},
        config: { deprecations, thing: config },
        logSink: (line) => lines.push(line),
      })
      return use(made, thing) as unknown as { readonly thing: { use(): void } }
    }
    const { thing } = make('warn', { size: 1 })
    for (let count = 0; count < 2; count++) {
      thing.use()
    }
    const codes = ['MICRO_CONFIG_DEPRECATED', 'MICRO_THING_OLD_DEPRECATED']
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields.deprecated]),
      codes.map((code) => ['warn', code]),
    )
    assert.equal(
      codeOf(main, () => make('error', { size: 1 })),
      codes[0],
    )
    const strict = make('error', {})
    assert.equal(
      codeOf(main, () => strict.thing.use()),
      codes[1],
    )
  },
}

/** How many there are; runtimes that do not tell have always none. */
function openResources(): number {
  try {
    return process.getActiveResourcesInfo().length
  } catch {
    return 0
  }
}

type Main = Core['main']

function part(main: Main, name: string, parts: object = {}): unknown {
  return main.defineExtension({ name, version: '1.0.0', core: '*', config: main.options({}), initApp: () => ({}), ...parts } as never)
}

function app(main: Main, config: { readonly [namespace: string]: unknown } = {}): InstanceType<Main['Micro']> {
  return new main.Micro({ dirname: undefined } as unknown as ImportMeta, { mode: 'test', env: {}, config, logSink: () => undefined })
}

function use(to: InstanceType<Main['Micro']>, ...extensions: readonly unknown[]): InstanceType<Main['Micro']> {
  for (const extension of extensions) {
    to.use(extension as never)
  }
  return to
}

function codeOf(main: Main, step: () => unknown): string | undefined {
  try {
    step()
    return undefined
  } catch (error) {
    return main.isMicroError(error) ? error.code : `not a MicroError: ${error}`
  }
}

async function inFolder(step: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'micro-twin-'))
  try {
    await step(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
