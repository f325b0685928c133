import type { Kysely } from 'kysely'
import type { EngineName } from './engine.ts'

/** What a migration is told beside the handle. */
export interface MigrationInfo {
  readonly engine: EngineName
}

/** A step in the history of the schema. Everything it does is undone if it fails. */
export interface Migration {
  /** Goes forward. `db` is the open transaction; its parameter may be typed `Kysely<any>` or by tables of your own. */
  up(db: Kysely<unknown>, info: MigrationInfo): unknown
  /** Goes back. Left out, the migration cannot be rolled back. */
  down?(db: Kysely<unknown>, info: MigrationInfo): unknown
}

/** Migrations by name; they are applied in the order of their names. */
export interface Migrations {
  readonly [name: string]: Migration
}

/** Where a migration stands. */
export interface MigrationStatus {
  /** `<namespace>/<name>` where an extension contributes it. */
  readonly name: string
  /** When it was applied; undefined while it is pending. */
  readonly appliedAt: Date | undefined
  /** `changed` since it was applied, or `gone` though it was. */
  readonly note: 'changed' | 'gone' | undefined
}
