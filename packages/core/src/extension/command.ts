import { checkOptions, type OptionNames } from '../errors/check-options.ts'
import { coreError } from '../errors/core-errors.ts'
import type { AppView } from '../request/context.ts'
import { COMMON_FLAGS, type CommandFlag, type CommandFlags, type FlagValues } from './command-flags.ts'

/** What a command gets. */
export interface CommandInput<F extends CommandFlags = CommandFlags> {
  readonly app: AppView
  /** Arguments without a name. */
  readonly positionals: readonly string[]
  /** Flags, as declared. */
  readonly flags: FlagValues<F>
  /** Writes a line to standard output. */
  print(line: string): void
}

/** Declares a command of the CLI. */
export interface CommandOptions<F extends CommandFlags = CommandFlags> {
  /** What it does: a sentence or two; the first is shown where commands are listed. */
  readonly description: string
  /**
   * Names of positional arguments: `<name>` must be given, `[target]` may be, and `<file...>` or `[file...]` takes all that are left.
   * Without this the command takes none.
   */
  readonly positionals?: readonly string[]
  readonly flags?: F
  /** Command lines to learn from, shown below the help text. */
  readonly examples?: readonly string[]
  /** Runs it with the app started, and stops it afterwards; true by default. */
  readonly start?: boolean
}

/** The CLI as extensions and apps see it. */
export interface CommandRegistry {
  /**
   * Declares `micro <namespace> <name>`; for the app itself, `micro <name>`. Its flags are typed as declared.
   * @throws MicroError `MICRO_COMMAND_TAKEN`, `MICRO_COMMAND_FLAG`.
   */
  command<const F extends CommandFlags = {}>(name: string, options: CommandOptions<F>, run: (input: CommandInput<F>) => unknown): void
}

/** A command, as declared. `owner` is the extension's name, or `app`. */
export interface CommandRecord {
  readonly owner: string
  /** Words after `micro`: `db migrate`. */
  readonly name: string
  readonly options: CommandOptions
  readonly run: (input: CommandInput) => unknown
}

const COMMAND_OPTIONS: OptionNames<CommandOptions> = { description: true, positionals: true, flags: true, examples: true, start: true }

const SHORT: ReadonlyMap<string, string> = new Map(
  Object.entries(COMMON_FLAGS).flatMap(([name, { short }]) => (short === undefined ? [] : [[short, name]])),
)

/** The commands of an app. */
export class Commands {
  readonly list: CommandRecord[] = []
  readonly shell: Map<string, () => unknown> = new Map()

  /** The whole name of a command that may be added. @throws MicroError `MICRO_COMMAND_TAKEN`, `MICRO_COMMAND_FLAG`. */
  check(owner: string, name: string, options: CommandOptions): string {
    const full = owner === 'app' ? name : `${owner} ${name}`
    checkOptions(`The command '${full}'`, options, COMMAND_OPTIONS)
    if (this.list.some((command) => command.name === full)) {
      throw coreError('MICRO_COMMAND_TAKEN', { name: full })
    }
    for (const [flag, { short = '' }] of Object.entries<CommandFlag>(options.flags ?? {})) {
      const common = Object.hasOwn(COMMON_FLAGS, flag) ? flag : SHORT.get(short)
      if (common !== undefined) {
        throw coreError('MICRO_COMMAND_FLAG', { name: full, flag: flag === common ? `--${flag}` : `-${short}`, common })
      }
    }
    return full
  }

  /** @throws MicroError `MICRO_COMMAND_TAKEN`, `MICRO_COMMAND_FLAG`. */
  add<F extends CommandFlags>(owner: string, name: string, options: CommandOptions<F>, run: (input: CommandInput<F>) => unknown): void {
    const full = this.check(owner, name, options)
    // The values that it is called with are read as its options say.
    this.list.push({ owner, name: full, options, run: run as unknown as CommandRecord['run'] })
  }
}
