import { spawnSync } from 'node:child_process'
import { rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { blueprint, micro, type TemplateEngine } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, test, vi } from 'vitest'
import { moduleCommand } from '../../../tooling/test/src/module-command.ts'
import { ejsEngine } from '../src/templates/ejs-engine.ts'
import { escapeHtml, raw } from '../src/templates/html.ts'
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

    test('context values of the app lie below those of a blueprint, those of the outer one below those of the inner', async () => {
      const { app } = site({ 'templates/a.ejs': '<%= [one, two, three, four].join() %>' })
      const inner = blueprint('inner', import.meta)
      inner.get('/', (ctx) => ctx.render('a.ejs', { four: 'call' }))
      inner.templates.context(async () => ({ three: 'inner', four: 'inner' }))
      const outer = blueprint('outer', import.meta, { prefix: '/outer' })
      outer.templates.context(() => ({ two: 'outer', three: 'outer', four: 'outer' }))
      outer.get('/own', (ctx) => ctx.render('a.ejs', { four: 'call' }))
      outer.register(inner)
      app.register(outer)
      app.templates.context(() => ({ one: 'app', two: 'app', three: 'app', four: 'app' }))
      const pages = await Promise.all(
        ['/outer', '/outer/own'].map(async (path) => (await app.fetch(new Request(`http://x${path}`))).text()),
      )
      expect(pages).toEqual(['app,outer,inner,call', 'app,outer,outer,call'])
    })

    test('exposes no configuration', async () => {
      const { render } = site({ 'templates/a.ejs': '<%= typeof config %> <%= Object.keys(locals).sort().join() %>' })
      expect(await render('a.ejs')).toBe('undefined ctx,flashes,json,urlFor')
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

  describe('choice', () => {
    test('takes the first of several names that is there', async () => {
      const { render } = site({ 'templates/b.ejs': 'b <%= word %>', 'templates/c.ejs': 'c' })
      expect(await render(['a.ejs', 'b.ejs', 'c.ejs'], { word: 'x' })).toBe('b x')
    })

    test('names the first of several of which none is there', async () => {
      const { render } = site({})
      const error = await microErrorOf(() => render(['a.ejs', 'b.ejs']))
      expect([error.code, error.message]).toEqual(['MICRO_TEMPLATE_MISSING', expect.stringContaining("'a.ejs'")])
    })

    test('takes a text, escaped, which may include templates, and compiles it once', async () => {
      const { app, render } = site({ 'templates/part.ejs': '(<%= word %>)' })
      let compiled = 0
      const engine = ejsEngine()
      app.templates.engine({
        name: 'counting',
        compile: (source) => {
          compiled++
          return engine.compile(source)
        },
      })
      const text = { text: "<b><%= word %></b><%- include('./part.ejs') %>" }
      expect(await render(text, { word: '<' })).toBe('<b>&lt;</b>(&lt;)')
      expect(await render(text, { word: 'x' })).toBe('<b>x</b>(x)')
      expect(compiled).toBe(2)
    })

    test('gives a text a name for its errors and for the engine', async () => {
      const { render } = site({})
      expect(await render({ text: '<%= word %>', name: 'mail.txt' }, { word: '&' })).toBe('&')
      const error = await microErrorOf(() => render({ text: 'one\n<%= gone %>' }))
      expect(error.message).toContain('inline.html:2')
    })
  })

  describe('stream', () => {
    test('sends what is printed each time that the template waits', async () => {
      const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const
      const { app } = site({
        'templates/list.ejs':
          "<ul><% for (const gate of gates) { %><li><%= await gate %></li><% } %></ul><% await block('end', async () => { %><%= await 'end' %><% }) %>.",
      })
      app.get('/list', (ctx) => ctx.renderStream('list.ejs', { gates: gates.map(({ promise }) => promise) }, 202))
      const server = await serve(app, { port: 0 })
      try {
        const response = await fetch(`${server.url}/list`)
        expect([response.status, response.headers.get('content-type')]).toEqual([202, 'text/html; charset=utf-8'])
        const reader = (response.body as ReadableStream<BufferSource>).pipeThrough(new TextDecoderStream()).getReader()
        expect((await reader.read()).value).toBe('<ul><li>')
        gates[0].resolve('one')
        expect((await reader.read()).value).toBe('one</li><li>')
        gates[1].resolve('<two>')
        let rest = ''
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
          rest += part.value
        }
        expect(rest).toBe('&lt;two&gt;</li></ul>end.')
      } finally {
        await server.stop()
      }
    })

    const collected = async (pieces: AsyncIterable<string>) => {
      const list: string[] = []
      for await (const piece of pieces) {
        list.push(piece)
      }
      return list
    }

    test.each<[what: string, files: { readonly [name: string]: string }, pieces: string[]]>([
      ['a page that waits for nothing', { 'templates/a.ejs': 'a<%= word %>' }, ['ax']],
      [
        'a page with a layout: its text is part of the layout',
        { 'templates/a.ejs': "<% layout('l.ejs') %>a<%= await word %>", 'templates/l.ejs': '[<%- body %>]' },
        ['[ax]'],
      ],
      [
        'a part: it is printed as a whole',
        { 'templates/a.ejs': "a<%- await include('b.ejs') %>", 'templates/b.ejs': 'b<%= await word %>c' },
        ['a', 'bxc'],
      ],
    ])('sends %s', async (_, files, pieces) => {
      const { app } = site(files)
      const sent = await app.run((ctx) => collected(app.templates.stream(ctx, 'a.ejs', { word: 'x' })))
      expect(sent).toEqual(pieces)
      expect(await app.run((ctx) => app.templates.render(ctx, 'a.ejs', { word: 'x' }))).toBe(pieces.join(''))
    })

    test('fails when it comes to the mistake, after what was printed before it', async () => {
      const { app } = site({ 'templates/a.ejs': 'a<% await word %>b<%= gone %>' })
      const sent: string[] = []
      const error = await microErrorOf(() =>
        app.run(async (ctx) => {
          for await (const piece of app.templates.stream(ctx, 'a.ejs', { word: 'x' })) {
            sent.push(piece)
          }
        }),
      )
      expect([sent, error.code]).toEqual([['a', 'b'], 'MICRO_TEMPLATE_FAILED'])
    })

    test('refuses a layout after a part of the page was sent', async () => {
      const { app } = site({ 'templates/a.ejs': "a<% await word %><% layout('l.ejs') %>", 'templates/l.ejs': '' })
      const error = await microErrorOf(() => app.run((ctx) => collected(app.templates.stream(ctx, 'a.ejs', { word: 'x' }))))
      expect(error.message).toContain('layout() is called after a part of the page was sent')
    })

    test('gives the page of an engine that cannot stream at once', async () => {
      const { app } = site({ 'templates/a.txt': '{{word}}' })
      app.templates.engine(braceEngine())
      expect(await app.run((ctx) => collected(app.templates.stream(ctx, 'a.txt', { word: 'x' })))).toEqual(['x'])
    })
  })

  describe('names', () => {
    test('lists every template once, without hidden files, under the names they are rendered by', async () => {
      const { app, root } = site({
        'templates/a.ejs': '',
        'templates/shop/b.ejs': '',
        'templates/.c.ejs': '',
        'shop/b.ejs': '',
        'shop/d/e.ejs': '',
      })
      app.templates.directory(join(root, 'shop'), 'shop')
      app.templates.directory(join(root, 'gone'), 'gone')
      expect(app.templates.names()).toEqual(['a.ejs', 'shop/b.ejs', 'shop/d/e.ejs'])
    })
  })

  describe('json', () => {
    test('prints a value for a script or an attribute, by the JSON provider, and nothing in it ends them', async () => {
      const { app, render } = site({ 'templates/a.ejs': "<script>const data = <%= json(value) %></script><p data-x='<%= json(value) %>'>" })
      const value = { text: `</script><!-- '&\u2028`, when: new Date(0) }
      const page = await render('a.ejs', { value })
      const json = /const data = (.*?)<\/script>/.exec(page)?.[1] as string
      expect(json).not.toMatch(/[<>&'\u2028]/)
      expect(JSON.parse(json)).toEqual({ ...value, when: '1970-01-01T00:00:00.000Z' })
      expect(page).toContain(`<p data-x='${json}'>`)
      expect(app.json.stringify({ html: raw('<b>') })).toBe('{"html":"<b>"}')
    })
  })

  describe('engine', () => {
    test('of EJS takes another delimiter, and another rule of what is escaped', async () => {
      const { app, render } = site({ 'templates/a.ejs': '<?= word ?><%', 'templates/a.md': '<?= word ?>' })
      app.templates.engine(ejsEngine({ delimiter: '?', autoescape: (name) => !name.endsWith('.md') }))
      expect([await render('a.ejs', { word: '&' }), await render('a.md', { word: '&' })]).toEqual(['&amp;<%', '&'])
    })

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
    const run = spawnSync(...moduleCommand(code), {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    })
    expect(run.stderr).toBe('')
    expect(run.stdout).toBe('false true\n')
  })
})
