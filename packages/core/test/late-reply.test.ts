import type { Context } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS, errorsOf } from './both.ts'

describe.each(DOORS)('a reply that has been made, through $name', ({ open }) => {
  const changes: readonly (readonly [what: string, change: (ctx: Context) => unknown])[] = [
    ['ctx.setHeader()', (ctx) => ctx.setHeader('X-A', 'b')],
    ['ctx.appendHeader()', (ctx) => ctx.appendHeader('X-A', 'b')],
    ['ctx.removeHeader()', (ctx) => ctx.removeHeader('X-A')],
    ['ctx.setHeader()', (ctx) => ctx.setCacheControl({ noStore: true })],
    ['ctx.setCookie()', (ctx) => ctx.setCookie('a', 'b')],
    ['ctx.setCookie()', (ctx) => ctx.deleteCookie('a')],
    [
      'ctx.status =',
      (ctx) => {
        ctx.status = 201
      },
    ],
  ]
  test.each(changes)('is not changed: %s in a stream is an error that says so', async (method, change) => {
    const { send, lines } = await open((app) =>
      app.get('/', async function* (ctx) {
        yield 'first'
        change(ctx)
      }),
    )
    await expect(send('/')).rejects.toThrow()
    expect(lines[0]?.fields.error).toMatchObject({ code: 'MICRO_REPLY_MADE' })
    expect(errorsOf(lines)[0]).toContain(`${method} was called where no reply is to come`)
  })

  test('readers that add to Vary may be used late', async () => {
    const { send, lines } = await open((app) =>
      app.get('/', async function* (ctx) {
        yield 'language: '
        yield ctx.preferredLanguage('en', 'de') ?? 'none'
      }),
    )
    expect((await send('/', { headers: { 'accept-language': 'de' } })).text).toBe('language: de')
    expect(lines).toEqual([])
  })
})
