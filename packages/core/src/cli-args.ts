/** Reads a command's arguments, and writes its help. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import type { CliOutput } from './cli.ts'
import { table } from './cli-table.ts'
import type { CommandOptions } from './setup.ts'

/** A command line that cannot be understood: the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Flags of every command. */
export const COMMON_FLAGS: NonNullable<CommandOptions['flags']> = {
  app: { type: 'string', description: 'Module of the app, as path or path:export; found by itself otherwise.', short: 'a' },
  help: { type: 'boolean', description: 'Shows this.', short: 'h' },
}

/** A command's arguments, read. */
export interface ReadArgs {
  readonly values: { readonly [name: string]: string | boolean | undefined }
  readonly positionals: readonly string[]
}

/** A command line without the flag that names the app, wherever that stands. */
export interface SplitArgs {
  readonly app: string | undefined
  readonly rest: readonly string[]
}

/** Takes `--app`, `-a` out of a command line. @throws UsageError where its value is missing. */
export function takeApp(args: readonly string[]): SplitArgs {
  const rest: string[] = []
  let app: string | undefined
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string
    if (arg === '--') {
      rest.push(...args.slice(index))
      break
    }
    if (arg === '--app' || arg === '-a') {
      index++
      app = args[index]
      if (app === undefined) {
        throw new UsageError(`${arg} needs a value: ${arg} path or ${arg} path:export.`)
      }
    } else if (arg.startsWith('--app=')) {
      app = arg.slice('--app='.length)
    } else {
      rest.push(arg)
    }
  }
  return { app, rest }
}

/** Reads what stands after a command's name. @throws UsageError. */
export function readArgs(args: readonly string[], name: string, { flags = {} }: CommandOptions): ReadArgs {
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(flags).map(([flag, { type, short }]) => [flag, { type, ...(short === undefined ? {} : { short }) }]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    return { values: values as ReadArgs['values'], positionals }
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} See micro ${name} --help.`)
  }
}

/** Whether a command is asked for its help. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end < 0 ? args.length : end).some((arg) => arg === '--help' || arg === '-h')
}

/** Prints what a command does, and its flags. */
export function printHelp(name: string, { description, positionals = [], flags = {} }: CommandOptions, output: CliOutput): void {
  output.print(`Usage: ${['micro', name, ...positionals, '[options]'].join(' ')}\n\n${description}\n`)
  const rows = Object.entries({ ...flags, ...COMMON_FLAGS }).map(([flag, { type, description: text, short }]) => [
    `${short === undefined ? '    ' : `-${short}, `}--${flag}${type === 'string' ? ' <value>' : ''}`,
    text,
  ])
  for (const line of table(rows)) {
    output.print(`  ${line}`)
  }
}
