import { isHttpError, requireField } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'

const values = new URLSearchParams('q=text&page=3&empty=&many=1&many=2')
const toDate = (text: string) => (Number.isNaN(Date.parse(text)) ? undefined : new Date(text))

describe('requireField', () => {
  test('gives the first text, or what is read from it', () => {
    expect(requireField(values, 'q').length).toBe(4)
    expect(requireField(values, 'page', Number) + 1).toBe(4)
    expect([requireField(values, 'empty'), requireField(values, 'many')]).toEqual(['', '1'])
    expect(requireField(new Map([['at', '2020-01-01']]), 'at', toDate).getUTCFullYear()).toBe(2020)
  })

  const refused: readonly (readonly [what: string, read: () => unknown, message: string])[] = [
    ['a field that is absent', () => requireField(values, 'none'), "The field 'none' is missing."],
    ['a file', () => requireField(new Map([['f', new Blob([])]]), 'f'), "The field 'f' must be a text."],
    ['a text that is no number', () => requireField(values, 'q', Number), "The field 'q' is not accepted."],
    ['a text that nothing comes of', () => requireField(values, 'q', toDate), "The field 'q' is not accepted."],
    ['a text that its reader refuses', () => requireField(values, 'q', JSON.parse), "The field 'q' is not accepted."],
  ]
  test.each(refused)('%s is 400, and says which', (_, read, message) => {
    expect(read).toThrow(expect.toSatisfy((error) => isHttpError(error) && error.status === 400 && error.message === message))
  })
})

describe.each(DOORS)('a field that is missing, through $name', ({ open }) => {
  test('is named in the reply, from a query and from a form', async () => {
    const { send, lines } = await open((app) => {
      app.get('/', (ctx) => requireField(ctx.query, 'q'))
      app.post('/', async (ctx) => requireField(await ctx.readForm(), 'q'))
    })
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=b' }
    for (const seen of [await send('/?p=1'), await send('/', form)]) {
      expect(seen.json).toEqual({
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: "The field 'q' is missing.",
        errors: [{ parameter: 'q', detail: 'It is missing.' }],
      })
    }
    expect(lines).toEqual([])
    expect((await send('/?q=here')).text).toBe('here')
  })

  test('a query is what stands in the URL alone, whatever the body holds', async () => {
    const { send } = await open((app) => app.post('/', async (ctx) => [ctx.query.get('a'), (await ctx.readForm()).get('a')]))
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=body' }
    expect((await send('/', form)).json).toEqual([null, 'body'])
    expect((await send('/?a=url', form)).json).toEqual(['url', 'body'])
  })
})
