import { HttpError, isMicroError } from '@micro/core'
import { describe, expect, test, vi } from 'vitest'
import { ejsEngine } from '../src/ejs-engine.ts'
import { readEjs } from '../src/ejs-source.ts'
import { raw } from '../src/html.ts'
import type { CompiledTemplate, TemplateSource, TemplateValues } from '../src/template-engine.ts'
import { resolveTemplateName } from '../src/template-loader.ts'

/** Templates in memory, compiled once each. */
function pages(texts: { readonly [name: string]: string }) {
  const engine = ejsEngine()
  const compiled = new Map<string, CompiledTemplate>()
  const source = (name: string): TemplateSource => {
    const text = texts[name]
    if (text === undefined) {
      throw new Error(`no template ${name}`)
    }
    return {
      name,
      file: `/site/${name}`,
      text,
      filters: {},
      load: (other) => load(resolveTemplateName(other, name)),
      read: (other) => source(resolveTemplateName(other, name)),
    }
  }
  const load = (name: string): CompiledTemplate => {
    const template = compiled.get(name) ?? engine.compile(source(name))
    compiled.set(name, template)
    return template
  }
  return (name: string, values: object = {}) => load(name).render(Object.assign(Object.create(null), values) as TemplateValues)
}

/** Renders one template without layout or partials. */
const once = (text: string, values: object = {}, name = 'page.ejs') => pages({ [name]: text })(name, values)

