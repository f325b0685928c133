/** The notes as JSON, for scripts and programs of those who have signed in. Errors are problem documents (RFC 9457). */
import { blueprint, type Context } from '@micro/core'
import type { Selectable } from '@micro/db'
import { body } from '@micro/forms'
import { theAuth, theDb, theUploads } from '../extensions.ts'
import type { NoteTable } from '../schema.ts'
import { deleteNote, Note, ownNote, ownNotes } from './note.ts'

export const api = blueprint('api', import.meta, { needs: [theDb, theAuth, theUploads], prefix: '/api/notes' })

api.get('/', { name: 'index', use: [theAuth.loginRequired] }, async (ctx) => {
  const { items, ...page } = await ctx.db.paginate(ownNotes(ctx).orderBy('id', 'desc'))
  return { notes: items.map((note) => shown(ctx, note)), ...page }
})

api.post('/', [theAuth.loginRequired, body(Note)], async (ctx) => {
  const note = await ctx.db
    .insertInto('note')
    .values({ ...ctx.body, authorId: ctx.user.id, picture: null, created: Date.now() })
    .returningAll()
    .executeTakeFirstOrThrow()
  ctx.setHeader('Location', ctx.urlFor('.show', { id: note.id }))
  return ctx.json(shown(ctx, note), 201)
})

api.get('/:id<int>', { name: 'show', use: [theAuth.loginRequired] }, async (ctx) => shown(ctx, await ownNote(ctx, ctx.params.id)))

api.patch('/:id<int>', [theAuth.loginRequired, body(Note.partial())], async (ctx) => {
  const note = await ownNote(ctx, ctx.params.id)
  const { title = note.title, body = note.body } = ctx.body
  await ctx.db.updateTable('note').set({ title, body }).where('id', '=', note.id).execute()
  return shown(ctx, { ...note, title, body })
})

api.delete('/:id<int>', [theAuth.loginRequired], async (ctx) => {
  const note = await ownNote(ctx, ctx.params.id)
  await deleteNote(ctx, note.id)
  return ctx.reply(null, 204)
})

function shown(ctx: Context, { id, title, body, picture, created }: Selectable<NoteTable>) {
  return {
    id,
    title,
    body,
    created: new Date(created),
    url: ctx.urlFor('.show', { id }),
    picture: picture === null ? null : ctx.urlFor('notes.picture', { id }),
  }
}
