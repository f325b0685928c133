/** `micro --help`: all commands. An app that is broken or absent does not keep core's own from being listed. */

import { isMicroError } from '../errors/micro-error.ts'
import type { CommandOptions, CommandRecord } from '../extension/command.ts'
import { COMMON_FLAGS, type CommandFlags } from '../extension/command-flags.ts'
import type { LoadedApp } from './cli-app.ts'
import { findApp } from './cli-app.ts'
import { type CliLine, complain } from './cli-call.ts'
import { OWN_COMMANDS } from './cli-commands.ts'
import { explain } from './cli-explain.ts'
import { flagRows, section } from './cli-help.ts'
import { bold } from './cli-style.ts'
import { columns } from './cli-table.ts'

const EXAMPLES = ['micro run --port 8000', "micro routes --match 'GET /'", 'micro config --changed', 'micro run --help']

const VERSION: CommandFlags = { version: { type: 'boolean', description: 'Says which version of @micro/core this is.', short: 'v' } }

/** Lists them. Returns the exit code: 1 where the app is broken. */
export async function overview(line: CliLine): Promise<number> {
  const { output } = line
  let loaded: LoadedApp | undefined
  let problems: readonly unknown[] = []
  try {
    loaded = await findApp(line.named, true)
    problems = loaded.problems
  } catch (error) {
    problems = [error]
  }
  output.print(`${bold('Usage:', output)} micro <command> [options]`)
  section(
    'Commands',
    Object.entries(OWN_COMMANDS).map(([name, { options }]) => [name, firstSentence(options)]),
    output,
  )
  for (const [owner, commands] of Map.groupBy(loaded?.app['~registry'].commands.list ?? [], (record: CommandRecord) => record.owner)) {
    section(
      owner === 'app' ? 'Commands of the app' : `Commands of ${owner}`,
      commands.map(({ name, options }) => [name, firstSentence(options)]),
      output,
    )
  }
  section('Options', flagRows({ ...COMMON_FLAGS, ...VERSION }), output)
  section(
    'Examples',
    EXAMPLES.map((example) => [example]),
    output,
  )
  return tellProblems(problems, line)
}

function firstSentence({ description }: CommandOptions): string {
  return /^.*?[.:;](?=\s|$)/s.exec(description)?.[0].replace(/[:;]$/, '.') ?? description
}

function tellProblems(problems: readonly unknown[], line: CliLine): number {
  const { named, output } = line
  const [first] = problems
  if (named === undefined && isMicroError(first) && first.code === 'MICRO_APP_MISSING') {
    // Nothing is wrong in a directory that holds no app.
    output.print(`\n${columns([[explain(first)]]).join('\n')}`)
    return 0
  }
  if (problems.length > 0) {
    output.complain('\nThe app could not be read in full, so commands may be missing:')
  }
  return complain(problems, line)
}
