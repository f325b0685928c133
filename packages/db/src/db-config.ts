import { type ConfigSchema, option, options } from '@micro/core'

/** What may be given for `config.<name>`, and to `db()`. */
export interface DbOptions {
  /** Where the database is; `instance/app.db` by default. */
  readonly url?: string
  /** Directory of the app's migrations, relative to the app's own; `migrations/` by default, `migrations/<name>/` of a further database. */
  readonly migrations?: string
  /** Applies pending migrations when the app starts; by default for `:memory:` alone. */
  readonly migrateOnStart?: boolean
  /** Largest number of connections to a server. */
  readonly poolSize?: number
  /** How long a request waits for a connection, or for its turn on SQLite's only one, before it is answered with 503. */
  readonly acquireTimeoutMs?: number
  /** How long a statement waits for another process that writes to the SQLite file. */
  readonly busyTimeoutMs?: number
  /** After how long a database server gives up a statement; 0 for never. */
  readonly statementTimeoutMs?: number
  /** Items on a page of `paginate` where neither the request nor the call says. */
  readonly perPage?: number
  /** Most items that a request may ask for on a page. */
  readonly maxPerPage?: number
}

/** What the configuration comes to. */
export interface DbSettings {
  readonly url: string | undefined
  readonly migrations: string | undefined
  readonly migrateOnStart: boolean | undefined
  readonly poolSize: number
  readonly acquireTimeoutMs: number
  readonly busyTimeoutMs: number
  readonly statementTimeoutMs: number
  readonly perPage: number
  readonly maxPerPage: number
}

/** The schema of the configuration. */
export const DbConfig: ConfigSchema<DbOptions, DbSettings> = options({
  url: option.string({
    secret: true,
    description: 'Where the database is: sqlite:path, file:path, :memory:, or postgres://…; a file in the instance directory if absent.',
  }),
  migrations: option.string({
    description:
      "Directory of the app's migrations, relative to the app's own; migrations/ if absent, migrations/<name>/ of a further database.",
  }),
  migrateOnStart: option.bool({ description: 'Applies pending migrations when the app starts; by default for :memory: alone.' }),
  poolSize: option.int({ default: 10, min: 1, max: 10_000, description: 'Largest number of connections to a database server.' }),
  acquireTimeoutMs: option.int({
    default: 5_000,
    min: 1,
    description: "Time a request waits for a connection, or for its turn on SQLite's only one, before the answer is 503.",
  }),
  busyTimeoutMs: option.int({
    default: 5_000,
    min: 0,
    description: 'Time a statement waits for another process that writes to the SQLite file.',
  }),
  statementTimeoutMs: option.int({
    default: 30_000,
    min: 0,
    description: 'Time after which a database server gives up a statement; 0 for never. SQLite has none.',
  }),
  perPage: option.int({ default: 20, min: 1, description: 'Items on a page of paginate() where neither request nor call says.' }),
  maxPerPage: option.int({ default: 100, min: 1, description: 'Most items that a request may ask for on a page.' }),
})
