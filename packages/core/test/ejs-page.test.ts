import { describe, expect, test } from 'vitest'
import { pages } from './memory-templates.ts'
import { microErrorOf } from './micro-error-of.ts'

describe('EjsPage', () => {
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
      const error = await microErrorOf(() => render('a.ejs'))
      expect(error.code).toBe('MICRO_TEMPLATE_FAILED')
      expect(error.message).toMatch(/line 2: templates are nested more than 100 deep: … → [ab]\.ejs → [ab]\.ejs → [ab]\.ejs/)
    })

    test('a template that is missing names the line that asks for it', async () => {
      const error = await microErrorOf(() => pages({ 'page.ejs': "\n\n<%- include('nope.ejs') %>" })('page.ejs'))
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
      expect((await microErrorOf(() => pages({ 'page.ejs': text, 'l.ejs': '<%- body %>' })('page.ejs'))).message).toContain(message)
    })
  })

  describe('waiting', () => {
    const later = async (value: unknown) => value

    test('a template without await is synchronous, one with it a promise', async () => {
      expect(typeof pages({ 'page.ejs': '<%= a %>' })('page.ejs', { a: 1 })).toBe('string')
      const page = pages({ 'page.ejs': '<%= await a() %>' })('page.ejs', { a: () => later('<') })
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
      ['a failing partial that is not waited for', "\n<% include('bad.ejs') %>\n<%= nope %>", 'line 3: ReferenceError'],
      [
        'a failing block that is not waited for',
        "\n<% block('x', async () => { await bad() }) %>\n",
        'line 2: an asynchronous block was not waited for',
      ],
      ['a rejection', '\n\n<%= await bad() %>', 'line 3: no such row'],
    ])('%s is an error', async (_, text, message) => {
      const bad = async () => {
        throw new Error('no such row')
      }
      const render = pages({ 'page.ejs': text, 'row.ejs': '<%= await value() %>', 'bad.ejs': '<%= await bad() %>', 'l.ejs': '<%- body %>' })
      expect((await microErrorOf(() => render('page.ejs', { value: () => later('v'), bad }))).message).toContain(message)
    })
  })
})
