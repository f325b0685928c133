/** Runs one command line: flags of every command first, then the command. */
import { existsSync } from 'node:fs'
import { delimiter } from 'node:path'
import { givenEnvironment, setGivenEnvironment } from '../config/config-environment.ts'
import { readSources } from '../config/config-sources.ts'
import { defaultMode, type Mode, setDefaultMode } from '../config/mode.ts'
import { deprecationMode, setDeprecationMode } from '../extension/deprecation.ts'
import { CORE_VERSION } from '../extension/version.ts'
import type { NamedApp } from './cli-app.ts'
import { asksForHelp, readArgs, takeCommonFlags, UsageError } from './cli-args.ts'
import { CliCall, type CliLine, complainOfEnd } from './cli-call.ts'
import { OWN_COMMANDS } from './cli-commands.ts'
import { runContributed } from './cli-contributed.ts'
import { printHelp } from './cli-help.ts'
import type { CliOutput } from './cli-output.ts'
import { overview } from './cli-overview.ts'

/** Runs a command line, in the mode that there is. A test's app is not stopped afterwards. Returns the exit code. */
export async function runLine(
  args: readonly string[],
  { app, output, isTest }: { readonly app: NamedApp; readonly output: CliOutput; readonly isTest: boolean },
): Promise<number> {
  const before = { deprecations: deprecationMode(), environment: givenEnvironment(), mode: defaultMode() }
  const stack = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--stack')
  try {
    const common = takeCommonFlags(args)
    setDeprecationMode(common.deprecations ?? before.deprecations)
    addToEnvironment(common.envFiles, common.mode)
    return await runWords(common.rest, { named: app ?? common.app ?? appOfEnvironment(), output, stack, isTest })
  } catch (error) {
    complainOfEnd(error, { output, stack })
    return error instanceof UsageError ? 2 : 1
  } finally {
    setDeprecationMode(before.deprecations)
    setGivenEnvironment(before.environment)
    setDefaultMode(before.mode)
  }
}

function addToEnvironment(envFiles: readonly string[] | undefined, mode: Mode | undefined): void {
  const files = envFiles ?? (process.env.MICRO_ENV_FILE ?? '').split(delimiter).filter((file) => file !== '')
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined) {
    throw new UsageError(`There is no file ${missing} (from ${envFiles === undefined ? 'MICRO_ENV_FILE' : '--env-file'}).`)
  }
  setGivenEnvironment({ files, mode })
  // Apps that are given an environment of their own do not read this one.
  setDefaultMode(mode ?? defaultMode())
}

/** `MICRO_APP`, from the environment or the files below it. */
function appOfEnvironment(): string | undefined {
  return readSources({ rootPath: process.cwd(), instancePath: undefined, env: undefined, overrides: {} }).environment.get('MICRO_APP')
    ?.value
}

function runWords(words: readonly string[], line: CliLine): number | Promise<number> {
  const [first, ...rest] = words
  if (first === 'help' && rest.length > 0) {
    return runWords([...rest, '--help'], line)
  }
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    return overview(line)
  }
  if (first === '--version' || first === '-v') {
    line.output.print(CORE_VERSION)
    return 0
  }
  if (first.startsWith('-')) {
    throw new UsageError(`Unknown flag ${first}. See micro --help.`)
  }
  const own = Object.hasOwn(OWN_COMMANDS, first) ? OWN_COMMANDS[first] : undefined
  if (own === undefined) {
    return runContributed(line, words)
  }
  if (asksForHelp(rest)) {
    printHelp(first, own.options, line.output)
    return 0
  }
  return own.run(new CliCall(line, readArgs(rest, first, own.options)))
}
