/** Commands of the app, its blueprints and its extensions. */

import type { CommandRecord } from '../extension/command.ts'
import { asksForHelp, didYouMean, readArgs, UsageError } from './cli-args.ts'
import { type CliLine, complain, loadApp } from './cli-call.ts'
import { OWN_COMMANDS } from './cli-commands.ts'
import { printHelp, section } from './cli-help.ts'

/** Runs the command whose name the words begin with. */
export async function runContributed(line: CliLine, args: readonly string[]): Promise<number> {
  const loaded = await loadApp(line)
  const { app, problems } = loaded
  const end = args.findIndex((arg) => arg.startsWith('-'))
  const words = end < 0 ? args : args.slice(0, end)
  const commands = app['~registry'].commands.list
  const record = longestMatch(commands, words)
  if (record === undefined) {
    return unknownCommand(words, commands, problems, line)
  }
  const rest = args.slice(record.name.split(' ').length)
  if (asksForHelp(rest)) {
    printHelp(record.name, record.options, line.output)
    return 0
  }
  const { flags, positionals } = readArgs(rest, record.name, record.options)
  if (problems.length > 0) {
    return complain(problems, line)
  }
  const call = () => record.run({ app, positionals, flags, print: (text) => line.output.print(text) })
  if (record.options.start === false) {
    await call()
    return 0
  }
  try {
    await app.run(call)
  } finally {
    if (!line.isTest) {
      await app.stop()
    }
  }
  return 0
}

function longestMatch(commands: readonly CommandRecord[], words: readonly string[]): CommandRecord | undefined {
  const line = `${words.join(' ')} `
  return commands.filter(({ name }) => line.startsWith(`${name} `)).sort((one, other) => other.name.length - one.name.length)[0]
}

/** The commands whose names begin with the words, or the error that there are none. */
function unknownCommand(words: readonly string[], commands: readonly CommandRecord[], problems: readonly unknown[], line: CliLine): number {
  const asked = words.join(' ')
  const below = commands.filter(({ name }) => name.startsWith(`${asked} `))
  if (below.length > 0) {
    line.output.print(`Usage: micro ${asked} <command> [options]`)
    section(
      'Commands',
      below.map(({ name, options }) => [name, options.description]),
      line.output,
    )
    return complain(problems, line) || 2
  }
  if (problems.length > 0) {
    complain(problems, line)
    line.output.complain(`\nThere is no command '${asked}' as far as the app could be read; see above.`)
    return 1
  }
  const hint = didYouMean(asked, [...Object.keys(OWN_COMMANDS), ...commands.map(({ name }) => name)], (name) => `'micro ${name}'`)
  throw new UsageError(`There is no command '${asked}'.${hint} See micro --help.`)
}
