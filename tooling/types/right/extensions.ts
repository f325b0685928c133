/** Values that know no app, in a file of their own. */
import { auth, github, type User } from '@micro/auth'
import { db } from '@micro/db'
import type { Generated } from 'kysely'

export interface Schema {
  note: { id: Generated<number>; title: string; body: string; authorId: string }
}

export interface AppUser extends User {
  readonly role: 'admin' | 'member'
}

export const theDb = db<Schema>()
export const theAuth = auth<AppUser>({ providers: [github()] })
