export type {
  ColumnType,
  Generated,
  GeneratedAlways,
  Insertable,
  JSONColumnType,
  Kysely,
  Selectable,
  Transaction,
  Updateable,
} from 'kysely'
export { type DbExtension, db } from './db.ts'
export { DbConfig, type DbOptions, type DbSettings } from './db-config.ts'
export { DB_ERRORS, type DbErrorCode } from './db-errors.ts'
export type {
  AnyConnections,
  AnyDb,
  AnyDbMember,
  Connections,
  Db,
  DbMember,
  FirstQuery,
  MigrateOptions,
  Page,
  PageOptions,
} from './db-member.ts'
export type { EngineName } from './engine.ts'
export type { Migration, MigrationInfo, MigrationStatus, Migrations } from './migration.ts'
export { type Violation, violationOf } from './violation.ts'
