/** The official extensions as subjects of the suite. */
import { auth, memoryStore } from '@micro/auth'
import type { Context } from '@micro/core'
import { db } from '@micro/db'
import { form, forms } from '@micro/forms'
import { uploads } from '@micro/uploads'
import { sql } from 'kysely'
import type { Subject } from '../src/index.ts'

type With<Name extends string, Member> = Context & { readonly [K in Name]: Member }

const database: Subject = {
  create: () => db(),
  module: '@micro/db',
  config: { url: ':memory:' },
  otherConfig: { url: ':memory:', perPage: 7 },
  misconfigure: [
    { config: { poolSize: 'many' }, key: 'poolSize' },
    { config: { url: 42 }, key: 'url' },
  ],
  exercise: async (ctx) => (await sql<{ one: number }>`select 1 as one`.execute((ctx as With<'db', never>).db)).rows,
  misuse: (ctx) => sql`select ${{ not: 'bindable' }}`.execute((ctx as With<'db', never>).db),
}

const formsSubject: Subject = {
  create: () => forms(),
  module: '@micro/forms',
  otherConfig: { allowSameSite: true },
  misconfigure: [{ config: { trustedOrigins: 'https://example.com' }, key: 'trustedOrigins' }],
  exercise: (ctx) => typeof (ctx as With<'forms', unknown>).forms,
  misuse: () => form({} as never),
}

const uploadsSubject: Subject = {
  create: () => uploads(),
  module: '@micro/uploads',
  otherConfig: { limits: { files: 2 } },
  misconfigure: [{ config: { limits: { files: 'many' } }, key: 'limits.files' }],
  exercise: (ctx) => (ctx as With<'uploads', { delete(key: string): Promise<boolean> }>).uploads.delete(`${'0'.repeat(32)}.png`),
  misuse: (ctx) => (ctx as With<'uploads', { delete(key: string): Promise<boolean> }>).uploads.delete('../etc/passwd'),
}

const authSubject: Subject = {
  create: () => auth(),
  module: '@micro/auth',
  peers: () => [db({ migrateOnStart: true })],
  peerConfig: { db: { url: ':memory:' } },
  otherConfig: { loginPath: '/sign-in' },
  misconfigure: [{ config: { loginPath: 7 }, key: 'loginPath' }],
  exercise: async (ctx) => (ctx as With<'auth', { user(): Promise<unknown> }>).auth.user(),
  misuse: (ctx) => (ctx as With<'auth', { login(user: unknown): Promise<void> }>).auth.login({ nobody: true }),
}

const storedAuth: Subject = { ...authSubject, create: () => auth({ store: memoryStore() }), peers: () => [], peerConfig: {} }

/** Each with the rules that may say nothing about it. */
export const OFFICIAL: readonly { readonly name: string; readonly subject: Subject; readonly inapplicable: readonly string[] }[] = [
  { name: '@micro/db', subject: database, inapplicable: ['P11'] },
  { name: '@micro/forms', subject: formsSubject, inapplicable: ['P11'] },
  { name: '@micro/uploads', subject: uploadsSubject, inapplicable: ['P11'] },
  { name: '@micro/auth', subject: authSubject, inapplicable: [] },
  { name: '@micro/auth with a store', subject: storedAuth, inapplicable: ['P11'] },
]
