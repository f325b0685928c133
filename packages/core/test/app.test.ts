import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { blueprint, defineExtension, Micro, type MicroOptions, micro, options } from '@micro/core'
import { instancePath, resourcePath, serve } from '@micro/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runModule } from './child.ts'
import { microErrorOf } from './micro-error-of.ts'
import { directory, moduleIn } from './template-site.ts'

const make = (settings: MicroOptions = {}, meta: ImportMeta = import.meta) => {
  const app = micro(meta, { env: {}, mode: 'test', ...settings })
  onTestFinished(() => app.stop())
  return app
}
const moduleAt = (path: string): ImportMeta => ({ ...import.meta, dirname: path.replace(/[\\/][^\\/]*$/, ''), filename: path })

describe('micro', () => {
  const refused: readonly (readonly [option: string, value: unknown, says: string])[] = [
    ['instancePath', 'data', "the option instancePath must be an absolute path: 'data'"],
    ['instancePath', './data', "must be an absolute path: './data'"],
    ['root', '..', "the option root must be an absolute path: '..'"],
    ['mode', 'prod', "the option mode must be one of development, test, production: 'prod'"],
    ['name', '', "the option name must be a text that is not empty: ''"],
    ['config', [], 'the option config must be an object: object'],
    ['env', 'x', "the option env must be an object: 'x'"],
    ['replace', {}, 'the option replace must be a list of doubles: object'],
    ['logSink', console, 'the option logSink must be a function: object'],
    ['strictSlashes', 'no', "the option strictSlashes must be true or false: 'no'"],
    ['instansePath', '/x', "the option instansePath is not known; 'instancePath' is"],
    ['xyzzy', 1, 'the option xyzzy is not known'],
  ]
  test.each(refused)('the option %s = %s is refused where the app is made', async (option, value, says) => {
    const error = await microErrorOf(() => micro(import.meta, { [option]: value }))
    expect([error.code, error.message]).toEqual(['MICRO_APP_OPTION', expect.stringContaining(says)])
  })

  test('values of configuration that do not go together are refused where the app is made', async () => {
    const error = await microErrorOf(() => make({ config: { static: { url: 'no-slash' } } }))
    expect(error.code).toBe('MICRO_CONFIG_INVALID')
  })

  test.each([undefined, null, 'app'])('without import.meta it says what is missing, as blueprint() does: %s', async (meta) => {
    for (const [factory, call] of [
      ['micro', () => micro(meta as never)],
      ['blueprint', () => blueprint('x', meta as never)],
    ] as const) {
      const error = await microErrorOf(call)
      expect([error.code, error.message]).toEqual(['MICRO_META_MISSING', expect.stringContaining(`${factory}() was given`)])
    }
  })

  const named: readonly (readonly [file: string, name: string])[] = [
    ['/srv/shop/app.ts', 'app'],
    ['/srv/shop/server.mjs', 'server'],
    ['/srv/shop/index.ts', 'shop'],
    ['C:\\srv\\shop\\index.js', 'shop'],
    ['/index.js', 'app'],
  ]
  test.each(named)('an app made in %s is named %s, unless it is given a name', (file, name) => {
    expect(make({}, moduleAt(file)).name).toBe(name)
    expect(make({ name: 'given' }, moduleAt(file)).name).toBe('given')
  })

  test('without a file system it has a name, and no directories', async () => {
    const app = make({}, { url: 'https://example.com/app.js' } as ImportMeta)
    expect([app.name, app.rootPath, app.instancePath]).toEqual(['app', undefined, undefined])
    expect(await microErrorOf(() => resourcePath(app, 'a'))).toMatchObject({ code: 'MICRO_NO_FILES' })
    expect(await microErrorOf(() => instancePath(app, 'a'))).toMatchObject({ code: 'MICRO_NO_FILES' })
  })

  test('the root can be another directory than that of the module: templates, static files and instance lie there', async () => {
    const root = directory({ 'templates/a.ejs': 'page', 'static/a.css': 'a{}' })
    const app = make({ root })
    app.get('/', (ctx) => ctx.render('a.ejs'))
    expect([app.rootPath, app.instancePath]).toEqual([root, `${root}/instance`])
    expect(await (await app.client().get('/')).text()).toBe('page')
    expect(await (await app.client().get('/static/a.css')).text()).toBe('a{}')
  })

  test('a factory makes as many apps as are wanted, each with configuration, routes, sessions and life of its own', async () => {
    const thing = defineExtension({
      name: 'thing',
      version: '1.0.0',
      core: '*',
      config: options({}),
      initApp: (setup) => ({ app: { of: setup.rootPath } }),
    })
    const createApp = (bodyBytes: number) => {
      const app = make({ config: { limits: { bodyBytes } } }).use(thing)
      app.post('/', async (ctx) => (await ctx.readText()).length.toString())
      app.get('/only', () => String(bodyBytes))
      return app
    }
    const [small, large] = [createApp(2), createApp(10)]
    const [first, second] = await Promise.all([small.client().post('/', { body: 'abc' }), large.client().post('/', { body: 'abc' })])
    expect([first.status, second.status]).toEqual([413, 200])
    await small.stop()
    expect(await (await large.client().get('/only')).text()).toBe('10')
  })

  test('shows what was registered, in its order, before it is started', () => {
    const notes = blueprint('notes', import.meta, { prefix: '/notes' })
    notes.get('/', { name: 'index' }, () => 'x')
    const thing = defineExtension({
      name: 'thing',
      version: '1.2.3',
      core: '*',
      config: options({}),
      initApp: (setup) => {
        setup.beforeRequest(() => undefined, { phase: 'auth' })
        return {}
      },
    })
    const app = make().use(thing)
    app.get('/', { name: 'home' }, () => 'x').register(notes)
    expect(app.routes.map(({ path, name, blueprint: of }) => [path, name, of])).toContainEqual(['/notes', 'notes.index', 'notes'])
    expect([...app.extensions].map(({ name, version, contributions }) => [name, version, contributions])).toEqual([
      ['thing', '1.2.3', [{ kind: 'beforeRequest', detail: 'phase auth, every request' }]],
    ])
    expect(app.configEntries.find(({ key }) => key === 'session.cookieName')).toMatchObject({ value: 'session', source: 'default' })
  })

  test('its configuration cannot be changed once it has started: what differs is given to the factory', async () => {
    const app = make({ config: { session: { maxAge: 60 } } })
    await app.start()
    expect([app.config.session.maxAge, Object.isFrozen(app.config), Object.isFrozen(app.config.session)]).toEqual([60, true, true])
    expect(() => Object.assign(app.config, { secretKey: 'x' })).toThrow(TypeError)
  })

  test('fetch is bound: it can be handed on, wrapped and exported, and the app stays what it is', async () => {
    const app = make()
    app.get('/', () => 'inside')
    const { fetch: handle } = app
    const wrapped = {
      fetch: async (request: Request) => {
        const response = await handle(request)
        response.headers.set('X-Around', 'yes')
        return response
      },
    }
    const response = await wrapped.fetch(new Request('http://localhost/'))
    expect([await response.text(), response.headers.get('x-around'), app.config.session.cookieName]).toEqual(['inside', 'yes', 'session'])
  })
})

