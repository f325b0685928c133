/** A note: what it must be, and whose it is. */
import type { ContextOf } from '@micro/core'
import { z } from 'zod'
import type { theDb, theUploads } from '../extensions.ts'

export const Note = z.object({
  title: z.string().trim().min(1, 'Give it a title.').max(80, 'At most 80 characters.').meta({ label: 'Title' }),
  body: z.string().max(10_000, 'At most 10,000 characters.').meta({ label: 'Text' }),
})

type Writer = ContextOf<[typeof theDb]> & { readonly user: { readonly id: number } }
type Keeper = ContextOf<[typeof theDb, typeof theUploads]>

/** The user's own notes. */
export function ownNotes({ db, user }: Writer) {
  return db.selectFrom('note').selectAll().where('authorId', '=', user.id)
}

/** A note, if it is one of the user's own: another's is as good as none. */
export function ownNote(ctx: Writer, id: number) {
  return ctx.db.firstOr404(ownNotes(ctx).where('id', '=', id), 'There is no such note.')
}

/** Keeps a picture of a note whose row the open transaction has written: where one of the two fails, neither stays. */
export async function keepPicture({ db, uploads }: Keeper, id: number, picture: File) {
  const { key } = await uploads.keep(picture)
  await db.updateTable('note').set({ picture: key }).where('id', '=', id).execute()
}

/** Deletes a note, and the picture that it has then. */
export async function deleteNote({ db, uploads }: Keeper, id: number) {
  const gone = await db.deleteFrom('note').where('id', '=', id).returning('picture').executeTakeFirst()
  if (gone?.picture) {
    await uploads.delete(gone.picture)
  }
}
