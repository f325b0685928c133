import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  blueprint,
  type Context,
  defineExtension,
  isMicroError,
  type MicroError,
  type MicroOptions,
  micro,
  options,
  type Setup,
  type TemplateEngine,
} from '@micro/core'
import { serve } from '@micro/core/node'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { ejsEngine } from '../src/ejs-engine.ts'
import { escapeHtml } from '../src/html.ts'

const made: string[] = []

afterAll(() => {
  for (const directory of made) {
    rmSync(directory, { recursive: true })
  }
})

/** A directory with these files. */
function directory(files: { readonly [path: string]: string }): string {
  const root = mkdtempSync(join(tmpdir(), 'micro-templates-'))
  made.push(root)
  for (const [path, text] of Object.entries(files)) {
    write(join(root, path), text)
  }
  return root
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** `import.meta` of a module in this directory. */
const moduleIn = (path: string): ImportMeta => ({ ...import.meta, dirname: path, filename: join(path, 'app.js') })

/** An app in a directory with these files, and a function that renders one of its templates within a request. */
function site(files: { readonly [path: string]: string }, settings: MicroOptions = {}) {
  const root = directory(files)
  const app = micro(moduleIn(root), { mode: 'production', env: { MICRO_SECRET_KEY: 'x'.repeat(40) }, ...settings })
  let run = (_: Context): unknown => ''
  app.get('/', (ctx) => {
    try {
      return ctx.json({ done: run(ctx) !== undefined })
    } catch (error) {
      failure = error
      return 'failed'
    }
  })
  let failure: unknown
  /** What `templates.render` returns: text, or a promise of it. */
  const rendered = async (name: string, values?: object): Promise<{ readonly page: string | Promise<string> }> => {
    let page: string | Promise<string> = ''
    failure = undefined
    run = (ctx) => {
      page = app.templates.render(ctx, name, values)
    }
    await app.fetch(new Request('http://localhost/'))
    if (failure !== undefined) {
      throw failure
    }
    return { page }
  }
  return { app, root, rendered, render: async (name: string, values?: object) => (await rendered(name, values)).page }
}

/** The error that `run` throws or rejects with. */
async function errorOf(run: () => unknown): Promise<MicroError> {
  try {
    await run()
  } catch (error) {
    if (isMicroError(error)) {
      return error
    }
    throw error
  }
  throw new Error('nothing was thrown')
}

/** An extension that is told what to contribute to the templates. */
const extension = (name: string, contribute: (templates: Setup['templates']) => void) =>
  defineExtension({
    name,
    version: '1.0.0',
    core: '*',
    config: options({}),
    initApp: (app) => {
      contribute(app.templates)
      return {}
    },
  })

/** A template engine of another kind: `{{name}}` prints a value, `{{>name}}` another template. */
const braceEngine = (): TemplateEngine => ({
  name: 'brace',
  compile: ({ text, load }) => ({
    render: (values) =>
      text.replace(/\{\{(>?)(.+?)\}\}/g, (_, partial, name) => (partial ? String(load(name).render(values)) : escapeHtml(values[name]))),
  }),
})

describe('Templates', () => {
  describe('render', () => {
    test('serves a page with layout, flashed messages and links, without a socket and with one', async () => {
      const { app } = site({
        'templates/layout.ejs':
          "<title><% block('title', () => { %>Site<% }) %></title><% for (const { message } of flashes()) { %><p><%= message %></p><% } %><%- body %>",
        'templates/hello.ejs':
          "<% layout('layout.ejs'); block('title', 'Hi ' + name) %><a href=\"<%= urlFor('hello', { name }) %>\"><%= ctx.method %> <%= name %> <%= flashes().length %></a>",
      })
      app.get('/hello/:name', { name: 'hello' }, (ctx) => {
        ctx.flash('Saved.')
        return ctx.render('hello.ejs', { name: ctx.params.name })
      })
      app.get('/gone', (ctx) => ctx.render('hello.ejs', { name: 'x' }, 410))
      const expected = '<title>Hi A&amp;B</title><p>Saved.</p><a href="/hello/A&amp;B">GET A&amp;B 1</a>'
      const server = await serve(app, { port: 0 })
      try {
        for (const get of [(path: string) => app.client().get(path), (path: string) => fetch(server.url + path)]) {
          const response = await get('/hello/A%26B')
          expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
          expect(await response.text()).toBe(expected)
          expect((await get('/gone')).status).toBe(410)
        }
      } finally {
        await server.stop()
      }
    })

    test('is synchronous unless something waits', async () => {
      const { app, rendered } = site({ 'templates/a.ejs': '<%= word %>', 'templates/b.ejs': '<%= await word %>' })
      expect((await rendered('a.ejs', { word: 'x' })).page).toBe('x')
      expect((await rendered('b.ejs', { word: 'x' })).page).toBeInstanceOf(Promise)
      let asked = 0
      app.templates.context(() => {
        asked++
        return { word: 'provided' }
      })
      expect((await rendered('a.ejs')).page).toBe('provided')
      expect(asked).toBe(1)
    })

    test("gives globals, filters, context values, core's own, and the values of the call, the later on top", async () => {
      const { app, render } = site({ 'templates/a.ejs': '<%= [one, two, three, four].join() %> <%= shout(four) %> <%= ctx.path %>' })
      app.templates.global('one', 'global')
      app.templates.global('two', 'global')
      app.templates.global('ctx', 'global')
      app.templates.filter('shout', (text: string) => text.toUpperCase())
      app.templates.context((ctx) => ({ two: 'context', three: 'context', four: `context ${ctx.method}`, ctx: 'context' }))
      app.templates.context(async () => ({ three: 'later context' }))
      expect(await render('a.ejs', { four: 'call' })).toBe('global,context,later context,call CALL /')
    })

    test('exposes no configuration', async () => {
      const { render } = site({ 'templates/a.ejs': '<%= typeof config %> <%= Object.keys(locals).sort().join() %>' })
      expect(await render('a.ejs')).toBe('undefined ctx,flashes,urlFor')
    })

    test('context providers run only for pages that are there, one after the other', async () => {
      const { app, render } = site({ 'templates/a.ejs': 'a' })
      const order: string[] = []
      app.templates.context(async () => {
        order.push('first begins')
        await Promise.resolve()
        order.push('first ends')
        return {}
      })
      app.templates.context(() => {
        order.push('second')
        return {}
      })
      await expect(render('missing.ejs')).rejects.toThrow('There is no template')
      expect(order).toEqual([])
      await render('a.ejs')
      expect(order).toEqual(['first begins', 'first ends', 'second'])
    })

    test('reads and compiles a template once, except in development', async () => {
      for (const [mode, after] of [
        ['production', 'old'],
        ['test', 'old'],
        ['development', 'new'],
      ] as const) {
        const { root, render } = site({ 'templates/a.ejs': "<%- include('b.ejs') %>", 'templates/b.ejs': 'old' }, { mode })
        expect(await render('a.ejs')).toBe('old')
        write(join(root, 'templates/b.ejs'), 'new')
        utimesSync(join(root, 'templates/b.ejs'), new Date(), new Date(Date.now() + 5_000))
        expect(await render('a.ejs')).toBe(after)
      }
    })

    test('in development compiles again only what was changed', async () => {
      const { app, root, render } = site({ 'templates/a.ejs': 'a', 'templates/b.ejs': 'b' }, { mode: 'development' })
      const compiled: string[] = []
      const ejs = ejsEngine()
      app.templates.engine({
        name: 'counting',
        compile: (source) => {
          compiled.push(source.name)
          return ejs.compile(source)
        },
      })
      await render('a.ejs')
      await render('b.ejs')
      write(join(root, 'templates/b.ejs'), 'longer')
      await render('a.ejs')
      expect(await render('b.ejs')).toBe('longer')
      expect(compiled).toEqual(['a.ejs', 'b.ejs', 'b.ejs'])
    })

    test('a template that fails names file, line and source', async () => {
      const { root, render } = site({ 'templates/notes/a.ejs': '\ufeffone\n<%= titel %>\n' })
      const error = await errorOf(() => render('notes/a.ejs', { title: 'x' }))
      expect(error.code).toBe('MICRO_TEMPLATE_FAILED')
      expect(error.message).toContain('Template notes/a.ejs, line 2: ReferenceError: titel is not defined')
      expect(error.fix).toContain(`${join(root, 'templates/notes/a.ejs')}:2\n   1| one\n>> 2| <%= titel %>`)
    })

    test('nothing of it is told to the client in production', async () => {
      const { app } = site({ 'templates/a.ejs': '<%= secretName %>' }, { logSink: () => {} })
      app.get('/fails', (ctx) => ctx.render('a.ejs'))
      const response = await app.fetch(new Request('http://localhost/fails', { headers: { accept: 'text/html' } }))
      expect(response.status).toBe(500)
      expect(await response.text()).not.toMatch(/secretName|a\.ejs/)
    })
  })

  describe('directory', () => {
    test('is seen under its namespace; the app overrides file by file', async () => {
      const { app, root, render } = site({
        'templates/notes/row.ejs': "app's row",
        'notes/templates/index.ejs': "index: <%- include('./row.ejs') %> <%- include('notes/foot.ejs') %> <%- include('foot.ejs') %>",
        'notes/templates/row.ejs': "notes' row",
        'notes/templates/foot.ejs': "notes' foot",
        'templates/foot.ejs': "app's foot",
      })
      app.register(blueprint('notes', moduleIn(join(root, 'notes'))))
      expect(await render('notes/index.ejs')).toBe("index: app's row notes' foot app's foot")
      await expect(render('index.ejs')).rejects.toThrow('There is no template')
    })

    test('of an extension lies under the name of the extension', async () => {
      const mail = directory({ 'welcome.txt.ejs': 'Hi <%= name %>' })
      const { app, render } = site({})
      app.use(extension('mail', (templates) => templates.directory(mail)))
      expect(await render('mail/welcome.txt.ejs', { name: '<you>' })).toBe('Hi <you>')
    })

    test('several under one namespace are searched in the order they were added, those of the app first of all', async () => {
      const first = directory({ 'a.ejs': 'first', 'b.ejs': 'first' })
      const second = directory({ 'a.ejs': 'second', 'b.ejs': 'second', 'c.ejs': 'second' })
      const own = directory({ 'x/a.ejs': 'own' })
      const { app, render } = site({})
      app.templates.directory(first, 'x')
      app.templates.directory(second, 'x')
      expect(await render('x/a.ejs')).toBe('first')
      app.templates.directory(own)
      expect(await Promise.all(['x/a.ejs', 'x/b.ejs', 'x/c.ejs'].map((name) => render(name)))).toEqual(['own', 'first', 'second'])
      expect(app.templates.directories.map(({ namespace }) => namespace)).toEqual(['', '', 'x', 'x'])
    })
  })

  describe('containment', () => {
    test.each([
      '../secret.ejs',
      'notes/../../secret.ejs',
      'notes/../a.ejs',
      './a.ejs',
      '/a.ejs',
      'notes//a.ejs',
      'a.ejs/',
      'a.ejs\0.txt',
      '..\\secret.ejs',
      'notes\\a.ejs',
      '',
      '.',
      '..',
    ])('%j is missing', async (name) => {
      const { app, root, render } = site({ 'secret.ejs': 'secret', 'templates/a.ejs': 'a', 'templates/notes/a.ejs': 'a' })
      for (const asked of [name, join(root, 'secret.ejs')]) {
        const error = await errorOf(() => render(asked))
        expect(error.code).toBe('MICRO_TEMPLATE_MISSING')
        expect(error.message).toContain('Looked in: none')
      }
      expect(app.templates.explain(name)).toEqual([])
    })

    test('a relative include does not lead out', async () => {
      const { render } = site({
        'secret.ejs': 'secret',
        'templates/a.ejs': "<%- include('../secret.ejs') %>",
        'templates/n/b.ejs': "<%- include('../../secret.ejs') %>",
      })
      for (const name of ['a.ejs', 'n/b.ejs']) {
        const error = await errorOf(() => render(name))
        expect(error.message).toContain('There is no template')
        expect((error.cause as MicroError).code).toBe('MICRO_TEMPLATE_MISSING')
      }
    })

    test('a symbolic link out of the directory is refused, one within it is followed', async () => {
      const { app, root, render } = site({ 'secret/a.ejs': 'secret', 'templates/real/a.ejs': 'real', 'templates-2/a.ejs': 'beside' })
      symlinkSync(join(root, 'secret/a.ejs'), join(root, 'templates/file.ejs'))
      symlinkSync(join(root, 'secret'), join(root, 'templates/folder'))
      symlinkSync(join(root, 'templates-2'), join(root, 'templates/beside'))
      symlinkSync(join(root, 'templates/loop.ejs'), join(root, 'templates/loop.ejs'))
      symlinkSync(join(root, 'templates/real'), join(root, 'templates/inside'))
      for (const name of ['file.ejs', 'folder/a.ejs', 'beside/a.ejs', 'loop.ejs', 'real']) {
        const error = await errorOf(() => render(name))
        expect(error.code).toBe('MICRO_TEMPLATE_MISSING')
        expect(error.message).toContain('refused')
        expect(app.templates.explain(name)).toEqual([{ file: join(root, 'templates', name), state: 'refused' }])
      }
      expect(await render('inside/a.ejs')).toBe('real')
    })

    test('the directory itself may be a link', async () => {
      const { root } = site({ 'release/templates/a.ejs': 'released' })
      symlinkSync(join(root, 'release'), join(root, 'current'))
      const app = micro(moduleIn(join(root, 'current')), { mode: 'test', env: {} })
      app.get('/', (ctx) => ctx.render('a.ejs'))
      expect(await (await app.client().get('/')).text()).toBe('released')
    })

    test('a name that is too long for the disk is missing', async () => {
      expect((await errorOf(() => site({}).render(`${'x'.repeat(5_000)}.ejs`))).code).toBe('MICRO_TEMPLATE_MISSING')
    })
  })

  describe('explain', () => {
    test('lists the files that were tried, and which of them won', async () => {
      const { app, root, render } = site({ 'notes/templates/index.ejs': 'blueprint' })
      app.register(blueprint('notes', moduleIn(join(root, 'notes'))))
      const mine = join(root, 'templates/notes/index.ejs')
      const theirs = join(root, 'notes/templates/index.ejs')
      expect(app.templates.explain('notes/index.ejs')).toEqual([
        { file: mine, state: 'absent' },
        { file: theirs, state: 'wins' },
      ])
      write(mine, 'mine')
      expect(app.templates.explain('notes/index.ejs')).toEqual([
        { file: mine, state: 'wins' },
        { file: theirs, state: 'hidden' },
      ])
      const error = await errorOf(() => render('notes/nope.ejs'))
      expect(error.message).toContain(
        `There is no template 'notes/nope.ejs'. Looked in: ${join(root, 'templates/notes/nope.ejs')}, ${join(root, 'notes/templates/nope.ejs')}.`,
      )
    })
  })

  describe('engine', () => {
    test('is swapped by a ten-line adapter', async () => {
      const { app, render } = site({
        'templates/a.ejs': '<%= name %>',
        'templates/n/b.txt': '{{name}} {{>./c.txt}}',
        'templates/n/c.txt': '({{greet}})',
      })
      app.templates.global('greet', 'hi')
      expect(await render('a.ejs', { name: '&' })).toBe('&amp;')
      app.templates.engine(braceEngine())
      expect(await render('n/b.txt', { name: '&' })).toBe('&amp; (hi)')
      expect(await render('a.ejs', { name: '&' })).toBe('<%= name %>')
    })

    test('is given the text of other templates, and the filters', async () => {
      const { app, render } = site({ 'templates/n/a.x': 'a', 'templates/n/b.x': 'b' })
      app.templates.filter('shout', (text: string) => `${text}!`)
      app.templates.engine({
        name: 'reading',
        compile: ({ text, read, filters }) => ({
          render: () => `${text} ${read('./b.x').text} ${read('./b.x').name} ${(filters.shout as (text: string) => string)('x')}`,
        }),
      })
      expect(await render('n/a.x')).toBe('a b n/b.x x!')
    })

    test('has one winner, unless the second says that it replaces the first', () => {
      const { app } = site({})
      app.templates.engine(braceEngine(), { owner: 'one' })
      expect(() => app.templates.engine(braceEngine(), { owner: 'two' })).toThrow(
        expect.objectContaining({ code: 'MICRO_PART_TAKEN', message: expect.stringContaining('template engine: one and two') }),
      )
      expect(() => app.templates.engine(braceEngine())).toThrow('one and app')
      app.templates.engine(braceEngine(), { owner: 'two', replace: true })
    })

    test('of two extensions has one winner', () => {
      const { app } = site({})
      app.use(extension('one', (templates) => templates.engine(braceEngine())))
      expect(() => app.use(extension('two', (templates) => templates.engine(braceEngine())))).toThrow(
        expect.objectContaining({ code: 'MICRO_PART_TAKEN' }),
      )
      app.use(extension('three', (templates) => templates.engine(braceEngine(), { replace: true })))
    })
  })

  describe('global and filter', () => {
    test('share their names, of which each belongs to one party', () => {
      const { templates } = site({}).app
      templates.global('when', 1, { owner: 'one' })
      expect(() => templates.filter('when', () => '', { owner: 'two' })).toThrow("template global 'when': one and two")
      templates.global('when', 2, { owner: 'one' })
      templates.global('when', 3, { owner: 'two', replace: true })
    })
  })

  describe('without files', () => {
    test('an app without a directory says so', async () => {
      const app = micro({ ...import.meta, dirname: undefined } as unknown as ImportMeta, { mode: 'test', env: {} })
      const error = await errorOf(() => app.templates.explain('a.ejs'))
      expect(error.code).toBe('MICRO_NO_FILES')
    })

    test('a runtime without a file system says so', async () => {
      const { app } = site({ 'templates/a.ejs': 'a' })
      const builtin = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
      try {
        const error = await errorOf(() => app.templates.explain('a.ejs'))
        expect(error.code).toBe('MICRO_NO_FILES')
        expect(error.message).toContain("The template 'a.ejs' needs a file system")
      } finally {
        builtin.mockRestore()
      }
    })
  })
})
