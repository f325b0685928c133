import { blueprint, defineExtension, type JsonProvider, micro, options, type Setup, type TemplateEngine } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { noSessions } from './memory-sessions.ts'
import { microErrorOf } from './micro-error-of.ts'

const engine: TemplateEngine = { name: 'none', compile: () => ({ render: () => '' }) }
const provider: JsonProvider = { stringify: () => '"other"', parse: () => null }
const other = blueprint('other', import.meta, { prefix: '/other' })
other.get('/', { name: 'index' }, () => 'other')

/** Contributes one of everything. */
function contributeAll(app: Setup): void {
  app.onStart(() => log.push('started'))
  app.onStop(() => log.push('stopped'))
  app.beforeRequest(() => void log.push('before'))
  app.afterRequest(() => void log.push('after'))
  app.teardownRequest(() => void log.push('teardown'))
  app.onError(404, () => 'handled')
  app.register(other)
  app.converter('word', { parse: (text) => text, format: (value) => String(value) })
  app.bodyReader('text/x', () => 'read')
  app.templates.directory('/nowhere')
  app.templates.global('site', 'x')
  app.templates.filter('shout', () => 'x')
  app.templates.context(() => ({}))
  app.templates.engine(engine)
  app.static('/nowhere')
  app.cli.command('do', { description: 'Does.' }, () => undefined)
  app.cli.shell('it', () => 1)
  app.health(() => undefined)
  app.session.store(noSessions)
  app.json(provider)
}

const log: string[] = []
const extension = (initApp: (app: Setup) => unknown, name = 'x') =>
  defineExtension({ name, version: '1.0.0', core: '*', config: options({}), initApp: (app) => initApp(app as Setup) as object })
const make = () => micro(import.meta, { env: {}, mode: 'test' })

describe('an installation that fails (P08)', () => {
  const failures: readonly (readonly [how: string, end: (app: Setup) => unknown])[] = [
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['returns a promise', () => Promise.reject(new Error('no'))],
    ['registers a blueprint twice', (app) => app.register(other)],
    ['declares a command twice', (app) => app.cli.command('do', { description: '' }, () => undefined)],
    [
      'declares a command with a flag of all commands',
      (app) => app.cli.command('other', { description: '', flags: { help: { type: 'boolean', description: '' } } }, () => undefined),
    ],
    [
      'declares a command with the letter of a flag of all commands',
      (app) =>
        app.cli.command('other', { description: '', flags: { all: { type: 'boolean', description: '', short: 'a' } } }, () => undefined),
    ],
    ['declares a converter twice', (app) => app.converter('word', { parse: () => 1, format: () => '1' })],
    ["takes another party's template global", (app) => app.templates.global('taken', 1)],
    ["takes another party's body reader", (app) => app.bodyReader('text/taken', () => 1)],
    ['names no phase', (app) => app.beforeRequest(() => undefined, { phase: 'never' as never })],
  ]
  test.each(failures)('leaves the app as it was: one that %s', async (_, end) => {
    log.length = 0
    const app = make()
    app.templates.global('taken', 'by the app')
    app.use(extension((setup) => setup.bodyReader('text/taken', () => 'first'), 'first'))
    app.get('/plain', () => ({ a: 1 }))
    const registry = app['~registry']
    const before = [
      app.extensions.size,
      registry.commands.list.length,
      registry.statics.length,
      registry.health.length,
      app.templates.directories.length,
      Object.keys(registry.converters).length,
      registry.bodyReaders.size,
      app.routes.length,
    ]
    expect(() =>
      app.use(
        extension((setup) => {
          contributeAll(setup)
          return end(setup)
        }),
      ),
    ).toThrow()
    const after = [
      app.extensions.size,
      registry.commands.list.length,
      registry.statics.length,
      registry.health.length,
      app.templates.directories.length,
      Object.keys(registry.converters).length,
      registry.bodyReaders.size,
      app.routes.length,
    ]
    expect(after).toEqual(before)
    expect('x' in app).toBe(false)
    expect('x' in app.config).toBe(false)
    const client = app.client()
    expect(await (await client.get('/plain')).text()).toBe('{"a":1}')
    expect((await client.get('/other')).status).toBe(404)
    await app.stop()
    expect(log).toEqual([])
  })

  test('the same extension can be installed afterwards', async () => {
    const app = make()
    let isBroken = true
    const flaky = extension((setup) => {
      contributeAll(setup)
      if (isBroken) {
        throw new Error('no')
      }
      return {}
    })
    expect(() => app.use(flaky)).toThrow('no')
    isBroken = false
    expect(app.use(flaky).extensions.size).toBe(1)
    await app.stop()
  })
})

