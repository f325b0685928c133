import { blueprint } from '@micro/core'
import { form } from '@micro/forms'
import { z } from 'zod'
import { theAuth, theDb, theUploads } from '../extensions.ts'

export const notes = blueprint('notes', import.meta, { needs: [theDb, theAuth, theUploads], prefix: '/notes' })

const MOST_BYTES = 5 * 1024 * 1024

const Note = z.object({
  title: z.string().trim().min(1, 'Give it a title.').max(80, 'At most 80 characters.').meta({ label: 'Title' }),
  body: z.string().max(10_000, 'At most 10,000 characters.').meta({ label: 'Text' }),
  picture: z
    .file()
    .max(MOST_BYTES, 'At most 5 MB.')
    .mime(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'], 'Choose a PNG, JPEG, GIF, WebP or AVIF picture.')
    .optional()
    .meta({ label: 'Picture' }),
})

notes.get('/', { name: 'index', use: [theAuth.loginRequired] }, async (ctx) => {
  const query = ctx.db.selectFrom('note').selectAll().where('authorId', '=', ctx.user.id).orderBy('created', 'desc').orderBy('id', 'desc')
  return ctx.render('notes/index.ejs', { page: await ctx.db.paginate(query) })
})

notes.get('/new', { name: 'new', use: [theAuth.loginRequired, form(Note)] }, (ctx) =>
  ctx.render('notes/edit.ejs', { form: ctx.form, note: null }),
)

notes.post('/new', [theAuth.loginRequired, form(Note)], async (ctx) => {
  if (!ctx.form.ok) {
    return ctx.render('notes/edit.ejs', { form: ctx.form, note: null })
  }
  const { picture, ...values } = ctx.form.data
  const stored = picture === undefined ? null : await ctx.uploads.keep(picture)
  const note = await ctx.db
    .insertInto('note')
    .values({ ...values, authorId: ctx.user.id, picture: stored?.key ?? null, created: Date.now() })
    .returning('id')
    .executeTakeFirstOrThrow()
  ctx.flash('Saved.')
  return ctx.redirect(ctx.urlFor('.show', { id: note.id }))
})

notes.get('/:id<int>', { name: 'show', use: [theAuth.loginRequired] }, async (ctx) =>
  ctx.render('notes/show.ejs', { note: await ctx.db.firstOr404(ownNote(ctx, ctx.params.id)) }),
)

notes.get('/:id<int>/picture', { name: 'picture', use: [theAuth.loginRequired] }, async (ctx) => {
  const note = await ctx.db.firstOr404(ownNote(ctx, ctx.params.id))
  return ctx.uploads.send(note.picture ?? '')
})

notes.get('/:id<int>/edit', { name: 'edit', use: [theAuth.loginRequired, form(Note)] }, async (ctx) => {
  const note = await ctx.db.firstOr404(ownNote(ctx, ctx.params.id))
  return ctx.render('notes/edit.ejs', { form: ctx.form.fill(note), note })
})

notes.post('/:id<int>/edit', [theAuth.loginRequired, form(Note)], async (ctx) => {
  const note = await ctx.db.firstOr404(ownNote(ctx, ctx.params.id))
  if (!ctx.form.ok) {
    return ctx.render('notes/edit.ejs', { form: ctx.form, note })
  }
  const { picture, ...values } = ctx.form.data
  const stored = picture === undefined ? undefined : await ctx.uploads.keep(picture)
  await ctx.db
    .updateTable('note')
    .set({ ...values, picture: stored?.key ?? note.picture })
    .where('id', '=', note.id)
    .execute()
  if (stored !== undefined && note.picture !== null) {
    await ctx.uploads.delete(note.picture)
  }
  ctx.flash('Saved.')
  return ctx.redirect(ctx.urlFor('.show', { id: note.id }))
})

notes.post('/:id<int>/delete', { name: 'delete', use: [theAuth.loginRequired] }, async (ctx) => {
  const note = await ctx.db.firstOr404(ownNote(ctx, ctx.params.id))
  await ctx.db.deleteFrom('note').where('id', '=', note.id).execute()
  if (note.picture !== null) {
    await ctx.uploads.delete(note.picture)
  }
  ctx.flash('Deleted.')
  return ctx.redirect(ctx.urlFor('.index'))
})

/** A note, if it is one of the user's own: another's is as good as none. */
function ownNote(
  { db, user }: { readonly db: (typeof theDb)['~types']['context']['db']; readonly user: { readonly id: number } },
  id: number,
) {
  return db.selectFrom('note').selectAll().where('id', '=', id).where('authorId', '=', user.id)
}
