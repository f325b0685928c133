/** Finds the migrations of an app: `<timestamp>_<name>` with .ts, .js, .mts, .mjs or .sql. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { dbError } from './db-errors.ts'
import type { Migration } from './migration.ts'
import { parseSqlScript, type SqlScript } from './sql-script.ts'

/** A migration that has been found, from a file or an extension. */
export interface FoundMigration {
  readonly name: string
  /** Fingerprint of the file it was read from, with the kind of file; undefined for an extension's. */
  readonly hash: string | undefined
  /** Reads it, which for a module runs it. @throws MicroError `MICRO_DB_MIGRATION_INVALID`. */
  load(): Promise<Migration | SqlScript>
}

const EXTENSIONS: ReadonlySet<string> = new Set(['.ts', '.js', '.mts', '.mjs', '.sql'])
const DECLARATION = /\.d\.[mc]?ts$/

/**
 * The migrations of a directory in the order of their names; none if there is no such directory.
 * @throws MicroError `MICRO_DB_MIGRATION_TWICE`.
 */
export async function findMigrationFiles(directory: string): Promise<FoundMigration[]> {
  const files = (await entriesOf(directory)).filter((file) => EXTENSIONS.has(extname(file)) && !DECLARATION.test(file)).sort()
  const seen = new Map<string, string>()
  return Promise.all(
    files.map(async (file) => {
      const name = file.slice(0, -extname(file).length)
      const first = seen.get(name)
      if (first !== undefined) {
        throw dbError('MICRO_DB_MIGRATION_TWICE', { name, first, second: file })
      }
      seen.set(name, file)
      return fromFile(name, join(directory, file))
    }),
  )
}

/** Whether a value is a migration. @throws MicroError `MICRO_DB_MIGRATION_INVALID`. */
export function checkMigration(name: string, value: unknown): Migration {
  const { up, down } = (value ?? {}) as { readonly up?: unknown; readonly down?: unknown }
  if (typeof up !== 'function') {
    throw dbError('MICRO_DB_MIGRATION_INVALID', { name, problem: 'has no function up' })
  }
  if (down !== undefined && typeof down !== 'function') {
    throw dbError('MICRO_DB_MIGRATION_INVALID', { name, problem: 'has a down that is no function' })
  }
  return value as Migration
}

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') {
      return []
    }
    throw error
  }
}

async function fromFile(name: string, path: string): Promise<FoundMigration> {
  const text = await readFile(path, 'utf8')
  const kind = extname(path).slice(1)
  const hash = `${kind}:${createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')}`
  return { name, hash, load: () => (kind === 'sql' ? loadSql(name, text) : loadModule(name, path)) }
}

async function loadSql(name: string, text: string): Promise<SqlScript> {
  const script = parseSqlScript(text)
  if (script === undefined) {
    throw dbError('MICRO_DB_MIGRATION_INVALID', { name, problem: 'has no single section -- up at its start' })
  }
  return script
}

async function loadModule(name: string, path: string): Promise<Migration> {
  return checkMigration(name, await import(pathToFileURL(path).href))
}
