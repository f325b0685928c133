/** The command line: `micro run | routes | config | extensions`, and the commands of the app and its extensions. */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { findApp, type LoadedApp } from './cli-app.ts'
import { OWN_COMMANDS } from './cli-commands.ts'
import { explain } from './cli-explain.ts'
import { reload, serveApp } from './cli-run.ts'
import { table } from './cli-table.ts'
import type { CommandRecord } from './command.ts'
import type { CommandOptions } from './setup.ts'

/** Where the CLI writes. */
export interface CliOutput {
  print(line: string): void
  complain(line: string): void
}

const CONSOLE: CliOutput = { print: (line) => console.log(line), complain: (line) => console.error(line) }

const APP_FLAG = { app: { type: 'string', description: 'Module of the app, as path or path:export; found by itself otherwise.', short: 'a' } } as const
const JSON_FLAG = { json: { type: 'boolean', description: 'Prints JSON.' } } as const

const RUN: CommandOptions = {
  description: 'Serves the app, in development unless MICRO_MODE says otherwise.',
  flags: {
    host: { type: 'string', description: 'Address to listen on.', short: 'H' },
    port: { type: 'string', description: 'Port to listen on; 0 takes a free one.', short: 'p' },
    'no-reload': { type: 'boolean', description: 'Does not start again when a file changes.' },
  },
}

/** Runs a command line, without the program's own name. Returns the exit code. */
export async function runCli(args: readonly string[], output: CliOutput = CONSOLE): Promise<number> {
  // Commands are for people at work: an app that is served in production says so.
  process.env.MICRO_MODE ??= 'development'
  const [first] = args
  try {
    if (first === 'run') {
      return await run(args.slice(1), output)
    }
    const own = first === undefined ? undefined : OWN_COMMANDS[first]
    if (own !== undefined) {
      const { values, help } = read(args.slice(1), first as string, { ...own.options, flags: { ...own.options.flags, ...JSON_FLAG } }, output)
      return help ? 0 : own.run(await load(values, true), values.json === true, output)
    }
    return await other(args, output)
  } catch (error) {
    output.complain(explain(error))
    return error instanceof UsageError ? 2 : 1
  }
}

class UsageError extends Error {}

async function run(args: readonly string[], output: CliOutput): Promise<number> {
  const { values, help } = read(args, 'run', RUN, output)
  if (help) {
    return 0
  }
  if (values['no-reload'] !== true && process.env.MICRO_MODE === 'development') {
    return reload(args)
  }
  const { app } = await load(values, false)
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new UsageError(`--port ${values.port}: give a number from 0 to 65535.`)
  }
  return serveApp(app, { ...(port === undefined ? {} : { port }), ...(typeof values.host === 'string' ? { host: values.host } : {}) }, output)
}

/** Help, or a command of the app or an extension. */
async function other(args: readonly string[], output: CliOutput): Promise<number> {
  const words = args.filter((word) => !word.startsWith('-'))
  const flags = args.filter((word) => word.startsWith('-'))
  if (words.length === 0 && flags.some((flag) => flag !== '--help' && flag !== '-h' && !flag.startsWith('--app'))) {
    throw new UsageError(`Unknown flag ${flags[0]}. See micro --help.`)
  }
  const appFlag = /--app(?:=|\s+)(\S+)/.exec(args.join(' '))?.[1] ?? args[args.indexOf('-a') + 1]
  const loaded = await load({ app: args.includes('-a') || args.some((arg) => arg.startsWith('--app')) ? appFlag : undefined }, true).catch((error: unknown) => ({ app: undefined, problems: [error] }))
  const commands = loaded.app?.['~registry'].commands.list ?? []
  const command = [...commands].sort((one, two) => two.name.length - one.name.length).find(({ name }) => `${words.join(' ')} `.startsWith(`${name} `))
  if (command === undefined || loaded.app === undefined) {
    return overview(words, commands, loaded.problems, output)
  }
  if (loaded.problems.length > 0) {
    throw loaded.problems[0]
  }
  const rest = without(args, command.name.split(' '))
  const { values, positionals, help } = read(rest, command.name, command.options, output)
  if (help) {
    return 0
  }
  const { app } = loaded
  const call = () => command.run({ app, positionals, flags: values, print: (line) => output.print(line) })
  if (command.options.start === false) {
    await call()
    return 0
  }
  try {
    await app.run(call)
  } finally {
    await app.stop()
  }
  return 0
}

function without(args: readonly string[], words: readonly string[]): string[] {
  const rest = [...args]
  for (const word of words) {
    rest.splice(rest.indexOf(word), 1)
  }
  return rest
}

function overview(words: readonly string[], commands: readonly CommandRecord[], problems: readonly unknown[], output: CliOutput): number {
  const own = Object.entries(OWN_COMMANDS).map(([name, { options }]) => [name, options.description] as const)
  const asked = commands.filter(({ name }) => words.length > 0 && name.startsWith(`${words.join(' ')} `))
  const list = asked.length > 0 ? asked : commands
  const rows = [...(asked.length > 0 ? [] : [['run', RUN.description] as const, ...own]), ...list.map(({ name, options }) => [name, options.description] as const)]
  output.print('Usage: micro <command> [options]\n')
  for (const line of table(rows)) {
    output.print(`  ${line}`)
  }
  output.print('\nmicro <command> --help tells more about one.')
  for (const problem of problems) {
    output.complain(`\nThe app could not be read in full, so commands may be missing:\n${explain(problem)}`)
  }
  if (words.length > 0 && asked.length === 0) {
    output.complain(`\nThere is no command '${words.join(' ')}'.`)
    return 2
  }
  return problems.length > 0 ? 1 : 0
}

async function load(values: { readonly app?: unknown }, collect: boolean): Promise<LoadedApp> {
  return findApp(typeof values.app === 'string' ? values.app : process.env.MICRO_APP, collect)
}

interface ReadArgs {
  readonly values: { readonly [name: string]: string | boolean | undefined }
  readonly positionals: readonly string[]
  readonly help: boolean
}

function read(args: readonly string[], name: string, options: CommandOptions, output: CliOutput): ReadArgs {
  const flags = { ...options.flags, ...APP_FLAG, help: { type: 'boolean', description: 'Shows this.', short: 'h' } as const }
  const config: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(flags).map(([flag, spec]) => [flag, { type: spec.type, ...('short' in spec && spec.short !== undefined ? { short: spec.short } : {}) }]),
  )
  let parsed: { values: { [name: string]: unknown }; positionals: string[] }
  try {
    parsed = parseArgs({ args: [...args], options: config, allowPositionals: true })
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error} See micro ${name} --help.`)
  }
  const values = parsed.values as ReadArgs['values']
  if (values.help === true) {
    output.print(`Usage: ${['micro', name, ...(options.positionals ?? []), '[options]'].join(' ')}\n\n${options.description}\n`)
    for (const line of table(Object.entries(flags).map(([flag, spec]) => [`${'short' in spec && spec.short !== undefined ? `-${spec.short}, ` : '    '}--${flag}${spec.type === 'string' ? ' <value>' : ''}`, spec.description] as const))) {
      output.print(`  ${line}`)
    }
  }
  return { values, positionals: parsed.positionals, help: values.help === true }
}
