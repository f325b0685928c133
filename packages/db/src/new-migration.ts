import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dbError } from './db-errors.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/

/**
 * Writes the file of a new migration, named by the time and `name`, and gives its path.
 * @throws MicroError `MICRO_DB_MIGRATION_NAME`.
 */
export async function writeMigration(directory: string, name: string, asSql: boolean): Promise<string> {
  if (!NAME.test(name)) {
    throw dbError('MICRO_DB_MIGRATION_NAME', { name })
  }
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 'YYYYMMDDhhmmss'.length)
  const path = join(directory, `${stamp}_${name}.${asSql ? 'sql' : 'ts'}`)
  await mkdir(directory, { recursive: true })
  await writeFile(path, asSql ? SQL_TEMPLATE : TS_TEMPLATE, { flag: 'wx' })
  return path
}

const SQL_TEMPLATE = '-- up\n\n-- down\n'

const TS_TEMPLATE = `import type { Kysely } from '@micro/db'

export async function up(db: Kysely<unknown>): Promise<void> {
}

export async function down(db: Kysely<unknown>): Promise<void> {
}
`
