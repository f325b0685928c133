/** The command line: core's own commands, and those of the app, its blueprints and its extensions. */
import type { NamedApp } from './cli/cli-app.ts'
import { runLine } from './cli/cli-line.ts'
import { type CliOutput, CONSOLE } from './cli/cli-output.ts'
import { defaultMode, setDefaultMode } from './config/mode.ts'

export type { CliOutput } from './cli/cli-output.ts'

/** What a command line works with. */
export interface CliOptions {
  /** The app, or what makes it; without one it is found by `--app`, `MICRO_APP` and the usual files. */
  readonly app?: Exclude<NamedApp, string | undefined>
  /** Where it writes; the terminal by default. */
  readonly output?: CliOutput
}

/**
 * Runs a command line, without the program's own name, such as `process.argv.slice(2)`: for `micro`, and for scripts of one's own.
 * Returns the exit code: 0, 1 where something failed or the app is broken, 2 for a command line that cannot be understood.
 */
export async function runCli(args: readonly string[], { app, output = CONSOLE }: CliOptions = {}): Promise<number> {
  const modeBefore = defaultMode()
  // Commands are for people at work: an app that is served in production says so.
  setDefaultMode('development')
  try {
    return await runLine(args, { app, output, isTest: false })
  } finally {
    setDefaultMode(modeBefore)
  }
}
