/** A blueprint: it imports no app, and is typed by what it needs. */
import { blueprint } from '@micro/core'
import { body } from '@micro/forms'
import { z } from 'zod'
import { theAuth, theDb } from './extensions.ts'

export const notes = blueprint('notes', import.meta, { needs: [theDb, theAuth], prefix: '/notes' })

const Note = z.object({ title: z.string().min(1).max(80), body: z.string() })

notes.get('/', async (ctx) => ctx.render('notes/index.ejs', { page: await ctx.db.paginate(ctx.db.selectFrom('note').selectAll()) }))

notes.post('/', [theAuth.loginRequired, body(Note)], async (ctx) => {
  const role: 'admin' | 'member' = ctx.user.role
  const note = await ctx.db
    .insertInto('note')
    .values({ ...ctx.body, authorId: String(ctx.user.id) })
    .returningAll()
    .executeTakeFirstOrThrow()
  ctx.flash(`Saved by a ${role}.`)
  return ctx.redirect(ctx.urlFor('notes.show', { id: note.id }))
})

notes.get('/:id<int>', { name: 'show' }, async (ctx) =>
  ctx.db.firstOr404(ctx.db.selectFrom('note').selectAll().where('id', '=', ctx.params.id)),
)

notes.post('/:id<int(min=1)>', { name: 'edit', use: [theAuth.loginRequired, body(Note)] }, async (ctx) => {
  const id: number = ctx.params.id
  return { id, title: ctx.body.title.trim(), by: ctx.user.email }
})

notes
  .route('/:id<int>/tags/:tag')
  .get((ctx) => ({ id: ctx.params.id + 1, tag: ctx.params.tag.length }))
  .delete([theAuth.loginRequired], (ctx) => ({ by: ctx.user.id }))
