/** The command line: `micro run | routes | config | extensions`, and the commands of the app and its extensions. */
import { findApp, type LoadedApp, modeOfApp } from './cli-app.ts'
import { asksForHelp, printHelp, readArgs, takeApp, UsageError } from './cli-args.ts'
import { OWN_COMMANDS } from './cli-commands.ts'
import { explain } from './cli-explain.ts'
import { reload } from './cli-reload.ts'
import { serveApp } from './cli-run.ts'
import { table } from './cli-table.ts'
import type { CommandRecord } from './command.ts'
import { isMicroError } from './micro-error.ts'
import { defaultMode, setDefaultMode } from './mode.ts'
import type { CommandOptions } from './setup.ts'
import { CORE_VERSION } from './version.ts'

/** Where the CLI writes. */
export interface CliOutput {
  print(line: string): void
  complain(line: string): void
}

const CONSOLE: CliOutput = { print: (line) => console.log(line), complain: (line) => console.error(line) }

const RUN: CommandOptions = {
  description: 'Serves the app, in development unless MICRO_MODE says otherwise.',
  flags: {
    host: { type: 'string', description: 'Address to listen on.', short: 'H' },
    port: { type: 'string', description: 'Port to listen on; 0 takes a free one.', short: 'p' },
    'no-reload': { type: 'boolean', description: 'Does not start again when a file changes.' },
  },
}

/**
 * Runs a command line, without the program's own name. Returns the exit code: 0, 1 where something failed or the app is broken, 2 for
 * a command line that cannot be understood.
 */
export async function runCli(args: readonly string[], output: CliOutput = CONSOLE): Promise<number> {
  const modeBefore = defaultMode()
  // Commands are for people at work: an app that is served in production says so.
  setDefaultMode('development')
  try {
    const { app, rest } = takeApp(args)
    const named = app ?? process.env.MICRO_APP
    const [first, ...after] = rest
    if (first === 'help' && after.length > 0) {
      return await command(named, [...after, '--help'], output)
    }
    if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
      return await overview(named, output)
    }
    if (first === '--version' || first === '-v') {
      output.print(CORE_VERSION)
      return 0
    }
    if (first.startsWith('-')) {
      throw new UsageError(`Unknown flag ${first}. See micro --help.`)
    }
    return await command(named, rest, output)
  } catch (error) {
    output.complain(explain(error))
    return error instanceof UsageError ? 2 : 1
  } finally {
    setDefaultMode(modeBefore)
  }
}

async function command(named: string | undefined, args: readonly string[], output: CliOutput): Promise<number> {
  const [first = '', ...rest] = args
  if (first === 'run') {
    return run(named, rest, output)
  }
  const own = Object.hasOwn(OWN_COMMANDS, first) ? OWN_COMMANDS[first] : undefined
  if (own === undefined) {
    return contributed(named, args, output)
  }
  if (asksForHelp(rest)) {
    printHelp(first, own.options, output)
    return 0
  }
  const { values } = readArgs(rest, first, own.options)
  return own.run(await findApp(named, true), values.json === true, output)
}

async function run(named: string | undefined, args: readonly string[], output: CliOutput): Promise<number> {
  if (asksForHelp(args)) {
    printHelp('run', RUN, output)
    return 0
  }
  const { values } = readArgs(args, 'run', RUN)
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new UsageError(`--port ${values.port}: give a number from 0 to 65535.`)
  }
  if (values['no-reload'] !== true && modeOfApp(named) === 'development') {
    return reload([...(named === undefined ? [] : ['--app', named]), ...args], output)
  }
  const { app } = await findApp(named, false)
  return serveApp(
    app,
    { ...(port === undefined ? {} : { port }), ...(typeof values.host === 'string' ? { host: values.host } : {}) },
    output,
  )
}

/** A command of the app or an extension. */
async function contributed(named: string | undefined, args: readonly string[], output: CliOutput): Promise<number> {
  const { app, problems } = await findApp(named, true)
  const end = args.findIndex((arg) => arg.startsWith('-'))
  const words = end < 0 ? args : args.slice(0, end)
  const commands = app['~registry'].commands.list
  const record = longestMatch(commands, words)
  if (record === undefined) {
    return unknownCommand(words, commands, problems, output)
  }
  const rest = args.slice(record.name.split(' ').length)
  if (asksForHelp(rest)) {
    printHelp(record.name, record.options, output)
    return 0
  }
  const { values, positionals } = readArgs(rest, record.name, record.options)
  if (problems.length > 0) {
    complain(problems, output)
    return 1
  }
  const call = () => record.run({ app, positionals, flags: values, print: (line) => output.print(line) })
  if (record.options.start === false) {
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

function longestMatch(commands: readonly CommandRecord[], words: readonly string[]): CommandRecord | undefined {
  const line = `${words.join(' ')} `
  return commands.filter(({ name }) => line.startsWith(`${name} `)).sort((one, other) => other.name.length - one.name.length)[0]
}

/** The commands whose names begin with the words, or the error that there are none. */
function unknownCommand(
  words: readonly string[],
  commands: readonly CommandRecord[],
  problems: readonly unknown[],
  output: CliOutput,
): number {
  const line = words.join(' ')
  const below = commands.filter(({ name }) => name.startsWith(`${line} `))
  if (below.length > 0) {
    output.print(`Usage: micro ${line} <command> [options]\n`)
    list(
      below.map(({ name, options }) => [name, options.description]),
      output,
    )
    complain(problems, output)
    return problems.length > 0 ? 1 : 2
  }
  complain(problems, output)
  throw new UsageError(
    `There is no command '${line}'.${problems.length > 0 ? ' The app could not be read in full, so it may be missing: see above.' : ''} See micro --help.`,
  )
}

/** All commands. An app that is broken or absent does not keep core's own from being listed. */
async function overview(named: string | undefined, output: CliOutput): Promise<number> {
  let loaded: LoadedApp | undefined
  let problems: readonly unknown[] = []
  try {
    loaded = await findApp(named, true)
    problems = loaded.problems
  } catch (error) {
    problems = [error]
  }
  const own = Object.entries(OWN_COMMANDS).map(([name, { options }]) => [name, options.description])
  const more = (loaded?.app['~registry'].commands.list ?? []).map(({ name, options }) => [name, options.description])
  output.print('Usage: micro <command> [options]\n')
  list([['run', RUN.description], ...own, ...more], output)
  output.print('\nmicro <command> --help tells more about one.')
  const [first] = problems
  if (named === undefined && isMicroError(first) && first.code === 'MICRO_APP_MISSING') {
    // Nothing is wrong in a directory that holds no app.
    output.print(`\n${explain(first)}`)
    return 0
  }
  if (problems.length > 0) {
    output.complain('\nThe app could not be read in full, so commands may be missing:')
    complain(problems, output)
  }
  return problems.length > 0 ? 1 : 0
}

function list(rows: readonly (readonly string[])[], output: CliOutput): void {
  for (const line of table(rows)) {
    output.print(`  ${line}`)
  }
}

function complain(problems: readonly unknown[], output: CliOutput): void {
  for (const problem of problems) {
    output.complain(`\n${explain(problem)}`)
  }
}
