import type { Kysely, SchemaModule } from 'kysely'
import type { TableNames } from './auth-tables.ts'
import type { AuthMigration } from './db-member.ts'

interface Step {
  up(schema: SchemaModule, engine: string): Promise<void>
  down(schema: SchemaModule): Promise<void>
}

/** The migrations of `auth()`. Published ones never change: a later version adds to them. */
export function authMigrations(tables: TableNames): { readonly [name: string]: AuthMigration } {
  return { '0001_accounts': migration(accounts(tables)), '0002_sessions': migration(sessions(tables)) }
}

/** Gives a step the schema builder of whatever kysely runs it. */
function migration({ up, down }: Step): AuthMigration {
  return { up: ({ schema }: Kysely<unknown>, { engine }) => up(schema, engine), down: ({ schema }: Kysely<unknown>) => down(schema) }
}

function accounts({ user, password, identity }: TableNames): Step {
  return {
    async up(schema, engine) {
      // An id is never given twice, also after an account has been deleted: what is still kept for the old one must not fall to the new.
      await schema
        .createTable(user)
        .addColumn('id', 'integer', (id) =>
          engine === 'sqlite' ? id.primaryKey().autoIncrement() : id.primaryKey().generatedByDefaultAsIdentity(),
        )
        .addColumn('email', 'varchar(254)', (column) => column.notNull().unique())
        .addColumn('created', 'bigint', (column) => column.notNull())
        .execute()
      await schema
        .createTable(password)
        .addColumn('owner', 'integer', (column) => column.primaryKey().references(`${user}.id`).onDelete('cascade'))
        .addColumn('hash', 'varchar(255)', (column) => column.notNull())
        .execute()
      await schema
        .createTable(identity)
        .addColumn('issuer', 'varchar(255)', (column) => column.notNull())
        .addColumn('subject', 'varchar(255)', (column) => column.notNull())
        .addColumn('owner', 'integer', (column) => column.notNull().references(`${user}.id`).onDelete('cascade'))
        .addPrimaryKeyConstraint(`${identity}_key`, ['issuer', 'subject'])
        .execute()
      await schema.createIndex(`${identity}_owner`).on(identity).column('owner').execute()
    },
    async down(schema) {
      for (const table of [identity, password, user]) {
        await schema.dropTable(table).execute()
      }
    },
  }
}

function sessions({ user, session, ticket }: TableNames): Step {
  return {
    async up(schema) {
      await schema
        .createTable(session)
        .addColumn('key', 'varchar(43)', (column) => column.primaryKey())
        .addColumn('owner', 'integer', (column) => column.notNull().references(`${user}.id`).onDelete('cascade'))
        .addColumn('created', 'bigint', (column) => column.notNull())
        .addColumn('seen', 'bigint', (column) => column.notNull())
        .addColumn('expires', 'bigint', (column) => column.notNull())
        .execute()
      await schema.createIndex(`${session}_owner`).on(session).column('owner').execute()
      await schema.createIndex(`${session}_expires`).on(session).column('expires').execute()
      await schema
        .createTable(ticket)
        .addColumn('key', 'varchar(43)', (column) => column.primaryKey())
        .addColumn('value', 'text', (column) => column.notNull())
        .addColumn('expires', 'bigint', (column) => column.notNull())
        .execute()
      await schema.createIndex(`${ticket}_expires`).on(ticket).column('expires').execute()
    },
    async down(schema) {
      for (const table of [ticket, session]) {
        await schema.dropTable(table).execute()
      }
    },
  }
}
