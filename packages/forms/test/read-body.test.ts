import { defineExtension, micro, options } from '@micro/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { body, form, forms } from '../src/index.ts'

/** An extension that reads multipart forms, as the platform does. */
const multipart = defineExtension({
  name: 'multipart',
  version: '1.0.0',
  core: '^1.0.0',
  config: options({}),
  initApp(app) {
    app.bodyReader('multipart/form-data', async (ctx) => {
      const type = ctx.headers.get('content-type') ?? ''
      return new Response(new Uint8Array(await ctx.readBytes()), { headers: { 'content-type': type } }).formData()
    })
    // As parsers give the part of a file input in which nothing was chosen.
    app.bodyReader('multipart/x-nothing-chosen', () => [
      ['title', 'Tea'],
      ['count', '3'],
      ['picture', new File([], '', { type: 'application/octet-stream' })],
      ['more', new File([], '', { type: 'application/octet-stream' })],
    ])
    app.bodyReader('text/x-number', async () => 42)
    return {}
  },
})

const Picture = z.object({
  title: z.string().min(1),
  count: z.number(),
  picture: z.file().max(5).optional(),
  more: z.array(z.file()),
})

function pictures() {
  const app = micro(import.meta, {
    mode: 'test',
    env: {},
    logSink: (line) => lines.push(String((line.fields.error as { code?: string } | undefined)?.code)),
  })
    .use(forms())
    .use(multipart)
  app.post('/', [body(Picture)], async (ctx) => {
    const { picture, more, ...texts } = ctx.body
    return { ...texts, picture: picture === undefined ? null : await picture.text(), more: more.map((file) => file.name) }
  })
  app.post('/form', [form(Picture)], (ctx) =>
    ctx.text(`${ctx.form.error('picture')} ${ctx.form.attributes('picture')} ${ctx.form.value('title')}`),
  )
  return app
}

const lines: string[] = []

describe('body of a type that an extension reads', () => {
  const client = pictures().client()
  const file = (text: string, name = 'a.txt') => new File([text], name)

  it('takes texts by what the schema expects, and files as they are', async () => {
    const answer = await client.post('/', {
      form: { title: 'Tea', count: '3', picture: file('abc'), more: [file('x', 'one'), file('y', 'two')] },
    })
    expect(await answer.json()).toEqual({ title: 'Tea', count: 3, picture: 'abc', more: ['one', 'two'] })
  })

  it('takes a field for which no file was chosen as absent', async () => {
    const answer = await client.post('/', { body: 'x', headers: { 'content-type': 'multipart/x-nothing-chosen' } })
    expect(await answer.json()).toEqual({ title: 'Tea', count: 3, picture: null, more: [] })
  })

  it('tells what is wrong with a file, and never shows it again', async () => {
    const answer = await client.post('/form', { form: { title: 'Tea', count: '3', picture: file('too long') } })
    expect(answer.status).toBe(422)
    expect(await answer.text()).toBe(
      'The file is too large: it may have 5 bytes or less. id="picture" name="picture" type="file" aria-invalid="true" aria-describedby="picture-error" autofocus Tea',
    )
  })

  it('refuses a file where a text is expected, and a text where a file is', async () => {
    const answer = await client.post('/', { form: { title: file('x'), count: '3', picture: 'x' } })
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({
      errors: [{ pointer: '#/title' }, { pointer: '#/picture', detail: 'Please choose a file.' }],
    })
  })

  it('holds names and numbers of fields to the same limits', async () => {
    expect((await client.post('/', { form: { '__proto__[a]': 'x', picture: file('') } })).status).toBe(400)
    const many = new FormData()
    for (let count = 0; count < 1_001; count++) {
      many.append('a', 'x')
    }
    expect((await client.post('/', { body: many })).status).toBe(413)
  })

  it('names a reader that gives nothing of use', async () => {
    const answer = await client.post('/', { body: 'x', headers: { 'content-type': 'text/x-number' } })
    expect(answer.status).toBe(500)
    expect(lines).toEqual(['MICRO_FORMS_BODY'])
  })
})
