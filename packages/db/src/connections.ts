import { join, resolve } from 'node:path'
import type { Context, Log } from '@micro/core'
import type { Kysely, Transaction, TransactionSettings } from 'kysely'
import type { Database } from './database.ts'
import { type DatabaseLocation, describeLocation, MEMORY, parseDatabaseUrl } from './database-url.ts'
import type { DbSettings } from './db-config.ts'
import { dbError } from './db-errors.ts'
import type { Connections, Db, MigrateOptions } from './db-member.ts'
import type { Engine, EngineName } from './engine.ts'
import type { MigrationStatus, Migrations } from './migration.ts'
import { checkMigration, type FoundMigration, findMigrationFiles } from './migration-files.ts'
import { shownAs } from './shown-as.ts'

/** What the database of an app is told about the app. */
export interface Surroundings {
  /** The extension's namespace. */
  readonly name: string
  readonly rootPath: string | undefined
  readonly instancePath: string | undefined
  readonly log: Log
}

/** `app.db`. Making one does nothing; Kysely, the driver and the database are reached when it is opened. */
export class AppConnections<S> implements Connections<S> {
  static {
    shownAs(this.prototype, ({ url }) => `Connections(${url})`)
  }

  readonly #settings: DbSettings
  readonly #surroundings: Surroundings
  readonly #location: DatabaseLocation
  readonly #contributed: FoundMigration[] = []
  #opening: Promise<Database> | undefined
  #database: Database | undefined
  #default: Db<S> | undefined

  /** @throws MicroError `MICRO_DB_URL`, `MICRO_DB_NO_FILE`, `MICRO_DB_PUBLIC_FILE`. */
  constructor(settings: DbSettings, surroundings: Surroundings) {
    this.#settings = settings
    this.#surroundings = surroundings
    this.#location = locate(settings.url, surroundings)
  }

  get engine(): EngineName {
    return this.#location.engine
  }

