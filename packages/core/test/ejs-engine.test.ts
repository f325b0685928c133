import { HttpError } from '@micro/core'
import { describe, expect, test, vi } from 'vitest'
import { readEjs } from '../src/templates/ejs-source.ts'
import { raw } from '../src/templates/html.ts'
import { pages } from './memory-templates.ts'
import { microErrorOf } from './micro-error-of.ts'

/** Renders one template without layout or partials. */
const once = (text: string, values: object = {}, name = 'page.ejs') => pages({ [name]: text })(name, values)

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
          void render('page.ejs', { [`v${at}`]: 1 })
        }
        void render('page.ejs', { v39: 1 })
        void render('page.ejs', { v38: 1 })
        expect(compiled).toBe(40)
        void render('page.ejs', { v0: 1 })
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
      const error = await microErrorOf(() => once("<% block('x') %>", { block: 1 }))
      expect(error.message).toContain("a value is named 'block'")
      expect(once('no such call', { block: 1, include: 2 })).toBe('no such call')
    })

    test('templates run in strict mode: a new name must be declared', async () => {
      const error = await microErrorOf(() => once('<% forgotten = 1 %>'))
      expect(error.message).toContain('forgotten is not defined')
      expect('forgotten' in globalThis).toBe(false)
    })
  })

  describe('errors', () => {
    const text = '<h1>\n<%= title %>\n</h1>\n<% for (const row of rows) { %>\n  <%= row.name %>\n<% } %>\n<footer>\n'

    test('name the template, the line and the problem, and show the source around it', async () => {
      const error = await microErrorOf(() => once(text, { title: 'x', rows: [{ name: 'a' }, null] }))
      expect(error.code).toBe('MICRO_TEMPLATE_FAILED')
      expect(error.message).toContain("Template page.ejs, line 5: TypeError: Cannot read properties of null (reading 'name').")
      expect(error.fix).toContain(
        '/site/page.ejs:5\n   2| <%= title %>\n   3| </h1>\n   4| <% for (const row of rows) { %>\n>> 5|   <%= row.name %>\n   6| <% } %>',
      )
      expect(error.cause).toBeInstanceOf(TypeError)
    })

    test('a name that was not given is told, with the one that was meant', async () => {
      const error = await microErrorOf(() => once('\n<%= titel %>', { title: 'x' }))
      expect(error.message).toContain(
        "line 2: ReferenceError: titel is not defined: the template was given no value of this name; did you mean 'title'?",
      )
    })

    test('of a partial name the partial', async () => {
      const error = await microErrorOf(() => pages({ 'page.ejs': "<%- include('p.ejs') %>", 'p.ejs': '\n\n<%= nope %>' })('page.ejs'))
      expect(error.message).toContain('Template p.ejs, line 3: ReferenceError: nope is not defined')
      expect(error.message).not.toContain('page.ejs')
    })

    test.each<readonly [what: string, text: string, message: string]>([
      ['a syntax error', 'a\nb <% if ( { %>\nc', 'Template page.ejs, line 2: SyntaxError'],
      ['a syntax error within a long tag', 'a\n<%\n  const x = 1\n  const = 2\n%>\nc', 'Template page.ejs, line 4: SyntaxError'],
      [
        'a brace that is not closed',
        '<% for (const a of [1]) { %>x\ny\n',
        "line 2: SyntaxError: a '{' is not closed before the template ends",
      ],
      ['a brace within a call that is not closed', '<% [1].map((a) => { %>', "line 1: SyntaxError: a '{' is not closed before"],
      [
        'braces that are not closed',
        'a\n<% if (1) { %>\n<% if (2) { %>\nx',
        "line 4: SyntaxError: a '{' is not closed before the template",
      ],
      ['a call that is not closed', 'a\n<%= String( %>', 'line 2: SyntaxError: missing ) after argument list'],
      ['a brace too many', 'a\n<% } %>\nb\nc', "Template page.ejs, line 2: SyntaxError: there is a '}' too many"],
      ['a brace too many at the end', '<% if (1) { %>x<% } %>\n<%= await 1 %><% } %>', "line 2: SyntaxError: there is a '}' too many"],
      ['a branch of nothing', 'a\n<% } else { %>\nb<% } %>', "line 2: SyntaxError: there is a '}' too many"],
      ['a try of its own', 'a\n<% try { %>b<% } %>', 'line 2: SyntaxError: Missing catch or finally after try'],
      ['a catch of its own', 'a\n<%\n} catch (error) {\n%>\nb<% } %>', "line 3: SyntaxError: there is a '}' too many"],
      ['a tag that is not closed', 'a\nb\n<% if (x) {\nc', 'Template page.ejs, line 3: Could not find matching close tag'],
      ['with', '<% with ({}) {} %>', 'Template page.ejs, line 1: SyntaxError: Strict mode code may not include a with statement'],
      ['a text that is thrown', "\n<% throw 'so' %>", 'Template page.ejs, line 2: so was thrown'],
    ])('%s', async (_, broken, message) => {
      expect((await microErrorOf(() => once(broken))).message).toContain(message)
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
    const { statements, names, waits } = readEjs('a "b"\n<%= c.d %><%- e %><% if (f) { %>\n<% } // g %>', '%', (error) => error)
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