describe('declaring too late (P09)', () => {
  const late: readonly (readonly [method: string, call: (setup: Setup) => unknown])[] = [
    ['onStart', (app) => app.onStart(() => 1)],
    ['onStop', (app) => app.onStop(() => 1)],
    ['beforeRequest', (app) => app.beforeRequest(() => 1)],
    ['onError', (app) => app.onError(404, () => 1)],
    ['register', (app) => app.register(other)],
    ['converter', (app) => app.converter('w', { parse: () => 1, format: () => '1' })],
    ['bodyReader', (app) => app.bodyReader('a/b', () => 1)],
    ['templates.global', (app) => app.templates.global('a', 1)],
    ['cli.command', (app) => app.cli.command('a', { description: '' }, () => 1)],
    ['session.store', (app) => app.session.store(noSessions)],
    ['json', (app) => app.json(provider)],
    ['static', (app) => app.static('/x')],
    ['health', (app) => app.health(() => 1)],
  ]
  test.each(late)('app.%s() of the façade is refused once initApp has returned', async (method, call) => {
    let kept: Setup | undefined
    make().use(
      extension((setup) => {
        kept = setup
        return {}
      }),
    )
    const error = await microErrorOf(() => call(kept as Setup))
    expect(error.code).toBe('MICRO_SETUP_CLOSED')
    expect(error.message).toContain(`app.${method}() was called after it`)
  })

  const app = make()
  const afterStart: readonly (readonly [method: string, call: () => unknown])[] = [
    ['use', () => app.use(extension(() => ({})))],
    ['register', () => app.register(other)],
    ['get', () => app.get('/', () => 'x')],
    ['post', () => app.post('/', () => 'x')],
    ['put', () => app.group('/a', (routes) => routes.put('/', () => 'x'))],
    ['patch', () => app.patch('/', () => 'x')],
    ['delete', () => app.delete('/', () => 'x')],
    ['options', () => app.options('/', () => 'x')],
    ['useConverters', () => app.useConverters({})],
    ['onUrlError', () => app.onUrlError(() => undefined)],
    ['all', () => app.route('/').all(() => 'x')],
    ['mount', () => app.mount('/m', () => new Response())],
    ['beforeRequest', () => app.beforeRequest(() => 1)],
    ['afterRequest', () => app.afterRequest(() => 1)],
    ['teardownRequest', () => app.teardownRequest(() => 1)],
    ['onError', () => app.onError(404, () => 'x')],
    ['onStart', () => app.onStart(() => 1)],
    ['onStop', () => app.onStop(() => 1)],
    ['templates.directory', () => app.templates.directory('/x')],
    ['templates.global', () => app.templates.global('a', 1)],
    ['templates.filter', () => app.templates.filter('a', () => 1)],
    ['templates.context', () => app.templates.context(() => ({}))],
    ['templates.engine', () => app.templates.engine(engine)],
    ['cli.command', () => app.cli.command('a', { description: '' }, () => 1)],
    ['cli.shell', () => app.cli.shell('a', () => 1)],
    ['session.store', () => app.session.store(noSessions)],
    [
      'json',
      () => {
        app.json = provider
      },
    ],
  ]
  test.each(afterStart)('app.%s() is refused once the app has started', async (method, call) => {
    await app.start()
    const error = await microErrorOf(call)
    expect(error.code).toBe('MICRO_APP_STARTED')
    expect(error.message).toContain(`app.${method}() was called`)
  })
})
