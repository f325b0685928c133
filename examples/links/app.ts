import { type MicroOptions, micro } from '@micro/core'
import { db, type Generated } from '@micro/db'
import { body, form, forms } from '@micro/forms'
import { z } from 'zod'

interface Schema {
  link: { id: Generated<number>; url: string; title: string; created: number }
}

const Link = z.object({
  url: z.httpUrl('Give a web address.').max(2000).meta({ label: 'Address' }),
  title: z.string().trim().min(1, 'Give it a title.').max(100).meta({ label: 'Title' }),
})

export const createApp = (options: MicroOptions = {}) => {
  const app = micro(import.meta, options)
    .use(db<Schema>())
    .use(forms())

  app.get('/', { name: 'index', use: [form(Link)] }, async (ctx) => {
    const links = await ctx.db.selectFrom('link').selectAll().orderBy('id', 'desc').execute()
    return ctx.render('index.ejs', { form: ctx.form, links })
  })

  app.post('/', [form(Link)], async (ctx) => {
    if (!ctx.form.ok) {
      const links = await ctx.db.selectFrom('link').selectAll().orderBy('id', 'desc').execute()
      return ctx.render('index.ejs', { form: ctx.form, links })
    }
    await ctx.db
      .insertInto('link')
      .values({ ...ctx.form.data, created: Date.now() })
      .execute()
    return ctx.redirect(ctx.urlFor('index'))
  })

  app.get('/api/links', async (ctx) => ({ links: await ctx.db.selectFrom('link').selectAll().execute() }))

  app.post('/api/links', [body(Link)], async (ctx) => {
    const link = await ctx.db
      .insertInto('link')
      .values({ ...ctx.body, created: Date.now() })
      .returningAll()
      .executeTakeFirstOrThrow()
    return ctx.json(link, 201)
  })

  return app
}

export default createApp