describe('the instance folder', () => {
  test('lies beside the module, or where an absolute path says', () => {
    const root = directory({})
    expect(make({}, moduleIn(root)).instancePath).toBe(`${root}/instance`)
    expect(make({ instancePath: '/var/lib/shop' }, moduleIn(root)).instancePath).toBe('/var/lib/shop')
  })

  test('of an app that is installed as a package lies where it is run, not in node_modules', () => {
    expect(make({}, moduleAt('/srv/x/node_modules/shop/app.js')).instancePath).toBe(`${process.cwd()}/instance`)
    expect(make({}, moduleAt('/srv/node_modules-of-mine/app.js')).instancePath).toBe('/srv/node_modules-of-mine/instance')
  })

  test('is made when something is to be kept in it, for the owner alone, and not before', async () => {
    const root = directory({})
    const app = make({}, moduleIn(root))
    app.get('/', (ctx) => String(ctx.session.isNew))
    app.get('/keep', () => {
      writeFileSync(instancePath(app, 'logs/today.txt'), 'kept')
      return 'x'
    })
    const server = await serve(app, { port: 0, signals: false })
    await (await fetch(server.url)).text()
    expect(existsSync(`${root}/instance`)).toBe(false)
    await (await fetch(`${server.url}/keep`)).text()
    expect(readFileSync(`${root}/instance/logs/today.txt`, 'utf8')).toBe('kept')
    expect(statSync(`${root}/instance`).mode & 0o777).toBe(0o700)
    expect(instancePath(app, 'logs/today.txt')).toBe(join(root, 'instance/logs/today.txt'))
  })

  test('its config.json is read', () => {
    const root = directory({ 'instance/config.json': '{ "session": { "maxAge": 5 } }' })
    expect(make({}, moduleIn(root)).config.session.maxAge).toBe(5)
  })
})

