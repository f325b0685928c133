import { type MicroOptions, micro } from '@micro/core'
import { account } from './account/routes.ts'
import { theAuth, theDb, theForms, theUploads } from './extensions.ts'
import { api } from './notes/api.ts'
import { notes } from './notes/routes.ts'

export const createApp = (options: MicroOptions = {}) => {
  const app = micro(import.meta, options)
    .use(theDb)
    .use(theForms)
    .use(theUploads)
    .use(theAuth)
    .register(account)
    .register(notes)
    .register(api)
  app.templates.context(async (ctx) => ({ user: await ctx.auth.user() }))
  app.get('/', { name: 'home' }, (ctx) => ctx.redirect(ctx.urlFor('notes.index')))
  app.onError(404, (error, ctx) => {
    if (ctx.preferredType('json', 'html') === 'html') {
      return ctx.render('not-found.ejs')
    }
    throw error
  })
  return app
}

export default createApp
