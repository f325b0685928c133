import {
  blueprint,
  defineExtension,
  type JsonProvider,
  type Member,
  micro,
  need,
  option,
  options,
  type SessionStore,
  type Setup,
} from '@micro/core'
import { describe, expect, test } from 'vitest'
import { noSessions } from './memory-sessions.ts'
import { microErrorOf } from './micro-error-of.ts'

const make = () => micro(import.meta, { env: {}, mode: 'test' })
const extension = <const N extends string>(name: N, initApp: (app: Setup) => unknown) =>
  defineExtension({ name, version: '1.0.0', core: '*', config: options({}), initApp: (app) => (initApp(app as Setup) ?? {}) as object })

describe('app.extensions (P13)', () => {
  test('shows name, version, needs, configuration, effects and each contribution', () => {
    const own = blueprint('pages', import.meta)
    const full = defineExtension({
      name: 'full',
      version: '2.1.0',
      implements: '2.0.0',
      core: '^1.0.0',
      needs: { base: need<Member>('^1.0.0'), more: need.optional<Member>('^3') },
      config: options({ size: option.int({ default: 1 }), key: option.string({ secret: true }) }),
      options: { key: 'hidden' },
      effects: ['refuses what is odd'],
      initApp: (app) => {
        app.onStart(() => undefined)
        app.onStop(() => undefined)
        app.beforeRequest(() => undefined, { phase: 'auth', methods: 'unsafe' })
        app.afterRequest(() => undefined, { methods: ['GET', 'POST'] })
        app.teardownRequest(() => undefined)
        app.onError(404, () => 'x')
        app.onError(RangeError, () => 'x')
        app.register(own)
        app.converter('word', { parse: (text) => text, format: (value) => String(value) })
        app.bodyReader('Text/X', () => 'x')
        app.templates.directory('/t')
        app.templates.global('site', 1)
        app.templates.filter('shout', () => '')
        app.templates.context(() => ({}))
        app.static('/s')
        app.cli.command('migrate', { description: 'x' }, () => undefined)
        app.cli.shell('it', () => 1)
        app.health(() => undefined)
        return { app: {}, context: () => ({}) }
      },
    })
    const app = make()
    app.use(extension('base', () => ({}))).use(full as never)
    expect([...app.extensions].map(({ name }) => name)).toEqual(['base', 'full'])
    expect(app.extensions.has('more')).toBe(false)
    expect(app.extensions.get('full')).toMatchObject({
      name: 'full',
      version: '2.1.0',
      implements: '2.0.0',
      replaced: false,
      needs: [
        { name: 'base', range: '^1.0.0', optional: false },
        { name: 'more', range: '^3', optional: true },
      ],
      config: [
        { key: 'full.size', value: 1, source: 'default' },
        { key: 'full.key', value: '•••' },
      ],
      effects: ['refuses what is odd'],
    })
    expect(app.extensions.get('full')?.contributions.map(({ kind, detail }) => `${kind}: ${detail}`)).toEqual([
      'app member: app.full',
      'context member: ctx.full',
      'start hook: ',
      'stop hook: ',
      'beforeRequest: phase auth, unsafe methods',
      'afterRequest: GET, POST',
      'teardownRequest: every request',
      'error handler: 404',
      'error handler: RangeError',
      'blueprint: pages',
      'converter: word',
      'body reader: text/x',
      'templates: /t',
      'template global: site',
      'template filter: shout',
      'template context: ',
      'static files: /s',
      'command: full migrate',
      'shell member: it',
      'health check: full',
    ])
  })
})

describe('parts with one winner', () => {
  const json: JsonProvider = { stringify: () => '"x"', parse: () => 1 }
  const storeOf = (from: string): SessionStore => ({ ...noSessions, load: () => ({ text: JSON.stringify({ from }), age: 0 }) })
  const store = storeOf('store')
  const engine = { name: 'e', compile: () => ({ render: () => 'engine' }) }
  const parts: readonly (readonly [what: string, set: (app: Setup, replace: boolean) => void])[] = [
    ['session store', (app, replace) => app.session.store(store, { replace })],
    ['JSON provider', (app, replace) => app.json(json, { replace })],
    ['template engine', (app, replace) => app.templates.engine(engine, { replace })],
    ["template global 'g'", (app) => app.templates.global('g', 1)],
    ['body reader for a/b', (app) => app.bodyReader('a/b', () => 1)],
  ]
  test.each(parts)('%s: a second one is refused, with both names', async (what, set) => {
    const one = extension('one', (app) => set(app, false))
    const two = extension('two', (app) => set(app, false))
    const error = await microErrorOf(() => make().use(one).use(two))
    expect(error.code).toBe('MICRO_PART_TAKEN')
    expect(error.message).toContain(`the ${what}: one and two`)
  })

  test.each(parts.slice(0, 3))('%s: one that says so replaces the first', (_, set) => {
    const app = make()
      .use(extension('one', (setup) => set(setup, false)))
      .use(extension('two', (setup) => set(setup, true)))
    expect(app.extensions.size).toBe(2)
  })

  test('the app wins over its extensions', async () => {
    const app = make().use(
      extension('one', (setup) => {
        setup.json(json)
        setup.session.store(store)
      }),
    )
    app.json = { stringify: () => '"app"', parse: () => 1 }
    app.session.store(storeOf('app'))
    app.get('/', (ctx) => ({ from: ctx.session.get('from') }))
    const response = await app.client().get('/', { headers: { cookie: 'session=x' } })
    expect(await response.text()).toBe('"app"')
    await app.stop()
  })

  test('a session store and a JSON provider of an extension are used', async () => {
    const app = make().use(extension('one', (setup) => setup.session.store(store)))
    app.get('/', (ctx) => `${ctx.session.get('from')}`)
    expect(await (await app.client().get('/', { headers: { cookie: 'session=x' } })).text()).toBe('store')
    await app.stop()
  })
})
