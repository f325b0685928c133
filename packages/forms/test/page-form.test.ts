import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { pageForm } from '../src/page-form.ts'
import { ANY_SHAPE, type Shape } from '../src/shape.ts'
import { zodShape } from '../src/zod-shape.ts'

function blank(shape: Shape = ANY_SHAPE, texts: ReadonlyMap<string, readonly string[]> | null = null) {
  return pageForm({ shape, id: undefined, texts, issues: [], outcome: { ok: false }, onFail: () => undefined })
}

describe('pageForm', () => {
  it.each([
    ['a["b', 'it is malformed'],
    ['', 'it is malformed'],
    ['__proto__', 'it holds a reserved word'],
  ])('says that %j is no field name', (name, problem) => {
    expect(() => blank().value(name)).toThrow(`The form was asked for a field '${name}', which is no field name: ${problem}.`)
    expect(() => blank().value(name)).toThrow(expect.objectContaining({ code: 'MICRO_FORMS_FIELD' }))
  })

  it.each(['a b', 'a"', "a'", 'a=', 'a>', 'a/', 'a\n', ''])('refuses an attribute named %j', (name) => {
    expect(() => blank().attributes('title', { [name]: 'x' })).toThrow(expect.objectContaining({ code: 'MICRO_FORMS_ATTRIBUTE' }))
  })

  it('escapes names, values and messages', () => {
    const form = blank(ANY_SHAPE, new Map([['a"><b', ['"><script>']]])).fail('a"><b', '<script>')
    expect(String(form.attributes('a"><b', { title: '"\'<&>' }))).toBe(
      'id="a&quot;&gt;&lt;b" name="a&quot;&gt;&lt;b" type="text" aria-invalid="true" aria-describedby="a&quot;&gt;&lt;b-error" autofocus value="&quot;&gt;&lt;script&gt;" title="&quot;&#39;&lt;&amp;&gt;"',
    )
    expect(String(form.message('a"><b'))).toBe('<p class="error" id="a&quot;&gt;&lt;b-error">&lt;script&gt;</p>')
    expect(String(form.option('x', '"'))).toBe('value="&quot;"')
  })

  it('lets the page take away and add attributes', () => {
    const form = blank(zodShape(z.object({ title: z.string().min(1) })))
    expect(String(form.attributes('title', { required: false, minlength: undefined, class: 'wide', 'data-n': 1, autofocus: true }))).toBe(
      'id="title" name="title" type="text" class="wide" data-n="1" autofocus',
    )
    expect(String(form.attributes('title', { id: 'other', type: 'search' }))).toContain('id="other" name="title" type="search"')
  })

  it('marks the radio button that was chosen, each with an id of its own', () => {
    const form = blank(zodShape(z.object({ kind: z.enum(['a', 'b']) })), new Map([['kind', ['b']]]))
    expect(String(form.attributes('kind', { type: 'radio', value: 'a' }))).toBe('id="kind-a" name="kind" type="radio" required value="a"')
    expect(String(form.attributes('kind', { type: 'radio', value: 'b' }))).toBe(
      'id="kind-b" name="kind" type="radio" required checked value="b"',
    )
  })

  it.each(['tags', 'tags[]'])('marks the boxes of a group that were ticked, named %s', (name) => {
    const form = blank(zodShape(z.object({ tags: z.array(z.enum(['a', 'b'])).min(1) })), new Map([['tags', ['b']]]))
    expect(String(form.attributes(name, { type: 'checkbox', value: 'a' }))).toBe(`id="tags-a" name="${name}" type="checkbox" value="a"`)
    expect(String(form.attributes(name, { type: 'checkbox', value: 'b' }))).toBe(
      `id="tags-b" name="${name}" type="checkbox" checked value="b"`,
    )
    expect(String(form.attributes(name, { type: 'checkbox' }))).toBe(`id="tags" name="${name}" type="checkbox" checked`)
  })

  it('ticks the box of a switch with words of its own', () => {
    const shape = zodShape(z.object({ news: z.stringbool({ truthy: ['ja'], falsy: ['nein'] }) }))
    const box = 'id="news" name="news" type="checkbox"'
    expect(String(blank(shape).attributes('news'))).toBe(`${box} value="ja"`)
    expect(String(blank(shape, new Map([['news', ['ja']]])).attributes('news'))).toBe(`${box} checked value="ja"`)
    expect(String(blank(shape).fill({ news: true }).attributes('news'))).toBe(`${box} checked value="ja"`)
    expect(String(blank(shape).fill({ news: false }).attributes('news'))).toBe(`${box} value="ja"`)
    expect(String(blank(shape).attributes('news', { type: 'radio', value: 'nein' }))).toBe(
      'id="news-nein" name="news" type="radio" value="nein"',
    )
    expect(String(blank(shape).attributes('news', { type: 'text' }))).toBe('id="news" name="news" type="text"')
    expect(String(blank(zodShape(z.object({ news: z.stringbool() }))).attributes('news'))).toBe(box)
  })

  it('shows the error of an item with its list, and of nested fields with the field alone', () => {
    const form = blank(zodShape(z.object({ tags: z.array(z.string()), at: z.object({ zip: z.string() }) })))
      .fail('tags[1]', 'Wrong tag.')
      .fail('at.zip', 'Wrong zip.')
    expect(form.error('tags')).toBe('Wrong tag.')
    expect(form.error('tags[1]')).toBe('Wrong tag.')
    expect(form.error('at')).toBeUndefined()
    expect(form.error('at[zip]')).toBe('Wrong zip.')
    expect(form.error()).toBeUndefined()
    expect(form.errors).toEqual([
      { name: 'tags.1', id: 'tags-1', message: 'Wrong tag.' },
      { name: 'at.zip', id: 'at-zip', message: 'Wrong zip.' },
    ])
  })

  it('reads no inherited property of what it is filled with', () => {
    const form = blank().fill({ a: 'x', d: new Date('2026-03-01'), none: null, list: [1, 2], o: { p: 0 } })
    expect(form.value('a')).toBe('x')
    expect(form.value('toString')).toBe('')
    expect(form.value('d')).toBe('2026-03-01')
    expect(form.value('none')).toBe('')
    expect(form.holds('list', 2)).toBe(true)
    expect(form.value('o.p')).toBe('0')
  })

  it('shows no secret, whatever is asked of it (F-10)', () => {
    const shape = zodShape(
      z.object({ password: z.string(), code: z.string().meta({ secret: true }), list: z.array(z.object({ apiToken: z.string() })) }),
    )
    const texts = new Map(['password', 'code', 'list.0.apiToken'].map((name) => [name, ['hunter2']]))
    const filled = { password: 'hunter2', code: 'hunter2', list: [{ apiToken: 'hunter2' }] }
    for (const form of [blank(shape, texts), blank(shape).fill(filled)]) {
      for (const name of ['password', 'code', 'list[0].apiToken']) {
        const shown = [
          form.value(name),
          form.attributes(name, { type: 'text' }),
          form.field(name).value,
          form.field(name).attributes,
          form.holds(name, 'hunter2'),
        ]
        expect(shown.map(String).join()).not.toMatch(/hunter2|true/)
      }
    }
  })

  it('shows no value of a file field', () => {
    const form = blank(zodShape(z.object({ picture: z.file() }))).fill({ picture: 'stored.png' })
    expect(String(form.attributes('picture'))).toBe('id="picture" name="picture" type="file" required')
  })

  it.each([
    ['firstName', 'First name'],
    ['first_name', 'First name'],
    ['zip', 'Zip'],
    ['items[0].unitPrice', 'Unit price'],
    ['tags[]', 'Tags'],
  ])('calls %s %s', (name, label) => {
    expect(blank().field(name).label).toBe(label)
  })
})
