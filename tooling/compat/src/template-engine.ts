/** The contract of template engines: what `app.templates.engine()` takes. */
import assert from 'node:assert/strict'
import type { CompiledTemplate, Filter, TemplateEngine, TemplateSource } from '@micro/core'
import { type ContractRule, type ContractSubject, testContract } from './contract.ts'
import type { TestFunction } from './running-test.ts'

/** Texts in the language of the engine under test. */
export interface EngineTexts {
  /** Prints the value `name`, escaped: `<p><%= name %></p>`. */
  readonly value: string
  /** Prints every item of `list`, with nothing between them. */
  readonly each: string
  /** Includes the template `part.html`, with `[` before it and `]` after it. */
  readonly include: string
  /** Prints `name` through the filter `shout`. */
  readonly filter: string
  /** Has a mistake in its syntax. */
  readonly broken: string
}

/** An engine under test. */
export interface EngineSubject extends ContractSubject<TemplateEngine> {
  readonly texts: EngineTexts
}

const rulesFor = (texts: EngineTexts): readonly ContractRule<TemplateEngine>[] => [
  {
    title: 'it has a name',
    check: (engine) => assert.match(engine.name, /^\S+$/),
  },
  {
    title: 'a value is printed',
    check: async (engine) => assert.match(await compile(engine, texts.value).render({ name: 'Ada' }), /Ada/),
  },
  {
    title: 'a value is escaped: it opens no tag, no attribute, no entity',
    async check(engine) {
      const output = await compile(engine, texts.value).render({ name: `<script>&"'` })
      const inner = output.replace(/^<p>|<\/p>\s*$/g, '')
      assert.doesNotMatch(inner, /[<>"']/)
      assert.doesNotMatch(inner, /&(?!amp;|lt;|gt;|quot;|#\d+;|#x[0-9a-f]+;|apos;)/i)
    },
  },
  {
    title: 'lists are printed in order',
    check: async (engine) => assert.match(await compile(engine, texts.each).render({ list: ['a', 'b', 'c'] }), /abc/),
  },
  {
    title: 'a compiled template keeps nothing of one rendering for the next, also at once',
    async check(engine) {
      const template = compile(engine, texts.value)
      const names = ['one', 'two', 'three', 'four']
      const pages = await Promise.all(names.map(async (name) => template.render({ name })))
      for (const [index, page] of pages.entries()) {
        assert.deepEqual(
          names.filter((name) => page.includes(name)),
          [names[index]],
        )
      }
    },
  },
  {
    title: 'values are never written to',
    check: async (engine) => assert.match(await compile(engine, texts.value).render(Object.freeze({ name: 'Ada' })), /Ada/),
  },
  {
    title: 'values that inherit nothing are values',
    check: async (engine) =>
      assert.match(await compile(engine, texts.value).render(Object.assign(Object.create(null), { name: 'Ada' })), /Ada/),
  },
  {
    title: 'another template is included, with the values at hand',
    check: async (engine) => assert.match(await compile(engine, texts.include).render({ name: 'Ada' }), /\[\s*<p>Ada<\/p>\s*\]/),
  },
  {
    title: 'what it includes and is not there is an error, not silence',
    async check(engine) {
      await assert.rejects(async () => compile(engine, texts.include, {}).render({ name: 'Ada' }))
    },
  },
  {
    title: 'filters of the app are at hand',
    check: async (engine) => assert.match(await compile(engine, texts.filter).render({ name: 'Ada', ...FILTERS }), /ADA!/),
  },
  {
    title: 'a mistake in the text is an error of compiling or rendering',
    async check(engine) {
      await assert.rejects(async () => compile(engine, texts.broken).render({ name: 'Ada' }))
    },
  },
]

const FILTERS: { readonly [name: string]: Filter } = { shout: (value: string) => `${value.toUpperCase()}!` }

/** Registers a named test for each promise of a template engine. `create` makes it, `texts` are in its language. */
export function testTemplateEngine(subject: EngineSubject, test?: TestFunction): Promise<void> {
  const { texts, create } = subject
  const parts = { 'part.html': texts.value }
  return testContract(rulesFor(texts), { ...subject, create: async () => withParts(await create(), parts) }, test)
}

const known = new WeakMap<TemplateEngine, { readonly [name: string]: string }>()

function withParts(engine: TemplateEngine, parts: { readonly [name: string]: string }): TemplateEngine {
  known.set(engine, parts)
  return engine
}

function compile(
  engine: TemplateEngine,
  text: string,
  parts: { readonly [name: string]: string } = known.get(engine) ?? {},
): CompiledTemplate {
  const source = (name: string, content: string): TemplateSource => ({
    name,
    file: `/templates/${name}`,
    text: content,
    filters: FILTERS,
    load: (other) => engine.compile(read(other)),
    read,
  })
  const read = (name: string): TemplateSource => {
    const content = parts[name]
    if (content === undefined) {
      throw new Error(`There is no template '${name}'.`)
    }
    return source(name, content)
  }
  return engine.compile(source('page.html', text))
}
