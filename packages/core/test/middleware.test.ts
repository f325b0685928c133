import { defineExtension, micro, middleware, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS, errorsOf } from './both.ts'
import { microErrorOf } from './micro-error-of.ts'

const db = defineExtension({ name: 'db', version: '1.0.0', core: '*', config: options({}), initApp: () => ({ context: () => 'rows' }) })

describe.each(DOORS)('middleware through $name', ({ open }) => {
  test('runs around the handler in the order of the list; each adds for what follows and sees the reply', async () => {
    const log: string[] = []
    const first = middleware(async (ctx, next) => {
      log.push('first in')
      const reply = await next({ one: 1 })
      log.push(`first out ${reply.status}`)
      ctx.setHeader('X-First', 'yes')
      return reply
    })
    const second = middleware(async (ctx, next) => {
      log.push(`second in ${(ctx as unknown as { one: number }).one}`)
      return next({ two: 2 })
    })
    const { send } = await open((app) =>
      app.get('/', [first, second], (ctx) => {
        log.push('handler')
        return ctx.json([ctx.one, ctx.two], 201)
      }),
    )
    const seen = await send('/')
    expect([seen.status, seen.text, seen.headers.get('x-first')]).toEqual([201, '[1,2]', 'yes'])
    expect(log).toEqual(['first in', 'second in 1', 'handler', 'first out 201'])
  })

  test('may answer early, return another reply, and catch what follows', async () => {
    const guard = middleware(async (ctx, next) => {
      if (ctx.query.has('no')) {
        return ctx.redirect('/login')
      }
      try {
        const reply = await next()
        return ctx.query.has('other') ? ctx.text('other') : reply
      } catch (error) {
        return ctx.text(`caught ${(error as Error).message}`, 202)
      }
    })
    const { send } = await open((app) => {
      app.get('/', [guard], () => 'x')
      app.get('/fail', { use: [guard] }, () => {
        throw new Error('no')
      })
    })
    expect((await send('/?no')).headers.get('location')).toBe('/login')
    expect((await send('/?other')).text).toBe('other')
    expect((await send('/')).text).toBe('x')
    const caught = await send('/fail')
    expect([caught.status, caught.text]).toEqual([202, 'caught no'])
  })

  test('sees the members of extensions it needs', async () => {
    const rows = middleware({ needs: [db] }, async (ctx, next) => next({ rows: `${ctx.db}!` }))
    const { send } = await open((app) => app.use(db).get('/', [rows], (ctx) => ctx.rows))
    expect((await send('/')).text).toBe('rows!')
  })

  const wrong = [
    ['MICRO_NEXT_TWICE', middleware(async (_, next) => next().then(() => next())), 'called next() twice'],
    ['MICRO_MIDDLEWARE_RESULT', middleware((async () => undefined) as never), 'Middleware 1 of the route /x at'],
    [
      'MICRO_MIDDLEWARE_RESULT',
      middleware((async (_: unknown, next: () => Promise<unknown>) => void (await next())) as never),
      'returned nothing (undefined)',
    ],
  ] as const
  test.each(wrong)('%s: 500, logged with the place', async (code, middle, says) => {
    const { send, lines } = await open((app) => app.get('/x', [middle], () => 'x'))
    expect((await send('/x')).status).toBe(500)
    expect(lines.map(({ fields }) => (fields.error as { code?: string }).code)).toEqual([code])
    expect(errorsOf(lines)[0]).toContain(says)
  })

  const failing = [
    [
      'at once',
      () => {
        throw new Error('nobody waits')
      },
    ],
    ['later', () => Promise.reject(new Error('nobody waits'))],
  ] as const
  test.each(failing)('one that does not wait for what follows does not end the process with a failure that comes %s', async (_, fail) => {
    const hasty = middleware(async (ctx, next) => {
      void next()
      return ctx.text('hasty')
    })
    const { send } = await open((app) => app.get('/', [hasty], fail))
    expect((await send('/')).text).toBe('hasty')
    await new Promise((resolve) => setTimeout(resolve, 10))
  })

  test('what follows is a promise, also where the handler answers at once', async () => {
    const chained = middleware((ctx, next) => next().then(({ status }) => ctx.text(`after ${status}`)))
    const { send } = await open((app) => app.get('/', [chained], () => 'x'))
    expect((await send('/')).text).toBe('after 200')
  })
})

describe('middleware', () => {
  test('is no extension: app.use() says where it belongs', async () => {
    const timed = middleware(async (_, next) => next())
    const error = await microErrorOf(() => micro(import.meta).use(timed as never))
    expect([error.code, error.fix]).toEqual([
      'MICRO_USE_MIDDLEWARE',
      'A middleware belongs to a route (use: [timed]); for every request there are hooks: beforeRequest, afterRequest.',
    ])
  })

  test('where an extension it needs is missing, the route is refused at start, with its place', async () => {
    const needy = middleware({ needs: [db] }, async (_, next) => next())
    const app = micro(import.meta, { env: {}, mode: 'test' }).get('/x', [needy] as never, () => 'x')
    const error = await microErrorOf(() => app.start())
    expect(error.code).toBe('MICRO_MIDDLEWARE_NEED')
    expect(error.message).toMatch(/The route \/x at .*middleware\.test\.ts:\d+ uses a middleware that needs 'db': install it first/)
  })

  test.each([[[{}]], [[() => 'x']], [[null]]])('something else in the list (%j) is refused where it is declared', async (list) => {
    const app = micro(import.meta, { env: {}, mode: 'test' })
    expect(await microErrorOf(() => app.get('/', list as never, () => 'x'))).toMatchObject({ code: 'MICRO_MIDDLEWARE_INVALID' })
  })

  test('a route without a handler is refused where it is declared', async () => {
    const app = micro(import.meta, { env: {}, mode: 'test' })
    const error = await microErrorOf(() => app.get('/x', { name: 'x' }, undefined as never))
    expect(error.code).toBe('MICRO_HANDLER_INVALID')
    expect(error.message).toContain('undefined was given')
  })
})
