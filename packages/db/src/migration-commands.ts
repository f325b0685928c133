/** `micro db migrate | rollback | status | new`. */
import type { CommandRegistry } from '@micro/core'
import type { Connections } from './db-member.ts'
import { writeMigration } from './new-migration.ts'

/** The database that the commands work on. */
export interface MigrationTarget
  extends Pick<Connections<unknown>, 'open' | 'close' | 'migrate' | 'rollbackMigrations' | 'migrationStatus'> {
  /** For people to read, without a password. */
  readonly url: string
  readonly directory: string
}

/** Declares the commands. None starts the app: its other parts may need tables that are still to be made. */
export function declareCommands(cli: CommandRegistry, connections: MigrationTarget): void {
  cli.command(
    'migrate',
    {
      description: 'Apply pending migrations, all of them or none.',
      flags: { 'allow-unordered': { type: 'boolean', description: 'Also those that come before an applied one.' } },
      start: false,
    },
    ({ flags, print }) =>
      whileOpen(connections, async () => {
        const names = await connections.migrate({ allowUnordered: flags['allow-unordered'] === true })
        print(names.length === 0 ? `Nothing to do: ${connections.url} is up to date.` : `Applied to ${connections.url}:`)
        printNames(print, names)
      }),
  )
  cli.command(
    'rollback',
    {
      description: 'Take back the migrations applied last.',
      flags: { steps: { type: 'string', description: 'How many; 1 by default.' } },
      start: false,
    },
    ({ flags, print }) =>
      whileOpen(connections, async () => {
        const names = await connections.rollbackMigrations(Number(flags.steps ?? 1))
        print(names.length === 0 ? `Nothing to do: no migration is applied to ${connections.url}.` : `Taken back from ${connections.url}:`)
        printNames(print, names)
      }),
  )
  cli.command('status', { description: 'Show every migration and whether it is applied.', start: false }, ({ print }) =>
    whileOpen(connections, async () => {
      const all = await connections.migrationStatus()
      print(all.length === 0 ? `No migrations: ${connections.directory} has none.` : `Migrations of ${connections.url}:`)
      for (const { name, appliedAt, note } of all) {
        print(`  ${appliedAt?.toISOString() ?? 'pending'.padEnd(24)}  ${name}${note === undefined ? '' : ` (${NOTES[note]})`}`)
      }
    }),
  )
  cli.command(
    'new',
    {
      description: 'Write the file of a new migration.',
      positionals: ['<name>'],
      flags: { sql: { type: 'boolean', description: 'As SQL instead of TypeScript.' } },
      start: false,
    },
    async ({ positionals, flags, print }) => {
      print(await writeMigration(connections.directory, positionals[0] ?? '', flags.sql === true))
    },
  )
}

const NOTES = { changed: 'its file has been changed since', gone: 'its file is gone' } as const

async function whileOpen(connections: MigrationTarget, work: () => Promise<void>): Promise<void> {
  await connections.open()
  try {
    await work()
  } finally {
    await connections.close()
  }
}

function printNames(print: (line: string) => void, names: readonly string[]): void {
  for (const name of names) {
    print(`  ${name}`)
  }
}