  /** Where the database is, without a password. */
  get url(): string {
    return describeLocation(this.#location)
  }

  /** Where the app's own migrations lie. */
  get directory(): string {
    const { name, rootPath } = this.#surroundings
    return resolve(rootPath ?? '.', this.#settings.migrations ?? (name === 'db' ? 'migrations' : join('migrations', name)))
  }

  get default(): Db<S> {
    this.#default ??= this.#opened().handle<S>()
    return this.#default
  }

  /** The handle of a request. */
  for(request: Context): Db<S> {
    return this.#opened().handle<S>({ request })
  }

  tables<T>(): Kysely<T> {
    return this.#opened().handle<T>()
  }

  async open(): Promise<void> {
    this.#opening ??= this.#open()
    try {
      this.#database = await this.#opening
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }

  async close(): Promise<void> {
    const opening = this.#opening
    const database = await opening?.catch(() => undefined)
    if (this.#opening === opening) {
      this.#opening = undefined
      this.#database = undefined
      this.#default = undefined
    }
    await database?.close()
  }

  /** What the app does when it starts: opens the database, and applies migrations or says that some are pending. */
  async start(): Promise<void> {
    await this.open()
    try {
      await this.#settleMigrations()
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async transaction<T>(run: (trx: Transaction<S>) => Promise<T>, { accessMode, isolationLevel }: TransactionSettings = {}): Promise<T> {
    let builder = this.default.transaction()
    builder = accessMode === undefined ? builder : builder.setAccessMode(accessMode)
    builder = isolationLevel === undefined ? builder : builder.setIsolationLevel(isolationLevel)
    return builder.execute(run)
  }

  migrations(namespace: string, migrations: Migrations): void {
    if (this.#opening !== undefined) {
      throw dbError('MICRO_DB_MIGRATIONS_CLOSED', { namespace })
    }
    const names = Object.keys(migrations).sort()
    for (const name of names.map((key) => `${namespace}/${key}`)) {
      if (this.#contributed.some((other) => other.name === name)) {
        throw dbError('MICRO_DB_MIGRATION_TWICE', { name, first: `one of '${namespace}'`, second: 'another one of it' })
      }
    }
    const found = names.map((key) => {
      const name = `${namespace}/${key}`
      const migration = checkMigration(name, migrations[key])
      return { name, hash: undefined, load: async () => migration }
    })
    this.#contributed.push(...found)
  }

  async migrate(options?: MigrateOptions): Promise<readonly string[]> {
    const [{ migrateUp }, found] = await Promise.all([import('./migrator.ts'), this.#found()])
    return migrateUp(this.#opened(), found, options)
  }

  async rollbackMigrations(steps = 1): Promise<readonly string[]> {
    const [{ migrateDown }, found] = await Promise.all([import('./migrator.ts'), this.#found()])
    return migrateDown(this.#opened(), found, steps)
  }

  async migrationStatus(): Promise<readonly MigrationStatus[]> {
    const [{ migrationStatus }, found] = await Promise.all([import('./migrator.ts'), this.#found()])
    return migrationStatus(this.#opened(), found)
  }

  async ping(): Promise<void> {
    await this.#opened().ping()
  }

  async #open(): Promise<Database> {
    const { Database } = await import('./database.ts')
    const database = new Database(await this.#makeEngine(), this.#settings)
    try {
      await database.open()
      return database
    } catch (error) {
      await database.close()
      throw dbError('MICRO_DB_OPEN', { url: this.url, reason: reasonOf(error) }, { cause: error })
    }
  }

  async #makeEngine(): Promise<Engine> {
    const { name, log } = this.#surroundings
    if (this.#location.engine === 'postgres') {
      const { createPostgresEngine } = await import('./postgres-engine.ts')
      return createPostgresEngine(this.#location.url, this.#settings, log)
    }
    const { SqliteEngine } = await import('./sqlite-engine.ts')
    return new SqliteEngine({ ...this.#settings, path: this.#location.path, name })
  }

  async #settleMigrations(): Promise<void> {
    if (this.#settings.migrateOnStart ?? this.url === MEMORY) {
      await this.migrate()
      return
    }
    const pending = (await this.migrationStatus()).filter(({ appliedAt }) => appliedAt === undefined)
    if (pending.length > 0) {
      this.#surroundings.log.warn(`Migrations are pending: run micro ${this.#surroundings.name} migrate.`, {
        pending: pending.map(({ name }) => name),
      })
    }
  }

  async #found(): Promise<readonly FoundMigration[]> {
    return [...this.#contributed, ...(await findMigrationFiles(this.directory))]
  }

  #opened(): Database {
    if (this.#database === undefined) {
      throw dbError('MICRO_DB_NOT_OPEN', { name: this.#surroundings.name })
    }
    return this.#database
  }
}

/** What went wrong below, where the error on top says no more than that something did. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error)
  }
  return error.cause === undefined ? error.message || String((error as { readonly code?: unknown }).code) : reasonOf(error.cause)
}

/** Where the database is: relative paths start at the app's directory, and without a URL it is a file in the instance directory. */
function locate(url: string | undefined, { name, rootPath, instancePath }: Surroundings): DatabaseLocation {
  if (url === undefined) {
    if (instancePath === undefined) {
      throw dbError('MICRO_DB_NO_FILE', { name, variable: `MICRO_${name.toUpperCase()}__URL` })
    }
    return { engine: 'sqlite', path: join(instancePath, name === 'db' ? 'app.db' : `${name}.db`) }
  }
  const location = parseDatabaseUrl(url)
  if (location.engine !== 'sqlite' || location.path === MEMORY) {
    return location
  }
  const path = resolve(rootPath ?? '.', location.path)
  const publicDirectory = rootPath === undefined ? undefined : resolve(rootPath, 'static')
  if (publicDirectory !== undefined && path.startsWith(join(publicDirectory, '/'))) {
    throw dbError('MICRO_DB_PUBLIC_FILE', { file: path, directory: publicDirectory })
  }
  return { engine: 'sqlite', path }
}
