import { type ErrorFactory, errorTable } from '@micro/core'

/** Every code that `@micro/db` throws at developers. Codes are permanent. */
export const DB_ERRORS = {
  MICRO_DB_URL: {
    message: 'The database URL {problem}.',
    fix: 'Accepted: a path such as sqlite:data/app.db or file:///var/lib/app/app.db, :memory:, or postgres://user:password@host:5432/name.',
  },
  MICRO_DB_NO_FILE: {
    message: "No database URL is configured for '{name}', and this app has no instance directory for a file.",
    fix: 'Set {variable}, or pass import.meta of a file on disk to micro().',
  },
  MICRO_DB_PUBLIC_FILE: {
    message: 'The database file {file} lies in {directory}, which is served to everybody.',
    fix: 'Keep it elsewhere, such as in instance/.',
  },
  MICRO_DB_DRIVER: {
    message: "The database URL needs the package '{package}', which cannot be loaded: {reason}.",
    fix: 'Install it: npm install {package}',
  },
  MICRO_DB_OPEN: {
    message: 'The database {url} cannot be opened: {reason}.',
    fix: 'Check that it exists, that this process may use it, and that the URL is right.',
  },
  MICRO_DB_NOT_OPEN: {
    message: "The database '{name}' is not open.",
    fix: 'It is opened when the app starts and closed when it stops: use it in handlers, hooks and commands, or await app.start() first.',
  },
  MICRO_DB_BIND: {
    message: 'Parameter {position} of a query is {what}, which no database column holds.',
    fix: 'Bind null, a string, a number, a bigint, a boolean, a Date or a Uint8Array; turn anything else into one of them, such as JSON.stringify(value).',
  },
  MICRO_DB_STATEMENTS: {
    message: 'One query holds several SQL statements; only the first would be run.',
    fix: 'Run them one by one, or put them into a .sql migration.',
  },
  MICRO_DB_RAW_TRANSACTION: {
    message: 'A query changed the transaction by itself (begin, commit or rollback); it has been undone.',
    fix: 'Use transaction().execute(…), which keeps the statements of other requests out.',
  },
  MICRO_DB_TRANSACTION_ENDED: {
    message: 'A query was run after its transaction or its connection() had ended.',
    fix: 'Await everything that it starts before its function returns.',
  },
  MICRO_DB_TRANSACTION_SETTINGS: {
    message: "A transaction inside another one asked for '{wanted}', which the one around it is not.",
    fix: 'Ask for it where the outermost transaction begins.',
  },
  MICRO_DB_CONTROLLED: {
    message: 'startTransaction() was called inside {within}().',
    fix: 'Use transaction().execute(…), which ends in time, and is a savepoint inside another one.',
  },
  MICRO_DB_DESTROY: {
    message: 'destroy() was called on a handle of the app.',
    fix: 'Leave it out: the database is closed when the app stops.',
  },
  MICRO_DB_MIGRATIONS_CLOSED: {
    message: "Migrations of '{namespace}' were added after the database had been opened.",
    fix: 'Add them in initApp, or before the app starts.',
  },
  MICRO_DB_MIGRATION_TWICE: {
    message: "Two migrations are named '{name}': {first} and {second}.",
    fix: 'Rename or remove one of them.',
  },
  MICRO_DB_MIGRATION_INVALID: {
    message: "The migration '{name}' {problem}.",
    fix: 'A .ts or .js migration exports async functions up(db) and down(db); a .sql migration has sections that start with the lines -- up and -- down.',
  },
  MICRO_DB_MIGRATION_ORDER: {
    message: "The migration '{name}' has not been applied, but '{later}', which comes after it, has.",
    fix: 'Give it a later name, or run micro db migrate --allow-unordered.',
  },
  MICRO_DB_MIGRATION_FAILED: {
    message: "The migration '{name}' failed going {direction}: {reason}. The database is as it was before.",
    fix: 'Correct it and run it again; see the cause.',
  },
  MICRO_DB_MIGRATION_COMMITTED: {
    message: "The migration '{name}' ended the transaction it runs in: what was done up to there may have stayed.",
    fix: 'Take begin, commit and rollback out of it, put the database in order by hand, and run it again.',
  },
  MICRO_DB_MIGRATION_GONE: {
    message: "The migration '{name}' has been applied, but it is not there any more.",
    fix: 'Bring its file back, or the extension that contributes it.',
  },
  MICRO_DB_STEPS: {
    message: "'{steps}' is no number of migrations to take back.",
    fix: 'Use a positive integer: micro db rollback --steps 2, or app.db.rollbackMigrations(2).',
  },
  MICRO_DB_MIGRATION_NAME: {
    message: "'{name}' is no name for a migration.",
    fix: 'Use letters, digits, - and _: micro db new add_users',
  },
} as const

/** Permanent codes of the errors of `@micro/db`: `switch (error.code)` narrows. */
export type DbErrorCode = keyof typeof DB_ERRORS

/** Makes an error of the table. */
export const dbError: ErrorFactory<typeof DB_ERRORS> = errorTable(DB_ERRORS)
