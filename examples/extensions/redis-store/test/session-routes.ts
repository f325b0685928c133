import type { Micro } from '@micro/core'

/** Pages that use the session, and one that does not. */
export function sessionRoutes<A extends Micro>(app: A): A {
  app.get('/count', (ctx) => {
    const count = (ctx.session.get<number>('count') ?? 0) + 1
    ctx.session.set('count', count)
    return { count }
  })
  app.get('/peek', (ctx) => ({ count: ctx.session.get<number>('count') ?? null }))
  app.get('/regenerate', (ctx) => {
    ctx.session.regenerate()
    return { count: ctx.session.get<number>('count') ?? null }
  })
  app.get('/leave', (ctx) => {
    ctx.session.clear()
    return 'left'
  })
  app.get('/untouched', () => 'untouched')
  return app
}
