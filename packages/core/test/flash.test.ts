import type { Context } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS, type Opened } from './both.ts'
import { MemorySessions } from './memory-sessions.ts'
import { sessionOf, withCookie } from './session-cookie-of.ts'

const flashing = (read: (ctx: Context) => unknown) => (app: Opened['app']) => {
  app.post('/', (ctx) => {
    ctx.flash('Saved.')
    ctx.flash('Careful.', 'warning')
    ctx.flash('Broken.', 'error')
    return ctx.redirect('/')
  })
  app.get('/', (ctx) => ({ read: read(ctx) }))
}

describe.each(DOORS)('flash through $name', ({ open }) => {
  const shown = async (read: (ctx: Context) => unknown) => {
    const { send } = await open(flashing(read))
    const redirect = await send('/', { method: 'POST' })
    expect([redirect.status, redirect.headers.get('location')]).toEqual([303, '/'])
    const cookie = withCookie(sessionOf(redirect.headers))
    const first = await send('/', cookie)
    const next = sessionOf(first.headers)
    return { first: (first.json as { read: unknown }).read, setsCookie: first.headers.getSetCookie().length, next }
  }
  const SAVED = { category: 'message', message: 'Saved.' }
  const CAREFUL = { category: 'warning', message: 'Careful.' }
  const BROKEN = { category: 'error', message: 'Broken.' }

  test('keeps messages over a redirect, for the one page that shows them', async () => {
    const { first, setsCookie, next } = await shown((ctx) => ctx.flashes())
    // Nothing is left: the session ends with them.
    expect([first, setsCookie, next]).toEqual([[SAVED, CAREFUL, BROKEN], 1, ''])
  })

  const reads: readonly (readonly [how: string, read: (ctx: Context) => unknown, got: unknown])[] = [
    ['twice gives the same', (ctx) => [ctx.flashes(), ctx.flashes()], Array(2).fill([SAVED, CAREFUL, BROKEN])],
    ['by category', (ctx) => ctx.flashes('warning'), [CAREFUL]],
    ['by several categories, in the order of the messages', (ctx) => ctx.flashes('error', 'message'), [SAVED, BROKEN]],
    [
      'by a category leaves the others to later calls',
      (ctx) => [ctx.flashes('error'), ctx.flashes()],
      [[BROKEN], [SAVED, CAREFUL, BROKEN]],
    ],
    ['by a category that nothing is in', (ctx) => ctx.flashes('info'), []],
    [
      "a list that is changed is the caller's own",
      (ctx) => [ctx.flashes().splice(0), ctx.flashes()],
      Array(2).fill([SAVED, CAREFUL, BROKEN]),
    ],
  ]
  test.each(reads)('reading %s', async (_, read, got) => {
    expect((await shown(read)).first).toEqual(got)
  })

  test('what is flashed after reading is for the next page', async () => {
    const { first, next } = await shown((ctx) => {
      const seen = ctx.flashes('error')
      ctx.flash('Seen.')
      return [...seen, ...ctx.flashes('message')]
    })
    expect(first).toEqual([BROKEN, SAVED])
    expect(Buffer.from(next.split('.')[0] ?? '', 'base64url').toString()).toBe('{"_flashes":[{"category":"message","message":"Seen."}]}')
  })

  test('a page without messages costs no cookie, and varies by it', async () => {
    const { send } = await open(flashing((ctx) => ctx.flashes()))
    const seen = await send('/')
    expect([seen.json, seen.headers.getSetCookie(), seen.headers.get('vary')]).toEqual([{ read: [] }, [], 'Cookie'])
  })

  test('works with a store that answers later', async () => {
    const store = new MemorySessions()
    const { send } = await open((app) => {
      app.session.store(store)
      flashing((ctx) => ctx.flashes('warning'))(app)
    })
    const cookie = withCookie(sessionOf((await send('/', { method: 'POST' })).headers))
    expect((await send('/', cookie)).json).toEqual({ read: [CAREFUL] })
    expect(store.kept.size).toBe(0)
  })
})
