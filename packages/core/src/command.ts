import { coreError } from './core-errors.ts'
import type { CommandInput, CommandOptions } from './setup.ts'

/** A command, as declared. `owner` is the extension's name, or `app`. */
export interface CommandRecord {
  readonly owner: string
  /** Words after `micro`: `db migrate`. */
  readonly name: string
  readonly options: CommandOptions
  readonly run: (input: CommandInput) => unknown
}

/** The commands of an app. */
export class Commands {
  readonly list: CommandRecord[] = []
  readonly shell: Map<string, () => unknown> = new Map()

  /** @throws MicroError `MICRO_COMMAND_TAKEN`. */
  add(owner: string, name: string, options: CommandOptions, run: (input: CommandInput) => unknown): void {
    const full = owner === 'app' ? name : `${owner} ${name}`
    if (this.list.some((command) => command.name === full)) {
      throw coreError('MICRO_COMMAND_TAKEN', { name: full })
    }
    this.list.push({ owner, name: full, options, run })
  }
}
