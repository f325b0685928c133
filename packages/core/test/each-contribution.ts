/** Every kind of thing that an extension may contribute (P12): how it is contributed, and what an app then does. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type * as core from '@micro/core'
import type { Client, LogLine, Micro, Setup, TemplateSource } from '@micro/core'
import { expect } from 'vitest'

/** What a kind is given: the copy of core that the extension is made with, and a list to note things in. */
export interface Kit {
  readonly core: typeof core
  readonly notes: string[]
  /** A directory with `full/page.ejs` and `own/static.txt`. */
  readonly directory: string
}

/** An app that has the extension, and what was noted. */
export interface Proof {
  /** The copy of core that the app is made with. */
  readonly core: typeof core
  readonly app: Micro
  readonly client: Client
  readonly lines: readonly LogLine[]
  readonly notes: string[]
  /** Status and body of a GET. */
  get(path: string): Promise<string>
}

/** One kind of contribution. */
export interface Kind {
  contribute(setup: Setup, kit: Kit): void
  prove(proof: Proof): Promise<void>
}

class Spilled extends Error {}

/** Kinds by the method of the façade that contributes them. */
export const KINDS: { readonly [method: string]: Kind } = {
  signer: {
    contribute: (setup, { notes }) => void setup.onStart(() => void notes.push(setup.signer('x').sign('text'))),
    async prove({ app, notes }) {
      await app.start()
      expect(app.signer('full/x').unsign(String(notes[0]))).toBe('text')
    },
  },
  reportDeprecated: {
    contribute: (setup, { core: { MicroError } }) => {
      const used = (): undefined =>
        setup.reportDeprecated(new MicroError('MICRO_FULL_OLD', 'It is old.', 'Use the new.'), used) as undefined
      setup.onStart(() => {
        used()
      })
    },
    async prove({ app, lines }) {
      await app.start()
      expect(lines.map(({ fields }) => fields.deprecated)).toEqual(['MICRO_FULL_OLD'])
    },
  },
  onStart: {
    contribute: (setup, { notes }) => setup.onStart(() => void notes.push('started')),
    async prove({ app, notes }) {
      await app.start()
      expect(notes).toEqual(['started'])
    },
  },
  onStop: {
    contribute: (setup, { notes }) => setup.onStop(() => void notes.push('stopped')),
    async prove({ app, notes }) {
      await app.start()
      await app.stop()
      expect(notes).toEqual(['stopped'])
    },
  },
  beforeRequest: {
    contribute: (setup) => setup.beforeRequest((ctx) => ctx.text('early', 299), { phase: 'auth' }),
    prove: async ({ get }) => expect(await get('/')).toBe('299 early'),
  },
  afterRequest: {
    contribute: (setup, { core: { Reply } }) => setup.afterRequest(() => new Reply(298, 'text/plain', 'another')),
    prove: async ({ get }) => expect(await get('/')).toBe('298 another'),
  },
  teardownRequest: {
    contribute: (setup, { notes }) => setup.teardownRequest((ctx) => void notes.push(`over: ${ctx.path}`)),
    async prove({ get, notes }) {
      await get('/')
      expect(notes).toEqual(['over: /'])
    },
  },
  onError: {
    contribute: (setup, { core: { HttpError, MicroError } }) => {
      setup.onError(418, () => 'by status')
      setup.onError(Spilled, () => 'by class')
      setup.onError(HttpError, (error) => `by a class of core: ${error.status}`)
      setup.onError(MicroError, (error) => `by another: ${error.code}`)
    },
    async prove({ app, core: { abort }, get }) {
      app.get('/tea', () => abort(418))
      app.get('/spilled', () => {
        throw new Spilled()
      })
      app.get('/gone', () => abort(410))
      app.get('/unknown', (ctx) => ctx.urlFor('unknown'))
      expect(await Promise.all(['/tea', '/spilled', '/gone', '/unknown'].map(get))).toEqual([
        '418 by status',
        '500 by class',
        '410 by a class of core: 410',
        '500 by another: MICRO_ROUTE_UNKNOWN',
      ])
    },
  },
  register: {
    contribute: (setup, { core: { blueprint } }) => {
      const pages = blueprint('pages', import.meta, { prefix: '/pages' })
      pages.get('/:n<int>', { name: 'page' }, (ctx) => ({ next: ctx.urlFor('.page', { n: ctx.params.n + 1 }) }))
      setup.register(pages)
    },
    prove: async ({ get }) => expect(await get('/pages/1')).toBe('200 {"next":"/pages/2"}'),
  },
  converter: {
    contribute: (setup) =>
      setup.converter('hex', { parse: (text) => Number.parseInt(text, 16), format: (value) => Number(value).toString(16) }),
    async prove({ app, get }) {
      app.get('/hex/:n<hex>' as '/hex/:n', { name: 'hex' }, (ctx) => `${Number(ctx.params.n) + 1} ${ctx.urlFor('hex', { n: 255 })}`)
      expect(await get('/hex/ff')).toBe('200 256 /hex/ff')
    },
  },
  bodyReader: {
    contribute: (setup) => setup.bodyReader('text/x-csv', async (ctx) => (await ctx.readText()).split(',')),
    async prove({ app, client }) {
      app.post('/', async (ctx) => ({ got: await ctx.readBody() }))
      const reply = await client.post('/', { body: 'a,b', headers: { 'content-type': 'text/x-csv' } })
      expect(await reply.json()).toEqual({ got: ['a', 'b'] })
    },
  },
  'templates.directory': {
    contribute: (setup, { directory }) => setup.templates.directory(`${directory}/full`),
    async prove({ app, get }) {
      app.get('/page', (ctx) => ctx.render('full/page.ejs', { name: '<Ada>' }))
      expect(await get('/page')).toBe('200 Hello, &lt;Ada&gt;')
    },
  },
  'templates.global': {
    contribute: (setup) => setup.templates.global('site', 'Micro'),
    prove: (proof) => renders(proof, '<%= site %>', 'Micro'),
  },
  'templates.filter': {
    contribute: (setup) => setup.templates.filter('shout', (text: string) => text.toUpperCase()),
    prove: (proof) => renders(proof, '<%= shout("quiet") %>', 'QUIET'),
  },
  'templates.context': {
    contribute: (setup) => setup.templates.context(async (ctx) => ({ here: ctx.path })),
    prove: (proof) => renders(proof, '<%= here %>', '/rendered'),
  },
  'templates.engine': {
    contribute: (setup) =>
      setup.templates.engine({
        name: 'plain',
        compile: ({ text }: TemplateSource) => ({ render: ({ name }) => text.replaceAll('{name}', String(name)) }),
      }),
    prove: (proof) => renders(proof, 'by {name}', 'by Ada'),
  },
  static: {
    contribute: (setup, { directory }) => setup.static(`${directory}/own`),
    prove: async ({ get }) => expect(await get('/static/full/static.txt')).toBe('200 at rest'),
  },
  'cli.command': {
    contribute: (setup) =>
      setup.cli.command('greet', { description: 'Greets.', positionals: ['<name>'] }, ({ positionals, print, app }) =>
        print(`Hello, ${positionals[0]}, in ${app.mode}`),
      ),
    async prove({ app, notes }) {
      const command = app['~registry'].commands.list.find(({ name }) => name === 'full greet')
      await app.run(() => command?.run({ app, positionals: ['Ada'], flags: {}, print: (line) => notes.push(line) }))
      expect(notes).toEqual(['Hello, Ada, in test'])
    },
  },
  'cli.shell': {
    contribute: (setup) => setup.cli.shell('answer', () => 42),
    prove: async ({ app }) => expect(app['~registry'].commands.shell.get('answer')?.()).toBe(42),
  },
  health: {
    contribute: (setup) => setup.health(() => 'It is ill.'),
    prove: async ({ app }) => expect(await app.checkHealth()).toEqual({ isHealthy: false, extensions: { full: false } }),
  },
  signal: {
    contribute: (setup) => {
      const told = setup.signal<{ readonly word: string }>('told')
      setup.onStart(() => told.publish({ word: 'hello' }))
    },
    async prove({ app }) {
      const heard: unknown[] = []
      const listener = (message: unknown): void => void heard.push(message)
      subscribe('micro:full:told', listener)
      await app.start()
      unsubscribe('micro:full:told', listener)
      expect(heard).toEqual([{ word: 'hello' }])
    },
  },
  'session.store': {
    contribute: (setup, { notes }) =>
      setup.session.store({
        load: () => null,
        save: (text) => `kept-${notes.push(text)}`,
        renew: (cookie) => cookie,
        destroy: () => undefined,
      }),
    async prove({ app, client, notes }) {
      app.get('/set', (ctx) => {
        ctx.session.set('a', 1)
        return 'set'
      })
      const reply = await client.get('/set')
      expect(reply.headers.get('set-cookie')).toMatch(/^session=kept-1;/)
      expect(notes[0]).toContain('"a":1')
    },
  },
  'session.cookie': {
    contribute: (setup) => setup.session.cookie((ctx) => ({ name: `s-${ctx.path.length}` })),
    async prove({ app, client }) {
      app.get('/set', (ctx) => {
        ctx.session.set('a', 1)
        return 'set'
      })
      expect((await client.get('/set')).headers.get('set-cookie')).toMatch(/^s-4=/)
    },
  },
  json: {
    contribute: (setup) => setup.json({ stringify: (value) => `/* own */ ${JSON.stringify(value)}`, parse: (text) => ({ parsed: text }) }),
    async prove({ app, client, get }) {
      app.get('/json', () => ({ a: 1 }))
      app.post('/json', (ctx) => ctx.readJson() as Promise<object>)
      expect(await get('/json')).toBe('200 /* own */ {"a":1}')
      expect(await (await client.post('/json', { body: 'x', headers: { 'content-type': 'application/json' } })).text()).toBe(
        '/* own */ {"parsed":"x"}',
      )
    },
  },
}

async function renders({ app, get }: Proof, text: string, expected: string): Promise<void> {
  app.get('/rendered', (ctx) => ctx.render({ text }, { name: 'Ada' }))
  expect(await get('/rendered')).toBe(`200 ${expected}`)
}
