/** Applies migrations, and takes them back: a whole run in one transaction, in which no other process runs any. */
import type { DatabaseConnection, Kysely, Transaction } from 'kysely'
import type { Database } from './database.ts'
import { dbError } from './db-errors.ts'
import type { MigrateOptions } from './db-member.ts'
import type { Migration, MigrationStatus } from './migration.ts'
import type { FoundMigration } from './migration-files.ts'

/** Name of the table that knows what has been applied. */
export const MIGRATION_TABLE = 'micro_migration'

interface Applied {
  readonly name: string
  /** ISO 8601, strictly growing from one to the next. */
  readonly applied_at: string
  readonly hash: string | null
}

type MigrationSchema = { readonly [MIGRATION_TABLE]: Applied }

type Direction = 'up' | 'down'

/** Applies what is pending. `found` is every migration in order. */
export async function migrateUp(
  database: Database,
  found: readonly FoundMigration[],
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  if (found.length === 0) {
    return []
  }
  return database.migrating(async (trx, connection) => {
    await createTable(trx)
    const applied = await readApplied(trx)
    const pending = found.filter(({ name }) => !applied.some((row) => row.name === name))
    if (!options.allowUnordered) {
      checkOrder(pending, found, applied)
    }
    let lastMs = Math.max(0, ...applied.map((row) => Date.parse(row.applied_at)))
    for (const migration of pending) {
      await run(database, trx, connection, migration, 'up')
      lastMs = Math.max(Date.now(), lastMs + 1)
      await table(trx)
        .insertInto(MIGRATION_TABLE)
        .values({ name: migration.name, applied_at: new Date(lastMs).toISOString(), hash: migration.hash ?? null })
        .execute()
    }
    return pending.map(({ name }) => name)
  })
}

/** Takes the last `steps` migrations back. @throws MicroError `MICRO_DB_STEPS` for what is no positive integer. */
export async function migrateDown(database: Database, found: readonly FoundMigration[], steps: number): Promise<readonly string[]> {
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw dbError('MICRO_DB_STEPS', { steps })
  }
  return database.migrating(async (trx, connection) => {
    await createTable(trx)
    const last = (await readApplied(trx)).toReversed().slice(0, steps)
    for (const { name } of last) {
      const migration = found.find((candidate) => candidate.name === name)
      if (migration === undefined) {
        throw dbError('MICRO_DB_MIGRATION_GONE', { name })
      }
      await run(database, trx, connection, migration, 'down')
      await table(trx).deleteFrom(MIGRATION_TABLE).where('name', '=', name).execute()
    }
    return last.map(({ name }) => name)
  })
}

/** Where every migration stands; changes nothing, so that it may be asked of any database. */
export async function migrationStatus(database: Database, found: readonly FoundMigration[]): Promise<readonly MigrationStatus[]> {
  const db = database.handle<unknown>()
  const applied = (await database.engine.hasTable(db, MIGRATION_TABLE)) ? await readApplied(db) : []
  const gone = applied.filter((row) => !found.some(({ name }) => name === row.name))
  return [
    ...gone.map((row) => ({ name: row.name, appliedAt: new Date(row.applied_at), note: 'gone' as const })),
    ...found.map((migration) => {
      const row = applied.find(({ name }) => name === migration.name)
      return {
        name: migration.name,
        appliedAt: row === undefined ? undefined : new Date(row.applied_at),
        note: row !== undefined && hasChanged(migration.hash, row.hash) ? ('changed' as const) : undefined,
      }
    }),
  ]
}

/** Only files of the same kind are compared: compiled, a migration is the same one. */
function hasChanged(now: string | undefined, then: string | null): boolean {
  const kind = (hash: string) => hash.slice(0, hash.indexOf(':'))
  return now !== undefined && then !== null && kind(now) === kind(then) && now !== then
}

function table(db: Kysely<unknown>): Kysely<MigrationSchema> {
  return db.$extendTables<MigrationSchema>()
}

async function createTable(trx: Kysely<unknown>): Promise<void> {
  await trx.schema
    .createTable(MIGRATION_TABLE)
    .ifNotExists()
    .addColumn('name', 'varchar(255)', (column) => column.primaryKey())
    .addColumn('applied_at', 'varchar(32)', (column) => column.notNull())
    .addColumn('hash', 'varchar(80)')
    .execute()
}

async function readApplied(db: Kysely<unknown>): Promise<Applied[]> {
  return table(db).selectFrom(MIGRATION_TABLE).selectAll().orderBy('applied_at').execute()
}

/** @throws MicroError `MICRO_DB_MIGRATION_ORDER` where a pending one comes before an applied one of the same origin. */
function checkOrder(pending: readonly FoundMigration[], found: readonly FoundMigration[], applied: readonly Applied[]): void {
  for (const { name } of pending) {
    const after = found.slice(found.findIndex((migration) => migration.name === name))
    const later = after.find(
      (migration) => originOf(migration.name) === originOf(name) && applied.some((row) => row.name === migration.name),
    )
    if (later !== undefined) {
      throw dbError('MICRO_DB_MIGRATION_ORDER', { name, later: later.name })
    }
  }
}

/** An extension adds a migration without regard to the app's own. */
function originOf(name: string): string {
  return name.slice(0, name.indexOf('/') + 1)
}

async function run(
  database: Database,
  trx: Transaction<unknown>,
  connection: DatabaseConnection,
  found: FoundMigration,
  direction: Direction,
): Promise<void> {
  const migration = await found.load()
  const step = migration[direction]
  if (step === undefined) {
    throw dbError('MICRO_DB_MIGRATION_INVALID', { name: found.name, problem: `has no ${direction}` })
  }
  try {
    if (typeof step === 'string') {
      await database.engine.script(connection, step)
    } else {
      await (migration as Migration)[direction]?.(trx, { engine: database.engine.name })
    }
  } catch (error) {
    await assertMigrating(database, connection, found.name, error)
    throw dbError('MICRO_DB_MIGRATION_FAILED', { name: found.name, direction, reason: reasonOf(error) }, { cause: error })
  }
  await assertMigrating(database, connection, found.name)
}

/** @throws MicroError `MICRO_DB_MIGRATION_COMMITTED` where the transaction is not the one that the run began. */
async function assertMigrating(database: Database, connection: DatabaseConnection, name: string, cause?: unknown): Promise<void> {
  // In PostgreSQL no query tells what a transaction is that an error has ended: then it is the one.
  if (!(await database.engine.isMigrating(connection).catch(() => true))) {
    throw dbError('MICRO_DB_MIGRATION_COMMITTED', { name }, { cause })
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
