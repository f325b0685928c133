/** The official extensions as subjects of the suite, each with the rules that may say nothing about it. */
import auth from '../approved/auth.ts'
import authWithStore from '../approved/auth-with-store.ts'
import db from '../approved/db.ts'
import forms from '../approved/forms.ts'
import uploads from '../approved/uploads.ts'
import type { Subject } from '../src/index.ts'

export const OFFICIAL: readonly { readonly name: string; readonly subject: Subject; readonly inapplicable: readonly string[] }[] = [
  { name: '@micro/db', subject: db, inapplicable: ['P11'] },
  { name: '@micro/forms', subject: forms, inapplicable: ['P11'] },
  { name: '@micro/uploads', subject: uploads, inapplicable: ['P11'] },
  { name: '@micro/auth', subject: auth, inapplicable: [] },
  { name: '@micro/auth with a store', subject: authWithStore, inapplicable: ['P11'] },
]
