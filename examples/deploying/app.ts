/** A guestbook whose entries are in PostgreSQL and whose sessions are in Redis: any number of processes may serve it. */
import { setTimeout as pause } from 'node:timers/promises'
import { redis } from '@examples/redis-store'
import { type MicroOptions, micro } from '@micro/core'
import { db, type Generated } from '@micro/db'
import { body, forms } from '@micro/forms'
import { z } from 'zod'

interface Schema {
  entry: { id: Generated<number>; name: string; text: string }
}

const Entry = z.object({ name: z.string().min(1).max(80), text: z.string().min(1).max(2000) })

export const createApp = (options: MicroOptions = {}) => {
  const app = micro(import.meta, options)
    .use(db<Schema>())
    .use(redis({ sessions: true }))
    .use(forms())

  app.get('/', { name: 'entries' }, async (ctx) => {
    const entries = await ctx.db.selectFrom('entry').selectAll().orderBy('id', 'desc').limit(20).execute()
    return ctx.render('entries.ejs', { entries, name: ctx.session.get<string>('name') })
  })

  app.post('/', { name: 'sign', use: [body(Entry)] }, async (ctx) => {
    await ctx.db.insertInto('entry').values(ctx.body).execute()
    ctx.session.set('name', ctx.body.name)
    return ctx.redirect(ctx.urlFor('entries'))
  })

  // What a request looks like from here: to see whether the proxy is set up as it should be.
  app.get('/seen', (ctx) => ({ address: ctx.remoteAddress, url: ctx.url.href, entries: ctx.urlFor('entries'), process: process.pid }))

  app.get('/clock', (ctx) =>
    ctx.events(async function* () {
      while (!ctx.signal.aborted) {
        yield { data: new Date().toISOString() }
        await pause(1_000, undefined, { signal: ctx.signal }).catch(() => {})
      }
    }),
  )
  return app
}

export default createApp
