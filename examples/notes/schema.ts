import type { AuthTables } from '@micro/auth'
import type { Generated } from '@micro/db'

export interface NoteTable {
  id: Generated<number>
  authorId: number
  title: string
  body: string
  /** Key of the picture in storage. */
  picture: string | null
  created: number
}

export interface Schema extends AuthTables {
  note: NoteTable
}
