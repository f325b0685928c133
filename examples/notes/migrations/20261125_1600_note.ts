import type { Kysely } from '@micro/db'

export const up = (db: Kysely<unknown>) =>
  db.schema
    .createTable('note')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('authorId', 'integer', (column) => column.notNull().references('user.id').onDelete('cascade'))
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('picture', 'text')
    .addColumn('created', 'integer', (column) => column.notNull())
    .execute()

export const down = (db: Kysely<unknown>) => db.schema.dropTable('note').execute()
