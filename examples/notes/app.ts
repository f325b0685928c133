import { type MicroOptions, micro } from '@micro/core'
import { account } from './account/routes.ts'
import { theAuth, theDb, theForms, theUploads } from './extensions.ts'
import { notes } from './notes/routes.ts'

export const createApp = (options: MicroOptions = {}) => {
  const app = micro(import.meta, options)
    .use(theDb)
    .use(theForms)
    .use(theUploads)
    .use(theAuth)
    .register(account)
    .register(notes)
  app.templates.context(async (ctx) => ({ user: await ctx.auth.user() }))
  app.get('/', { name: 'home' }, (ctx) => ctx.redirect(ctx.urlFor('notes.index')))
  app.onError(404, (_error, ctx) => ctx.render('not-found.ejs'))
  return app
}

export default createApp
