import { join } from 'node:path'
import { micro } from '@micro/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { body, type Form, form, forms } from '../src/index.ts'
import { type TwoWays, twoWays } from './two-ways.ts'

const Note = z.object({
  title: z.string().min(1, 'Give it a title.').max(80).meta({ label: 'Title of the note' }),
  body: z.string().optional(),
  password: z.string().min(3),
  kind: z.enum(['work', 'home']).optional(),
  when: z.date().optional(),
  size: z.enum(['s', 'm']).default('m'),
  pinned: z.boolean(),
  tags: z.array(z.enum(['a', 'b'])),
  address: z.object({ zip: z.string().regex(/^\d{5}$/) }).optional(),
})
type Note = z.infer<typeof Note>

const Secrets = z.object({
  title: z.string().min(1),
  password: z.string().min(8).or(z.literal('')).optional(),
  pin: z.int().optional(),
  otp: z.enum(['a', 'b']).optional(),
  apiToken: z.any(),
  secret: z.preprocess((value) => value, z.string().optional()),
  passwords: z.array(z.string()),
})

const good = 'title=Tea&body=one%0D%0Atwo&password=abc&size=s&pinned=on&tags=a&intent=save'

function noteSite() {
  const app = micro(import.meta, { mode: 'test', env: {}, root: join(import.meta.dirname, 'pages') }).use(forms())
  const pages = app.route('/notes')
  const answer = (ctx: { readonly form: Form<Note>; render(name: string, values: object): never; json(value: unknown): never }) => {
    if (!ctx.form.ok) {
      return ctx.render('note.ejs', { form: ctx.form })
    }
    if (ctx.form.data.title === 'Taken') {
      return ctx.render('note.ejs', { form: ctx.form.fail('title', 'There is one of that name.').fail('', 'Nothing was saved.') })
    }
    return ctx.json({ data: ctx.form.data, intent: ctx.form.intent })
  }
  pages.get([form(Note)], answer as never)
  pages.post([form(Note)], answer as never)
  app.get('/edit', [form(Note)], (ctx) =>
    ctx.render('note.ejs', {
      form: ctx.form.fill({
        title: '"><script>',
        body: '\n<b>',
        password: 'stored',
        pinned: true,
        size: 's',
        tags: ['b'],
        when: new Date('2026-03-01T12:00:00Z'),
        address: { zip: '12345' },
      }),
    }),
  )
  app.post('/edit', [form(Note)], (ctx) => ctx.render('note.ejs', { form: ctx.form.fill({ title: 'stored', pinned: true, tags: ['b'] }) }))
  app.post('/body', [body(Note, { invalid: (ctx, form) => ctx.render('note.ejs', { form }) })], (ctx) => ({ title: ctx.body.title }))
  app.post('/secrets', [form(Secrets)], (ctx) => ctx.html(String(ctx.form.attributes(String(ctx.query.get('name'))))))
  app.post('/no-schema', async (ctx) => {
    const reading = ctx.forms.read({} as never)
    return reading.catch((error: { code: string }) => ({ code: error.code }))
  })
  app.post('/by-hand', async (ctx) => {
    const choice = await ctx.forms.read(z.object({ owner: z.enum(['me', String(ctx.query.get('friend'))]) }), { id: 'share' })
    return choice.ok ? choice.data : ctx.html(String(choice.attributes('owner')))
  })
  app.post(
    '/checked',
    [form(Note, { check: async ({ title }, ctx) => (title === 'Taken' ? { title: `Taken by ${ctx.query.get('who')}.` } : undefined) })],
    (ctx) => (ctx.form.ok ? 'ok' : ctx.text(String(ctx.form.error('title')))),
  )
  app.post(
    '/checked-body',
    [body(Note, { check: ({ title }) => (title === 'Taken' ? { title: 'Taken.', 'address[zip]': 'Far away.' } : {}) })],
    () => 'ok',
  )
  return app
}

/** The first element that has an attribute. */
function element(page: string, attribute: string): string {
  return new RegExp(`<(input|textarea|select|option|p|label)[^>]*\\b${attribute}[^>]*>`).exec(page)?.[0] ?? ''
}

