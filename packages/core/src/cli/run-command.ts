/** Runs commands in tests. */

import type { Micro } from '../app/micro.ts'
import { runLine } from './cli-line.ts'

/** What a command came to. */
export interface CommandResult {
  /** 0; 1 where it failed; 2 for a command line that cannot be understood. */
  readonly exitCode: number
  /** The lines of standard output. */
  readonly output: readonly string[]
  /** The lines of standard error: what `error` is, as a person is told, and warnings. */
  readonly errors: readonly string[]
  /** What was thrown; undefined where nothing was. */
  readonly error: unknown
}

/**
 * Runs a command of an app, of its extensions or of core, and gives what it prints: `await runCommand(app, ['db', 'migrate'])`. It does not
 * reject, ends no process, and writes nothing to the console. The app is started as the command asks, and not stopped: the test does
 * that. An app that has not been told its mode is then in mode `test`.
 */
export async function runCommand(app: Micro, args: readonly string[]): Promise<CommandResult> {
  // A test client is what says that this is a test.
  app.client()
  const output: string[] = []
  const errors: string[] = []
  let error: unknown
  const exitCode = await runLine(args, {
    app,
    output: {
      print: (line) => void output.push(...line.split('\n')),
      complain: (line) => void errors.push(...line.split('\n')),
      failed: (thrown) => {
        error = thrown
      },
    },
    isTest: true,
  })
  return { exitCode, output, errors, error }
}
