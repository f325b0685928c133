import type { CommandOptions } from '../extension/command.ts'
import { findApp, type LoadedApp, type NamedApp } from './cli-app.ts'
import type { ReadArgs } from './cli-args.ts'
import { explain } from './cli-explain.ts'
import type { CliOutput } from './cli-output.ts'
import { red } from './cli-style.ts'
import { table } from './cli-table.ts'

/** What a command line is about, and where it writes. */
export interface CliLine {
  readonly named: NamedApp
  readonly output: CliOutput
  /** Whether stacks of errors are shown. */
  readonly stack: boolean
  /** Whether the app is a test's: it is not stopped. */
  readonly isTest: boolean
}

/** A command of core's own. Returns the exit code. */
export interface OwnCommand {
  readonly options: CommandOptions
  run(call: CliCall): number | Promise<number>
}

/** One command of core's that is being run. */
export class CliCall {
  readonly line: CliLine
  readonly args: ReadArgs

  constructor(line: CliLine, args: ReadArgs) {
    this.line = line
    this.args = args
  }

  /** The value of a flag that takes a text. */
  text(flag: string): string | undefined {
    const value = this.args.flags[flag]
    return typeof value === 'string' ? value : undefined
  }

  /** The values of a flag that may be given several times. */
  texts(flag: string): readonly string[] {
    const value = this.args.flags[flag]
    return Array.isArray(value) ? (value as readonly string[]) : []
  }

  /** Whether a flag was given. */
  has(flag: string): boolean {
    return this.args.flags[flag] === true
  }

  /** The app, with the errors of its set-up; says what it uses that is deprecated. */
  load(): Promise<LoadedApp> {
    return loadApp(this.line)
  }

  print(text: string): void {
    this.line.output.print(text)
  }

  /** Prints a list for a program, or a table for a person. */
  show(rows: readonly { readonly [key: string]: unknown }[], heads: readonly string[]): void {
    if (this.has('json')) {
      this.print(JSON.stringify(rows, null, 2))
      return
    }
    for (const text of table([heads, ...rows.map((row) => Object.values(row).map(String))])) {
      this.print(text)
    }
  }

  /** Tells of problems. Returns the exit code that they come to. */
  complain(problems: readonly unknown[]): number {
    return complain(problems, this.line)
  }
}

/** Loads the app of a command line, and says what it uses that is deprecated. */
export async function loadApp({ named, output }: CliLine): Promise<LoadedApp> {
  const loaded = await findApp(named, true)
  for (const { code, message } of loaded.app['~registry'].deprecations.list) {
    output.complain(`warning: ${code}: ${message}`)
  }
  return loaded
}

/** Tells of problems, each with an empty line before it. Returns the exit code that they come to. */
export function complain(problems: readonly unknown[], { output, stack }: Pick<CliLine, 'output' | 'stack'>): number {
  for (const problem of problems) {
    output.complain(`\n${withColor(explain(problem, stack), output)}`)
  }
  return problems.length > 0 ? 1 : 0
}

/** The same for what ended the command line. */
export function complainOfEnd(error: unknown, { output, stack }: Pick<CliLine, 'output' | 'stack'>): void {
  output.failed?.(error)
  output.complain(withColor(explain(error, stack), output))
}

/** The code of an error, or its name, stands out. */
function withColor(text: string, output: CliOutput): string {
  return text.replace(/^(?:MICRO_\w+|\w*Error):/, (head) => red(head, output))
}
