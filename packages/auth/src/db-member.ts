/**
 * What `auth()` asks of the member that stands under `db`, said structurally: no database package is imported. `@micro/db` has it,
 * and so has anything else that offers a Kysely under `ctx.db` and takes migrations under `app.db`.
 */
import type { Member, Need, NeedsOf } from '@micro/core'

/** One step of a schema. Both functions get a Kysely of the database at hand, and its kind, such as `sqlite` or `postgres`. */
export interface AuthMigration {
  up(db: never, info: { readonly engine: string }): Promise<void>
  down(db: never, info: { readonly engine: string }): Promise<void>
}

/** What stands on the app: it takes the migrations of an extension, to be run with those of the app. */
export interface AuthDbApp {
  /** Adds the migrations of an extension, in the order of their names. Called during `initApp` alone. */
  migrations(namespace: string, migrations: { readonly [name: string]: AuthMigration }): void
}

/** What stands on the context: the part of a Kysely that accounts and sessions are kept with. Any `Kysely<Schema>` satisfies it. */
export interface AuthDbContext {
  selectFrom(table: never): unknown
  insertInto(table: never): unknown
  updateTable(table: never): unknown
  deleteFrom(table: never): unknown
  transaction(): unknown
}

/** The member `auth()` needs under the name `db`. */
export interface AuthDbMember extends Member<AuthDbApp, AuthDbContext> {}

/** What `auth()` needs; `auth({ store })` needs nothing. */
export type AuthDbNeeds = NeedsOf<{ readonly db: Need<AuthDbMember, false> }>
