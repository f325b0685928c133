import { blueprint } from '@micro/core'
import { form } from '@micro/forms'
import { z } from 'zod'
import { theAuth, theDb, theUploads } from '../extensions.ts'
import { deleteNote, keepPicture, Note, ownNote, ownNotes } from './note.ts'

export const notes = blueprint('notes', import.meta, { needs: [theDb, theAuth, theUploads], prefix: '/notes' })

const MOST_BYTES = 5 * 1024 * 1024

const NoteForm = Note.extend({
  picture: z
    .file()
    .max(MOST_BYTES, 'At most 5 MB.')
    .mime(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'], 'Choose a PNG, JPEG, GIF, WebP or AVIF picture.')
    .optional()
    .meta({ label: 'Picture' }),
})

notes.get('/', { name: 'index', use: [theAuth.loginRequired] }, async (ctx) => {
  const page = await ctx.db.paginate(ownNotes(ctx).orderBy('id', 'desc'))
  return ctx.render('notes/index.ejs', { page })
})

notes.get('/new', { name: 'new', use: [theAuth.loginRequired, form(NoteForm)] }, (ctx) =>
  ctx.render('notes/edit.ejs', { form: ctx.form, note: null }),
)

notes.post('/new', [theAuth.loginRequired, form(NoteForm)], async (ctx) => {
  if (!ctx.form.ok) {
    return ctx.render('notes/edit.ejs', { form: ctx.form, note: null })
  }
  const { picture, ...values } = ctx.form.data
  const id = await ctx.db.transaction().execute(async () => {
    const note = await ctx.db
      .insertInto('note')
      .values({ ...values, authorId: ctx.user.id, picture: null, created: Date.now() })
      .returning('id')
      .executeTakeFirstOrThrow()
    if (picture !== undefined) {
      await keepPicture(ctx, note.id, picture)
    }
    return note.id
  })
  ctx.flash('Saved.')
  return ctx.redirect(ctx.urlFor('.show', { id }))
})

notes.get('/:id<int>', { name: 'show', use: [theAuth.loginRequired] }, async (ctx) =>
  ctx.render('notes/show.ejs', { note: await ownNote(ctx, ctx.params.id) }),
)

notes.get('/:id<int>/picture', { name: 'picture', use: [theAuth.loginRequired] }, async (ctx) => {
  const note = await ownNote(ctx, ctx.params.id)
  return ctx.uploads.send(note.picture ?? '')
})

notes.get('/:id<int>/edit', { name: 'edit', use: [theAuth.loginRequired, form(NoteForm)] }, async (ctx) => {
  const note = await ownNote(ctx, ctx.params.id)
  return ctx.render('notes/edit.ejs', { form: ctx.form.fill(note), note })
})

notes.post('/:id<int>/edit', [theAuth.loginRequired, form(NoteForm)], async (ctx) => {
  const note = await ownNote(ctx, ctx.params.id)
  if (!ctx.form.ok) {
    return ctx.render('notes/edit.ejs', { form: ctx.form, note })
  }
  const { picture, ...values } = ctx.form.data
  const replaced = await ctx.db.transaction().execute(async () => {
    // It writes first: from here on nobody else changes the note, and its picture is the one that this edit replaces.
    await ctx.db.updateTable('note').set(values).where('id', '=', note.id).execute()
    if (picture === undefined) {
      return null
    }
    const before = await ownNote(ctx, note.id)
    await keepPicture(ctx, note.id, picture)
    return before.picture
  })
  if (replaced !== null) {
    await ctx.uploads.delete(replaced)
  }
  ctx.flash('Saved.')
  return ctx.redirect(ctx.urlFor('.show', { id: note.id }))
})

notes.post('/:id<int>/delete', { name: 'delete', use: [theAuth.loginRequired] }, async (ctx) => {
  const note = await ownNote(ctx, ctx.params.id)
  await deleteNote(ctx, note.id)
  ctx.flash('Deleted.')
  return ctx.redirect(ctx.urlFor('.index'))
})
