import { spawnSync } from 'node:child_process'
import { rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { micro, type TemplateEngine } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, test, vi } from 'vitest'
import { ejsEngine } from '../src/ejs-engine.ts'
import { escapeHtml } from '../src/html.ts'
import { microErrorOf } from './micro-error-of.ts'
import { directory, site, templatesExtension, write } from './template-site.ts'

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
      const { rendered } = site({ 'templates/a.ejs': '<%= word %>', 'templates/b.ejs': '<%= await word %>' })
      expect((await rendered('a.ejs', { word: 'x' })).page).toBe('x')
      expect((await rendered('b.ejs', { word: 'x' })).page).toBeInstanceOf(Promise)
    })

    test('stays synchronous with a synchronous context provider, which runs once a page', async () => {
      const { app, rendered } = site({ 'templates/a.ejs': '<%= word %>' })
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

    test('gives values that inherit nothing: what a name means is what was given', async () => {
      const { render } = site({
        'templates/a.ejs': "<%= 'toString' in locals %> <%= 'constructor' in locals %> <%- include('b.ejs', { own: 1 }) %>",
        'templates/b.ejs': "<%= 'toString' in locals %> <%= 'constructor' in locals %> <%= typeof locals.__proto__ %>",
      })
      expect(await render('a.ejs')).toBe('false false false false undefined')
      expect(await render('a.ejs', JSON.parse('{ "__proto__": { "toString": 1 } }'))).toBe('false false false false object')
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

    test('in development a file that appears or goes away is noticed', async () => {
      const { app, root, render } = site({ 'below/a.ejs': 'below' }, { mode: 'development' })
      app.templates.directory(join(root, 'below'), 'x')
      expect(await render('x/a.ejs')).toBe('below')
      write(join(root, 'templates/x/a.ejs'), 'above')
      expect(await render('x/a.ejs')).toBe('above')
      rmSync(join(root, 'templates/x/a.ejs'))
      expect(await render('x/a.ejs')).toBe('below')
    })

    test('a template that fails names file, line and source', async () => {
      const { root, render } = site({ 'templates/notes/a.ejs': '\ufeffone\n<%= titel %>\n' })
      const error = await microErrorOf(() => render('notes/a.ejs', { title: 'x' }))
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

  describe('engine', () => {
    test('is swapped by a ten-line adapter', async () => {
      const { app, render } = site({
        'templates/a.ejs': '<%= name %>',
        'templates/n/b.txt': '{{name}} {{>./c.txt}}',
        'templates/n/c.txt': '({{greet}})',
      })
      app.templates.global('greet', 'hi')
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
      app.use(templatesExtension('one', (templates) => templates.engine(braceEngine())))
      expect(() => app.use(templatesExtension('two', (templates) => templates.engine(braceEngine())))).toThrow(
        expect.objectContaining({ code: 'MICRO_PART_TAKEN' }),
      )
      app.use(templatesExtension('three', (templates) => templates.engine(braceEngine(), { replace: true })))
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
      const error = await microErrorOf(() => app.templates.explain('a.ejs'))
      expect(error.code).toBe('MICRO_NO_FILES')
    })

    test('a runtime without a file system says so', async () => {
      const { app } = site({ 'templates/a.ejs': 'a' })
      const builtin = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
      try {
        const error = await microErrorOf(() => app.templates.explain('a.ejs'))
        expect(error.code).toBe('MICRO_NO_FILES')
        expect(error.message).toContain("The template 'a.ejs' needs a file system")
      } finally {
        builtin.mockRestore()
      }
    })
  })

  test('an app that renders nothing does not load the engine', () => {
    const code = `
      const { micro } = await import('@micro/core')
      const loaded = () => Object.keys(process.getBuiltinModule('node:module').createRequire(import.meta.url).cache).some((file) => /[\\\\/]ejs[\\\\/]/.test(file))
      const app = micro({ ...import.meta, dirname: ${JSON.stringify(directory({ 'templates/a.ejs': 'a' }))} }, { mode: 'test', env: {} })
      app.get('/', (ctx) => ctx.render('a.ejs'))
      app.get('/plain', () => 'plain')
      await app.client().get('/plain')
      const before = loaded()
      await app.client().get('/')
      console.log(before, loaded())`
    const run = spawnSync(process.execPath, ['--conditions', '@micro/source', '--input-type', 'module', '--eval', code], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    })
    expect(run.stderr).toBe('')
    expect(run.stdout).toBe('false true\n')
  })
})