describe('resourcePath', () => {
  test('is the path of a file beside the module of an app or a blueprint', () => {
    const root = directory({ 'schema.sql': 'of the app', 'notes/data/schema.sql': 'of the blueprint' })
    const notes = blueprint('notes', moduleIn(`${root}/notes`))
    expect(readFileSync(resourcePath(make({}, moduleIn(root)), 'schema.sql'), 'utf8')).toBe('of the app')
    expect(readFileSync(resourcePath(notes, 'data/schema.sql'), 'utf8')).toBe('of the blueprint')
  })

  test.each(['../x', 'a/../../x', '/etc/passwd', '.', '..', 'a/..', '', 'a\0b'])(
    '%j leads elsewhere and is refused, in the instance folder too',
    async (path) => {
      const app = make({}, moduleIn(directory({})))
      expect(await microErrorOf(() => resourcePath(app, path))).toMatchObject({ code: 'MICRO_RESOURCE_PATH' })
      expect(await microErrorOf(() => instancePath(app, path))).toMatchObject({ code: 'MICRO_RESOURCE_PATH' })
      expect(existsSync(`${app.rootPath}/instance`)).toBe(false)
    },
  )
})

test('no app is kept: one that was served, listened to, mounted and failed is let go of when it is stopped', async () => {
  const child = runModule(
    `
    import { blueprint, micro, onSignal } from '@micro/core'
    import { current } from '@micro/core/current'
    import { fromNode, serve } from '@micro/core/node'
    onSignal('micro:request:finish', () => {})
    const shared = blueprint('shared', import.meta, { prefix: '/shared' })
    shared.get('/', () => current().ctx.path)
    async function one() {
      const app = micro(import.meta, { mode: 'test', env: {}, logSink: () => {} }).register(shared)
      app.mount('/legacy', fromNode((_, response) => response.end('x')))
      app.get('/fail', () => Promise.reject(new Error('x')))
      app.get('/stream', () => (async function* () { yield 'x' })())
      app.onError(404, () => 'missing')
      const server = await serve(app, { port: 0 })
      for (const path of ['/shared', '/legacy', '/fail', '/stream', '/nowhere']) {
        await (await fetch(server.url + path, { headers: { connection: 'close' } })).text()
      }
      await app.run((ctx) => ctx.session)
      await app.stop()
      return new WeakRef(app)
    }
    const refs = []
    for (let index = 0; index < 20; index++) refs.push(await one())
    let left = refs.length
    for (let round = 0; round < 30 && left > 0; round++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      gc()
      left = refs.filter((ref) => ref.deref() !== undefined).length
    }
    console.log(left)
  `,
    { nodeArgs: ['--expose-gc'] },
  )
  await child.ended()
  expect(child.output).toEqual({ stdout: '0\n', stderr: '' })
}, 20_000)

test('a class made from Micro names its module too', () => {
  class Shop extends Micro {}
  expect(new Shop(moduleAt('/srv/shop/index.ts'), { env: {} }).name).toBe('shop')
})
