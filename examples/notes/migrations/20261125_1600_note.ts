import type { Kysely, MigrationInfo } from '@micro/db'

export const up = (db: Kysely<unknown>, { engine }: MigrationInfo) =>
  db.schema
    .createTable('note')
    .addColumn('id', 'integer', (column) =>
      engine === 'sqlite' ? column.primaryKey().autoIncrement() : column.primaryKey().generatedByDefaultAsIdentity(),
    )
    .addColumn('authorId', 'integer', (column) => column.notNull().references('user.id').onDelete('cascade'))
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('picture', 'text')
    // Milliseconds since 1970: an integer of PostgreSQL ends before that.
    .addColumn('created', 'bigint', (column) => column.notNull())
    .execute()

export const down = (db: Kysely<unknown>) => db.schema.dropTable('note').execute()
