/** `micro config`: effective values of configuration, and where they come from. */

import { type ConfigEntry, DEFAULT_SOURCE } from '../config/config.ts'
import { didYouMean, UsageError } from './cli-args.ts'
import type { CliCall, OwnCommand } from './cli-call.ts'
import { columns } from './cli-table.ts'

export const cliConfig: OwnCommand = {
  options: {
    description: 'Lists every effective value of configuration with its source; secrets are masked.',
    positionals: ['[key]'],
    flags: {
      all: { type: 'boolean', description: 'Lists keys without a value too.' },
      changed: { type: 'boolean', description: 'Lists only what something other than a default says.' },
      json: { type: 'boolean', description: 'Prints JSON.' },
    },
    examples: ['micro config server.port', 'micro config session', 'micro config --changed --mode production'],
  },
  run: async (call) => {
    const { app, problems } = await call.load()
    const [key] = call.args.positionals
    const entries = app.configEntries
    const named = key === undefined ? entries : entriesAt(key, entries)
    const failures = [...problems]
    try {
      app['~config'].checkNamespaces(app['~registry'].refused)
    } catch (error) {
      failures.push(error)
    }
    if (key !== undefined && named.length === 0) {
      return refuseKey(key, entries, failures, call)
    }
    const [only] = named
    if (named.length === 1 && only?.key === key) {
      showOne(only as ConfigEntry, call)
    } else {
      showAll(named, call)
    }
    return call.complain(failures)
  },
}

/** What stands under a key, or below it. */
function entriesAt(key: string, entries: readonly ConfigEntry[]): readonly ConfigEntry[] {
  return entries.filter((entry) => entry.key === key || entry.key.startsWith(`${key}.`) || entry.variable === key)
}

/** Says that nobody has a key: after what went wrong, since that may be why. @throws UsageError where nothing did. */
function refuseKey(key: string, entries: readonly ConfigEntry[], failures: readonly unknown[], call: CliCall): number {
  if (failures.length > 0) {
    call.complain(failures)
    call.line.output.complain(`\nThere is no configuration key '${key}' as far as the app could be read; see above.`)
    return 1
  }
  const known = entries.flatMap((entry) => [entry.key.split('.')[0] as string, entry.key])
  throw new UsageError(`There is no configuration key '${key}'.${didYouMean(key, known, (near) => `'${near}'`)} See micro config.`)
}

function showOne(entry: ConfigEntry, call: CliCall): void {
  const { value, source, variable, description } = entry
  if (call.has('json')) {
    call.print(JSON.stringify(jsonOf(entry), null, 2))
    return
  }
  const rows = [
    ['value', inWords(value)],
    ['source', source],
    ['variable', variable],
    ...(description === undefined ? [] : [['what it is', description]]),
  ]
  call.print(columns(rows).join('\n'))
}

function showAll(entries: readonly ConfigEntry[], call: CliCall): void {
  const shown = entries.filter(
    ({ value, source }) =>
      (value !== undefined || call.has('all') || call.has('json')) && (source !== DEFAULT_SOURCE || !call.has('changed')),
  )
  if (call.has('json')) {
    call.print(JSON.stringify(shown.map(jsonOf), null, 2))
  } else if (shown.length === 0) {
    call.print('Every value is the default.')
  } else {
    call.show(
      shown.map(({ key, value, source }) => ({ key, value: inWords(value), source })),
      ['KEY', 'VALUE', 'SOURCE'],
    )
  }
}

function inWords(value: unknown): string {
  return value === undefined ? '–' : JSON.stringify(value)
}

function jsonOf({ key, value, source, variable, description }: ConfigEntry): object {
  return { key, value, source, variable, description }
}
