/** Values that know no app, so any module may import them. */
import { auth, github } from '@micro/auth'
import { db } from '@micro/db'
import { forms } from '@micro/forms'
import { uploads } from '@micro/uploads'
import type { Schema } from './schema.ts'

export const theDb = db<Schema>({ perPage: 10 })
export const theForms = forms()
export const theUploads = uploads()
export const theAuth = auth({ providers: [github()] })