describe('form', () => {
  let ways: TwoWays
  beforeAll(async () => {
    ways = await twoWays(noteSite())
  })
  afterAll(() => ways.close())

  it('is blank on GET: what browsers can check is on the fields, and nothing is wrong yet', async () => {
    const answer = await ways.ask('/notes')
    expect(answer.status).toBe(200)
    expect(element(answer.text, 'name="title"')).toBe('<input id="title" name="title" type="text" required minlength="1" maxlength="80">')
    expect(element(answer.text, 'name="password"')).toBe('<input id="password" name="password" type="password" required minlength="3">')
    expect(element(answer.text, 'name="when"')).toBe('<input id="when" name="when" type="date">')
    expect(element(answer.text, 'name="body"')).toBe('<textarea id="body" name="body" rows="5">')
    expect(element(answer.text, 'name="address\\[zip\\]"')).toBe(
      '<input id="address-zip" name="address[zip]" type="text" required pattern="\\d{5}">',
    )
    expect(answer.text).toContain('<label for="title">Title of the note</label>')
    expect(answer.text).toContain('<label for="address-zip">Zip</label>')
    expect(element(answer.text, 'name="size"')).toBe('<select id="size" name="size">')
    expect(element(answer.text, 'value="m"')).toBe('<option value="m" selected>')
    expect(element(answer.text, 'value="s"')).toBe('<option value="s">')
    expect(element(answer.text, 'name="pinned"')).toBe('<input id="pinned" name="pinned" type="checkbox">')
    expect(element(answer.text, 'value="a"')).toBe('<input id="tags-a" name="tags" type="checkbox" value="a">')
    expect(answer.text).not.toMatch(/aria-|autofocus|class="error"/)
  })

  it('gives typed data when it is sent and fits, with the button that sent it', async () => {
    const answer = await ways.ask('/notes', { form: good })
    expect(answer.status).toBe(200)
    expect(answer.json()).toEqual({
      data: { title: 'Tea', body: 'one\ntwo', password: 'abc', size: 's', pinned: true, tags: ['a'] },
      intent: 'save',
    })
  })

  it('shows the page again with 422, the errors beside the fields and what was typed kept', async () => {
    const sent = 'title=&body=a%26%3Cb%3E%22&password=hunter2&kind=work&when=soon&size=s&pinned=on&tags=b&address[zip]=12"34'
    const answer = await ways.ask('/notes', { form: sent, headers: { accept: 'text/html,*/*;q=0.8' } })
    expect(answer.status).toBe(422)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(element(answer.text, 'name="title"')).toBe(
      '<input id="title" name="title" type="text" required minlength="1" maxlength="80" aria-invalid="true" aria-describedby="title-error" autofocus>',
    )
    expect(answer.text).toContain('<p class="error" id="title-error">Give it a title.</p>')
    expect(element(answer.text, 'name="when"')).toBe(
      '<input id="when" name="when" type="date" aria-invalid="true" aria-describedby="when-error" value="soon">',
    )
    expect(answer.text).toContain('<p class="error" id="when-error">Please enter a date.</p>')
    expect(element(answer.text, 'name="kind"')).toContain('value="work"')
    expect(element(answer.text, 'name="address')).toContain('value="12&quot;34"')
    expect(answer.text).toContain('a&amp;&lt;b&gt;&quot;</textarea>')
    expect(element(answer.text, 'value="s"')).toContain('selected')
    expect(element(answer.text, 'name="pinned"')).toContain('checked')
    expect(element(answer.text, 'value="b"')).toContain('checked')
    expect(element(answer.text, 'value="a"')).not.toContain('checked')
    expect(answer.text.match(/autofocus/g)).toHaveLength(1)
  })

  it('never shows a secret again, nor one it is filled with (F-10)', async () => {
    const answer = await ways.ask('/notes', { form: 'title=&password=hunter2' })
    expect(answer.status).toBe(422)
    expect(answer.text).not.toContain('hunter2')
    expect((await ways.ask('/edit')).text).not.toContain('"stored"')
  })

  it.each(['password', 'pin', 'otp', 'apiToken', 'secret', 'passwords', 'passwords[0]'])(
    'never shows %s again, whatever its schema is (F-10)',
    async (name) => {
      const field = encodeURIComponent(name)
      const answer = await ways.ask(`/secrets?name=${field}`, { form: `${field}=hunter2&title=` })
      expect(answer.status).toBe(422)
      expect(answer.text).toContain(`name="${name}"`)
      expect(answer.text).not.toContain('hunter2')
    },
  )

  it('is filled with stored values, escaped, until something is typed', async () => {
    const { text } = await ways.ask('/edit')
    expect(element(text, 'name="title"')).toContain('value="&quot;&gt;&lt;script&gt;"')
    expect(text).not.toContain('<script>')
    expect(element(text, 'name="when"')).toContain('value="2026-03-01"')
    expect(element(text, 'name="address')).toContain('value="12345"')
    expect(element(text, 'name="pinned"')).toContain('checked')
    expect(element(text, 'value="b"')).toContain('checked')
    expect(element(text, 'value="s"')).toContain('selected')
    const again = await ways.ask('/edit', { form: 'title=&password=abc' })
    expect(again.text).not.toContain('stored')
    expect(element(again.text, 'name="pinned"')).not.toContain('checked')
    expect(element(again.text, 'value="b"')).not.toContain('checked')
  })

  it('fails for what the schema cannot know, and the status with it', async () => {
    const answer = await ways.ask('/notes', { form: good.replace('Tea', 'Taken') })
    expect(answer.status).toBe(422)
    expect(answer.text).toContain('<p class="error" id="title-error">There is one of that name.</p>')
    expect(answer.text).toContain('<p class="error" id="form-error">Nothing was saved.</p>')
    expect(element(answer.text, 'name="title"')).toContain('value="Taken"')
  })

  it.each([
    ['sent JSON', { json: { title: '' } }],
    ['asks for JSON', { form: 'title=', headers: { accept: 'application/json' } }],
    ['asks for a problem document', { form: 'title=', headers: { accept: 'application/problem+json' } }],
  ])('tells a client that %s its errors as JSON', async (_, sent) => {
    for (const path of ['/notes', '/body']) {
      const answer = await ways.ask(path, sent)
      expect(answer.status).toBe(422)
      expect(answer.headers['content-type']).toBe('application/problem+json')
      expect(answer.json()).toMatchObject({ errors: expect.arrayContaining([{ pointer: '#/title', detail: 'Give it a title.' }]) })
    }
  })

  it('takes JSON that fits', async () => {
    const json = { title: 'Tea', password: 'abc', pinned: false, tags: [] }
    expect((await ways.ask('/notes', { json })).json()).toEqual({ data: { ...json, size: 'm' }, intent: '' })
  })

  it('is shown by the option invalid of body as well', async () => {
    const answer = await ways.ask('/body', { form: 'title=&body=kept&password=abc' })
    expect(answer.status).toBe(422)
    expect(answer.text).toContain('Give it a title.')
    expect(answer.text).toContain('kept</textarea>')
    expect((await ways.ask('/body', { form: good })).json()).toEqual({ title: 'Tea' })
  })

  it('is read by hand where the schema depends on the request', async () => {
    expect((await ways.ask('/by-hand?friend=ann', { form: 'owner=ann' })).json()).toEqual({ owner: 'ann' })
    expect((await ways.ask('/no-schema', { form: 'owner=ann' })).json()).toEqual({ code: 'MICRO_FORMS_SCHEMA' })
    const answer = await ways.ask('/by-hand?friend=ann', { form: 'owner=eve' })
    expect(answer.status).toBe(422)
    expect(answer.text).toBe(
      'id="share-owner" name="owner" type="text" required aria-invalid="true" aria-describedby="share-owner-error" autofocus value="eve"',
    )
  })

  it('runs the check of its author when the schema has accepted everything, with the context', async () => {
    expect(await ways.ask('/checked?who=ann', { form: good.replace('Tea', 'Taken') })).toMatchObject({ status: 422, text: 'Taken by ann.' })
    expect(await ways.ask('/checked?who=ann', { form: 'title=Taken' })).toMatchObject({ status: 422, text: 'undefined' })
    expect(await ways.ask('/checked', { form: good })).toMatchObject({ status: 200, text: 'ok' })
    const answer = await ways.ask('/checked-body', { form: good.replace('Tea', 'Taken') })
    expect(answer.json()).toMatchObject({
      errors: [
        { pointer: '#/title', detail: 'Taken.' },
        { pointer: '#/address/zip', detail: 'Far away.' },
      ],
    })
  })

  it('answers 415 to a body it cannot read', async () => {
    expect((await ways.ask('/notes', { body: 'title=', headers: { 'content-type': 'text/plain' } })).status).toBe(415)
    expect((await ways.ask('/notes', { method: 'POST' })).status).toBe(415)
  })
})
