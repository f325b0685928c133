/** Help texts: at most 80 columns wide, what is asked for most on top, examples at the bottom. */

import type { CommandOptions } from '../extension/command.ts'
import { COMMON_FLAGS, type CommandFlags } from '../extension/command-flags.ts'
import type { CliOutput } from './cli-output.ts'
import { bold } from './cli-style.ts'
import { columns } from './cli-table.ts'

/** Prints what a command does, and its flags. */
export function printHelp(name: string, options: CommandOptions, output: CliOutput): void {
  const { description, positionals = [], flags = {}, examples = [] } = options
  output.print(`${bold('Usage:', output)} ${['micro', name, ...positionals, '[options]'].join(' ')}\n`)
  output.print(`${columns([[description]]).join('\n')}`)
  section('Options', flagRows(flags), output)
  const common = Object.keys(COMMON_FLAGS).map((flag) => `--${flag}`)
  section('Options of every command', [[`${common.join(', ')}: see micro --help`]], output)
  section(
    'Examples',
    examples.map((example) => [example]),
    output,
  )
}

/** Prints rows under a title; nothing, if there are none. */
export function section(title: string, rows: readonly (readonly string[])[], output: CliOutput): void {
  if (rows.length > 0) {
    output.print(`\n${bold(`${title}:`, output)}`)
    for (const line of columns(rows, '  ')) {
      output.print(line)
    }
  }
}

/** A row for each flag. */
export function flagRows(flags: CommandFlags): readonly (readonly string[])[] {
  return Object.entries(flags).map(([flag, { type, description, short, choices, value = 'value', default: otherwise }]) => [
    `${short === undefined ? '    ' : `-${short}, `}--${flag}${type === 'string' ? ` <${value}>` : ''}`,
    [
      description,
      ...(choices === undefined ? [] : [`One of ${choices.join(', ')}.`]),
      ...(otherwise === undefined ? [] : [`${otherwise} by default.`]),
    ].join(' '),
  ])
}