/** The error that `run` throws or rejects with. */
async function errorOf(run: () => unknown) {
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

describe('ejsEngine', () => {
  describe('printing', () => {
    const escaped: readonly (readonly [what: string, value: unknown, printed: string])[] = [
      ['a tag', '<b>', '&lt;b&gt;'],
      ['an ampersand', 'a & b', 'a &amp; b'],
      ['a reference', '&lt;', '&amp;lt;'],
      ['double quotes', 'say "x"', 'say &quot;x&quot;'],
      ['single quotes', "it's", 'it&#39;s'],
      ['several in a row', `<>&"'`, '&lt;&gt;&amp;&quot;&#39;'],
      ['nothing special', 'plain ä 😀 `', 'plain ä 😀 `'],
      ['an empty text', '', ''],
      ['undefined', undefined, ''],
      ['null', null, ''],
      ['zero', 0, '0'],
      ['false', false, 'false'],
      ['an object', { toString: () => '<i>' }, '&lt;i&gt;'],
      ['an array', ['<', '>'], '&lt;,&gt;'],
      ['safe HTML', raw('<b>'), '<b>'],
    ]
    test.each(escaped)('%s is escaped when it is printed', (_, value, printed) => {
      expect(once('[<%= value %>]', { value })).toBe(`[${printed}]`)
    })

    test.each<readonly [name: string, printed: string]>([
      ['page.ejs', '&lt;b&gt;'],
      ['page.html', '&lt;b&gt;'],
      ['feed.xml.ejs', '&lt;b&gt;'],
      ['mail.txt', '<b>'],
      ['mail.txt.ejs', '<b>'],
    ])('%s prints <b> as %s', (name, printed) => {
      expect(once('<%= value %>', { value: '<b>' }, name)).toBe(printed)
    })

    test('<%- %> prints as it is', () => {
      expect(once('<%- value %><%- none %><%- safe %><%- 7 %>', { value: '<b>', none: null, safe: raw('<i>') })).toBe('<b><i>7')
    })

    test('the text around tags is kept, whatever it holds', () => {
      const text = `a\\n "b" 'c' \`d\` \${e} \r\n\t`
      expect(once(`${text}<%# gone %>%%> <%%= x %%>\u2028`)).toBe(`${text}%> <%= x %>\u2028`)
    })

    test('a return ends the template; what was printed stays', () => {
      expect(once('<% if (rows.length === 0) { %>none<% return } %>some', { rows: [] })).toBe('none')
    })
  })

  describe('values', () => {
    test('are names in the template, and all of them together `locals`', () => {
      expect(once('<%= a %><%= typeof b %><%= locals.b %><%= locals.a %>', { a: 1 })).toBe('1undefined1')
    })

    test('each set of names gets its own function; a name that is not given stays a global', () => {
      const render = pages({ 'page.ejs': '<%= typeof a %> <%= typeof b %> <%= typeof Math %>' })
      const sets: readonly (readonly [values: object, printed: string])[] = [
        [{}, 'undefined undefined object'],
        [{ a: 1 }, 'number undefined object'],
        [{ b: 'x' }, 'undefined string object'],
        [{ a: 1, b: 'x', Math: 1 }, 'number string number'],
        [{ a: undefined }, 'undefined undefined object'],
        [{}, 'undefined undefined object'],
      ]
      for (const [values, printed] of sets) {
        expect(render('page.ejs', values)).toBe(printed)
      }
    })

    test('many sets of names keep working', () => {
      const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
      const render = pages({ 'page.ejs': names.map((name) => `<%= typeof ${name} === 'undefined' ? 0 : ${name} %>`).join('') })
      for (let set = 0; set < 128; set++) {
        const given = names.filter((_, at) => (set >> at) & 1)
        expect(render('page.ejs', Object.fromEntries(given.map((name) => [name, 1])))).toBe(
          names.map((name) => Number(given.includes(name))).join(''),
        )
      }
    })

    test('the functions kept are few, however many sets come: their names may be the choice of a client', () => {
      let compiled = 0
      const construct = (target: FunctionConstructor, given: string[]) => {
        compiled++
        return Reflect.construct(target, given)
      }
      vi.stubGlobal('Function', new Proxy(Function, { construct }))
      try {
        const render = pages({ 'page.ejs': Array.from({ length: 40 }, (_, at) => `<%= typeof v${at} %>`).join('') })
        for (let at = 0; at < 40; at++) {
          render('page.ejs', { [`v${at}`]: 1 })
        }
        render('page.ejs', { v39: 1 })
        render('page.ejs', { v38: 1 })
        expect(compiled).toBe(40)
        render('page.ejs', { v0: 1 })
        expect(compiled).toBe(41)
      } finally {
        vi.unstubAllGlobals()
      }
    })

    test.each(['let', 'const', 'var'])('may be shadowed by %s', (keyword) => {
      expect(once(`<% { ${keyword} title = 'inner' %><%= title %><% } %>`, { title: 'outer' })).toBe('inner')
      expect(once(`<% ${keyword} title = 'inner' %><%= title %>`, { title: 'outer' })).toBe('inner')
    })

    test('of any name are reached through `locals`', () => {
      const values = { class: 'a', 'x-y': 'b', arguments: 'c', __output: 'd', 'a}){': 'e', größe: 'f', $: 'g' }
      const text = "<%= locals.class + locals['x-y'] + locals.arguments + locals.__output + locals['a}){'] %><%= größe %><%= $ %>"
      expect(once(text, values)).toBe('abcdefg')
    })

    test('are found in spreads, template literals and defaults', () => {
      expect(once(`<%= [...list].join("") %><%= \`\${word}\` %><%= ((x = other) => x)() %>`, { list: [1, 2], word: 'w', other: 'o' })).toBe(
        '12wo',
      )
    })

    test('are no properties of Object.prototype', () => {
      expect(once('<%= typeof locals.toString %><%= typeof hasOwnProperty %>')).toBe('undefinedfunction')
    })

    test('may not be named like a function that the template calls', async () => {
      const error = await errorOf(() => once("<% block('x') %>", { block: 1 }))
      expect(error.message).toContain("a value is named 'block'")
      expect(once('no such call', { block: 1, include: 2 })).toBe('no such call')
    })

    test('templates run in strict mode: a new name must be declared', async () => {
      const error = await errorOf(() => once('<% forgotten = 1 %>'))
      expect(error.message).toContain('forgotten is not defined')
      expect('forgotten' in globalThis).toBe(false)
    })
  })

  describe('include', () => {
    test('hands the values on, with its own on top', () => {
      const render = pages({
        'page.ejs': "<%- include('row.ejs', { title: '<' }) %>|<%- include('row.ejs') %>|<%= title %>",
        'row.ejs': '<%= title %><%= site %>',
      })
      expect(render('page.ejs', { title: 'T', site: 'S' })).toBe('&lt;S|TS|T')
    })

    test.each<readonly [from: string, name: string, found: string]>([
      ['notes/show.ejs', 'row.ejs', 'row.ejs'],
      ['notes/show.ejs', './row.ejs', 'notes/row.ejs'],
      ['notes/show.ejs', '../row.ejs', 'row.ejs'],
      ['notes/show.ejs', './parts/../row.ejs', 'notes/row.ejs'],
      ['notes/show.ejs', 'notes/row.ejs', 'notes/row.ejs'],
    ])('in %s, %s is %s', (from, name, found) => {
      expect(pages({ [from]: `<%- include('${name}') %>`, 'row.ejs': 'row.ejs', 'notes/row.ejs': 'notes/row.ejs' })(from)).toBe(found)
    })

    test('works in loops and draws trees', () => {
      const render = pages({ 'tree.ejs': "(<%= name %><% for (const item of items) { %><%- include('./tree.ejs', item) %><% } %>)" })
      const tree = {
        name: 'a',
        items: [
          { name: 'b', items: [{ name: 'c', items: [] }] },
          { name: 'd', items: [] },
        ],
      }
      expect(render('tree.ejs', tree)).toBe('(a(b(c))(d))')
    })

    test('a template that includes itself without end is an error, not a stack overflow', async () => {
      const render = pages({ 'a.ejs': "\n<%- include('b.ejs') %>", 'b.ejs': "<%- include('a.ejs') %>" })
      const error = await errorOf(() => render('a.ejs'))
      expect(error.code).toBe('MICRO_TEMPLATE_FAILED')
      expect(error.message).toMatch(/line 2: templates are nested more than 100 deep: … → [ab]\.ejs → [ab]\.ejs → [ab]\.ejs/)
    })

    test('a template that is missing names the line that asks for it', async () => {
      const error = await errorOf(() => pages({ 'page.ejs': "\n\n<%- include('nope.ejs') %>" })('page.ejs'))
      expect(error.message).toContain('Template page.ejs, line 3: no template nope.ejs')
    })
  })

  describe('layout and block', () => {
    const layout = "<title><% block('title', () => { %>Site<% }) %></title><main><%- body %></main><% block('scripts') %>"

    test('a page fills the blocks of its layout; its own output is the body', () => {
      const render = pages({
        'layout.ejs': layout,
        'page.ejs': "<% layout('layout.ejs') %><% block('title', () => { %><%= name %>!<% }) %><p><%= name %></p>",
      })
      expect(render('page.ejs', { name: 'A&B' })).toBe('<title>A&amp;B!</title><main><p>A&amp;B</p></main>')
    })

    test('what a page does not fill is shown as the layout has it', () => {
      expect(pages({ 'layout.ejs': layout, 'page.ejs': "<% layout('layout.ejs') %>x" })('page.ejs')).toBe(
        '<title>Site</title><main>x</main>',
      )
    })

    test('a text fills a block, escaped', () => {
      const render = pages({ 'layout.ejs': layout, 'page.ejs': "<% layout('layout.ejs'); block('title', name) %>" })
      expect(render('page.ejs', { name: '<' })).toBe('<title>&lt;</title><main></main>')
    })

    test('blocks hold loops and includes', () => {
      const render = pages({
        'layout.ejs': layout,
        'page.ejs':
          "<% layout('layout.ejs') %>a<% block('scripts', () => { for (const src of list) { %><%- include('s.ejs', { src }) %><% } }) %>b",
        's.ejs': '<script src="<%= src %>"></script>',
      })
      expect(render('page.ejs', { list: ['1', '2'] })).toBe(
        '<title>Site</title><main>ab</main><script src="1"></script><script src="2"></script>',
      )
    })

    test('a layout is given the values of the page, and its own on top', () => {
      const render = pages({
        'layout.ejs': '<%= title %>/<%= section %>/<%- body %>',
        'page.ejs': "<% layout('layout.ejs', { section: 'notes' }) %><%= title %><%= body %>",
      })
      expect(render('page.ejs', { title: 'T', section: 'x', body: '<note>' })).toBe('T/notes/T&lt;note&gt;')
    })

    test('layouts have layouts; the nearest to the page wins', () => {
      const render = pages({
        'base.ejs':
          "<% block('title', () => { %>base<% }) %>[<% block('head', () => { %>base<% }) %>](<%- body %>)<% block('foot', () => { %>base<% }) %>",
        'two.ejs':
          "<% layout('base.ejs'); block('title', 'two'); block('head', () => { %>two:<% block('inner', () => { %>two<% }) %><% }) %><nav/><%- body %><% block('aside') %>",
        'page.ejs': "<% layout('two.ejs'); block('title', 'page'); block('inner', 'page'); block('aside', 'A') %>text",
        'bare.ejs': "<% layout('two.ejs') %>text",
      })
      expect(render('page.ejs')).toBe('page[two:page](<nav/>textA)base')
      expect(render('bare.ejs')).toBe('two[two:two](<nav/>text)base')
    })

    test('partials of a layout show the blocks of the page', () => {
      const render = pages({
        'layout.ejs': "<%- include('head.ejs') %><%- body %>",
        'head.ejs': "<title><% block('title', () => { %>none<% }) %></title>",
        'page.ejs': "<% layout('layout.ejs'); block('title', 'mine') %>x",
      })
      expect(render('page.ejs')).toBe('<title>mine</title>x')
    })

    test('a partial with a layout keeps its blocks to itself', () => {
      const render = pages({
        'layout.ejs': "<% block('title', () => { %>none<% }) %>:<%- body %>",
        'frame.ejs': "{<% block('title', () => { %>untitled<% }) %>|<%- body %>}",
        'card.ejs': "<% layout('frame.ejs'); if (own) block('title', 'card') %>card",
        'page.ejs':
          "<% layout('layout.ejs'); block('title', 'page') %><%- include('card.ejs', { own: true }) %><%- include('card.ejs', { own: false }) %>",
      })
      expect(render('page.ejs')).toBe('page:{card|card}{untitled|card}')
    })

    test('a page rendered twice, also at once, starts from nothing', async () => {
      const render = pages({
        'layout.ejs': layout,
        'page.ejs': "<% layout('layout.ejs'); if (name) block('title', name) %><%= await name %>",
      })
      expect(
        await Promise.all([render('page.ejs', { name: 'a' }), render('page.ejs', { name: '' }), render('page.ejs', { name: 'b' })]),
      ).toEqual(['<title>a</title><main>a</main>', '<title>Site</title><main></main>', '<title>b</title><main>b</main>'])
    })

    test.each<readonly [what: string, text: string, message: string]>([
      ['a second layout', "<% layout('l.ejs') %>\n<% layout('l.ejs') %>", 'line 2: layout() is called a second time'],
      ['a layout after a block', "\n<% block('x', () => {}) %>\n<% layout('l.ejs') %>", 'line 3: layout() is called after block()'],
      [
        'a block that is filled twice',
        "<% layout('l.ejs'); block('x', 'a') %>\n<% block('x', 'b') %>",
        "line 2: block('x') is filled a second time",
      ],
      ['a layout that is missing', "\n<% layout('nope.ejs') %>\n", 'line 2: no template nope.ejs'],
      ['a layout that has itself as its layout', "<% layout('page.ejs') %>", 'nested more than 100 deep'],
    ])('%s is an error', async (_, text, message) => {
      expect((await errorOf(() => pages({ 'page.ejs': text, 'l.ejs': '<%- body %>' })('page.ejs'))).message).toContain(message)
    })
  })

  describe('waiting', () => {
    const later = async (value: unknown) => value

    test('a template without await is synchronous, one with it a promise', async () => {
      expect(typeof once('<%= a %>', { a: 1 })).toBe('string')
      const page = once('<%= await a() %>', { a: () => later('<') })
      expect(page).toBeInstanceOf(Promise)
      expect(await page).toBe('&lt;')
    })

    test('blocks, partials and layouts may wait', async () => {
      const render = pages({
        'layout.ejs': "<% await block('list', async () => { %>default <%= await value() %><% }) %>|<%- body %>",
        'page.ejs': "<% layout('layout.ejs') %>a<% await block('list', async () => { %>[<%- await include('row.ejs') %>]<% }) %>b",
        'plain.ejs': "<% layout('layout.ejs') %>sync page",
        'row.ejs': '<%= await value() %>',
      })
      expect(await render('page.ejs', { value: () => later('v') })).toBe('[v]|ab')
      expect(await render('plain.ejs', { value: () => later('v') })).toBe('default v|sync page')
    })

    test.each<readonly [what: string, text: string, message: string]>([
      [
        'an asynchronous partial in a synchronous template',
        "\n<%- include('row.ejs') %>",
        'line 2: TypeError: a promise was printed; write await',
      ],
      ['a promise printed', '\n<%= value() %>', 'line 2: TypeError: a promise was printed; write await'],
      ['a failing promise printed', '\n<%- bad() %>', 'line 2: TypeError: a promise was printed; write await'],
      [
        'a block that is not waited for',
        "<% layout('l.ejs') %>\n<% block('x', async () => { %><%= await value() %><% }) %>\n",
        'line 2: an asynchronous block was not waited for',
      ],
      ['an await in a synchronous function', '<%= await 1 %>\n<% [1].map(() => { %><%= await 2 %><% }) %>', 'line 2: SyntaxError'],
      ['a rejection', '\n\n<%= await bad() %>', 'line 3: no such row'],
    ])('%s is an error', async (_, text, message) => {
      const bad = async () => {
        throw new Error('no such row')
      }
      const render = pages({ 'page.ejs': text, 'row.ejs': '<%= await value() %>', 'l.ejs': '<%- body %>' })
      expect((await errorOf(() => render('page.ejs', { value: () => later('v'), bad }))).message).toContain(message)
    })
  })

  describe('errors', () => {
    const text = '<h1>\n<%= title %>\n</h1>\n<% for (const row of rows) { %>\n  <%= row.name %>\n<% } %>\n<footer>\n'

    test('name the template, the line and the problem, and show the source around it', async () => {
      const error = await errorOf(() => once(text, { title: 'x', rows: [{ name: 'a' }, null] }))
      expect(error.code).toBe('MICRO_TEMPLATE_FAILED')
      expect(error.message).toContain("Template page.ejs, line 5: TypeError: Cannot read properties of null (reading 'name').")
      expect(error.fix).toContain(
        '/site/page.ejs:5\n   2| <%= title %>\n   3| </h1>\n   4| <% for (const row of rows) { %>\n>> 5|   <%= row.name %>\n   6| <% } %>',
      )
      expect(error.cause).toBeInstanceOf(TypeError)
    })

    test('a name that was not given is told, with the one that was meant', async () => {
      const error = await errorOf(() => once('\n<%= titel %>', { title: 'x' }))
      expect(error.message).toContain(
        "line 2: ReferenceError: titel is not defined: the template was given no value of this name; did you mean 'title'?",
      )
    })

    test('of a partial name the partial', async () => {
      const error = await errorOf(() => pages({ 'page.ejs': "<%- include('p.ejs') %>", 'p.ejs': '\n\n<%= nope %>' })('page.ejs'))
      expect(error.message).toContain('Template p.ejs, line 3: ReferenceError: nope is not defined')
      expect(error.message).not.toContain('page.ejs')
    })

    test.each<readonly [what: string, text: string, message: string]>([
      ['a syntax error', 'a\nb <% if ( { %>\nc', 'Template page.ejs, line 2: SyntaxError'],
      ['a syntax error within a long tag', 'a\n<%\n  const x = 1\n  const = 2\n%>\nc', 'Template page.ejs, line 4: SyntaxError'],
      ['a tag that is not closed', 'a\nb\n<% if (x) {\nc', 'Template page.ejs, line 3: Could not find matching close tag'],
      ['with', '<% with ({}) {} %>', 'Template page.ejs, line 1: SyntaxError: Strict mode code may not include a with statement'],
      ['a text that is thrown', "\n<% throw 'so' %>", 'Template page.ejs, line 2: so was thrown'],
    ])('%s', async (_, broken, message) => {
      expect((await errorOf(() => once(broken))).message).toContain(message)
    })

    test('for the client pass unchanged', () => {
      const notFound = new HttpError(404)
      const stop = () => {
        throw notFound
      }
      expect(() => once('<%= stop() %>', { stop })).toThrow(notFound)
    })
  })

  test('EJS writes the statements that the function around them is made for', () => {
    const { statements, names, waits } = readEjs('a "b"\n<%= c.d %><%- e %><% if (f) { %>\n<% } // g %>', (error) => error)
    expect(statements.trim().split(/\s*\n\s*/)).toEqual([
      '; __append("a \\"b\\"\\n")',
      '; __line = 2',
      '; __append(escapeFn( c.d ))',
      '; __append( e )',
      ';  if (f) {',
      '; __append("\\n")',
      '; __line = 3',
      ';  } // g',
    ])
    expect(names).toEqual(['c', 'e', 'f', 'g'])
    expect(waits).toBe(false)
  })
})
