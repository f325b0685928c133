/** What the design promises that compiles: in several files, with the real kysely and zod. */
import { auth, memoryStore } from '@micro/auth'
import { double, Micro, type MicroOptions, micro, middleware, type OptionsFor } from '@micro/core'
import { current } from '@micro/core/current'
import { type Connections, db } from '@micro/db'
import { forms, query } from '@micro/forms'
import { uploads } from '@micro/uploads'
import { z } from 'zod'
import { type Schema, theAuth, theDb } from './extensions.ts'
import { notes } from './notes.ts'

export const createApp = (options: MicroOptions = {}) =>
  micro(import.meta, options)
    .use(theDb)
    .use(forms())
    .use(uploads())
    .use(theAuth)
    .register(notes)

export const app = createApp({ config: { db: { url: ':memory:' } } })
app.get('/square/:n<int>', (ctx) => ({ n: ctx.params.n ** 2 }))
app.get('/count', async (ctx) => ({ rows: await ctx.db.selectFrom('note').selectAll().execute() }))
app.db.default.selectFrom('note')
const poolSize: number = app.config.db.poolSize

export { poolSize }

// Options, named once by the extensions and checked by the compiler.
export const createChecked = (options: OptionsFor<typeof theDb | typeof theAuth> = {}) =>
  micro(import.meta, options)
    .use(theDb)
    .use(theAuth)
createChecked({ config: { db: { url: ':memory:' }, session: { cookieName: 'sid' } } })

// A middleware of the app's own: what it adds is inferred, answering early is allowed.
const admin = middleware({ needs: [theAuth] }, async (ctx, next) => {
  const user = await ctx.auth.user()
  if (user?.role !== 'admin') {
    return ctx.redirect('/login')
  }
  return next({ admin: user })
})
app.get('/admin', [admin], (ctx) => ({ email: ctx.admin.email.toLowerCase() }))

// A middleware may narrow a member of core's own.
app.get('/search', [query(z.object({ page: z.coerce.number() }))], (ctx) => ({ next: ctx.query.page + 1 }))

// … its params and query together with members of its own, or a member of an extension.
const strict = middleware({ needs: [theAuth] }, async (ctx, next) =>
  next({ params: { id: 1 as const }, query: { page: 2 }, auth: { ...ctx.auth, strength: 'high' as const } }),
)
app.get('/strict/:id', [strict], (ctx) => ({
  id: ctx.params.id satisfies 1,
  page: ctx.query.page + 1,
  how: ctx.auth.strength,
  user: ctx.auth.user(),
}))

// A second database.
createApp()
  .use(db<{ hit: { id: number } }>().as('stats'))
  .get('/stats', async (ctx) => ({ hits: await ctx.stats.selectFrom('hit').selectAll().execute() }))

// Auth with a store of its own needs no database.
const theStoredAuth = auth({ store: memoryStore() })
micro(import.meta)
  .use(theStoredAuth)
  .get('/me', [theStoredAuth.loginRequired], (ctx) => ctx.user.email)

// A subclass keeps its own members through use.
class Shop extends Micro {
  readonly currency = 'EUR'
}
const shop = new Shop(import.meta).use(theDb).use(theAuth)
shop.get('/', async (ctx) => ({ currency: shop.currency, rows: await ctx.db.selectFrom('note').selectAll().execute() }))

// A double of the same member type, and the context at hand elsewhere.
declare const connections: Connections<Schema>
micro(import.meta, { replace: [double(theDb, { app: connections })] })
export const who = () => current(theAuth).ctx.auth.user()
