/** Two engines of other people, each behind an adapter of some ten lines: the contract, and everything in an app that an engine can know. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { blueprint, defineExtension, micro, options, type TemplateEngine } from '@micro/core'
import { Eta } from 'eta'
import nunjucks from 'nunjucks'
import { afterAll, describe, expect, test } from 'vitest'
import { testTemplateEngine } from '../src/template-engine.ts'

const etaEngine = (): TemplateEngine => ({
  name: 'eta',
  compile(source) {
    const eta = new Eta({ useWith: true })
    eta.resolvePath = (name) => name
    eta.readFile = (name) => source.read(name).text
    const page = eta.compile(source.text)
    return { render: (values) => eta.render(page, { ...values }) }
  },
})

const nunjucksEngine = (): TemplateEngine => ({
  name: 'nunjucks',
  compile(source) {
    const getSource = (name: string) => ({ src: source.read(name).text, path: name, noCache: false })
    const environment = new nunjucks.Environment({ getSource } as nunjucks.ILoader, { autoescape: true })
    for (const [name, filter] of Object.entries(source.filters)) {
      environment.addFilter(name, filter as (...args: unknown[]) => unknown)
    }
    const page = new nunjucks.Template(source.text, environment, source.file, true)
    return { render: (values) => page.render({ ...values }) }
  },
})

interface Case {
  readonly name: string
  readonly create: () => TemplateEngine
  readonly texts: Parameters<typeof testTemplateEngine>[0]['texts']
  /** A layout, and a page in it that prints what core and others put at hand. */
  readonly layout: string
  readonly page: string
}

const CASES: readonly Case[] = [
  {
    name: 'Eta',
    create: etaEngine,
    texts: {
      value: '<p><%= name %></p>',
      each: '<% for (const item of list) { %><%= item %><% } %>',
      include: "[<%~ include('part.html', { name }) %>]",
      filter: '<%= shout(name) %>',
      broken: '<% if (name { %>',
    },
    layout: '<title><%= site %></title><%~ body %>',
    page: "<% layout('layout.html') %><%= shout(name) %> <%= theme %> <%= user %> <%= urlFor('page') %> <%= flashes().length %> <%= ctx.method %> <%= helper %>",
  },
  {
    name: 'Nunjucks',
    create: nunjucksEngine,
    texts: {
      value: '<p>{{ name }}</p>',
      each: '{% for item in list %}{{ item }}{% endfor %}',
      include: "[{% include 'part.html' %}]",
      filter: '{{ name | shout }}',
      broken: '{% if name',
    },
    layout: '<title>{{ site }}</title>{% block body %}{% endblock %}',
    page: "{% extends 'layout.html' %}{% block body %}{{ name | shout }} {{ theme }} {{ user }} {{ urlFor('page') }} {{ flashes().length }} {{ ctx.method }} {{ helper }}{% endblock %}",
  },
]

const roots: string[] = []
afterAll(() => {
  for (const root of roots) {
    rmSync(root, { recursive: true })
  }
})

function site(files: { readonly [path: string]: string }): string {
  const root = mkdtempSync(join(tmpdir(), 'micro-engines-'))
  roots.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

describe.each(CASES)('$name', ({ create, texts, layout, page }) => {
  describe('keeps the contract', () => testTemplateEngine({ create, texts }))

  const files = { 'templates/layout.html': layout, 'templates/page.html': page, 'shop/templates/item.html': texts.value }
  const opened = (more: { readonly [path: string]: string } = {}) => {
    const root = site({ ...files, 'given/hello.html': texts.value, ...more })
    const at = (path: string): ImportMeta => ({ ...import.meta, dirname: join(root, path) })
    const shop = blueprint('shop', at('shop'), { prefix: '/shop' })
    shop.get('/', (ctx) => ctx.render('shop/item.html', { name: '<' }))
    const given = defineExtension({
      name: 'given',
      version: '1.0.0',
      core: '*',
      config: options({}),
      initApp(app) {
        app.templates.directory(join(root, 'given'))
        app.templates.global('helper', 'helped')
        app.templates.engine(create())
        return {}
      },
    })
    const app = micro(at('.'), { mode: 'test', env: { MICRO_SECRET_KEY: 'x'.repeat(40) }, logSink: () => {} })
      .use(given)
      .register(shop)
    app.templates.filter('shout', (text: string) => text.toUpperCase())
    app.templates.global('site', 'Shop & Co')
    app.templates.context((ctx) => ({ theme: ctx.query.get('theme') ?? 'light' }))
    app.templates.context(async () => ({ user: '<Ada>' }))
    app.get('/', { name: 'page' }, (ctx) => {
      ctx.flash('Saved.')
      return ctx.render('page.html', { name: 'b<' })
    })
    app.get('/stream', (ctx) => ctx.renderStream(['gone.html', 'given/hello.html'], { name: 'x' }))
    app.get('/text', (ctx) => ctx.render({ text: texts.include, name: 'text.html' }, { name: 'y' }))
    return app.client()
  }

  test('prints filters, globals, context values, links and messages, escaped, in a layout', async () => {
    expect(await (await opened().get('/')).text()).toBe('<title>Shop &amp; Co</title>B&lt; light &lt;Ada&gt; / 1 GET helped')
  })

  test('finds the templates of blueprints and extensions, which the app overrides', async () => {
    expect(await (await opened().get('/shop')).text()).toBe('<p>&lt;</p>')
    expect(await (await opened({ 'templates/shop/item.html': `own ${texts.value}` }).get('/shop')).text()).toBe('own <p>&lt;</p>')
    expect(await (await opened().get('/stream')).text()).toBe('<p>x</p>')
  })

  test('renders a text that includes a template', async () => {
    const client = opened({ 'templates/part.html': texts.value })
    expect(await (await client.get('/text')).text()).toBe('[<p>y</p>]')
  })

  test('leaves a mistake to the developer, and tells the client nothing', async () => {
    const response = await opened({ 'templates/page.html': texts.broken }).get('/')
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('name')])
  })
})
