/** Flags of commands, and the values that come of them. */

/** A flag of a command. */
export interface CommandFlag {
  readonly type: 'string' | 'boolean'
  readonly description: string
  /** One letter, for `-x`. */
  readonly short?: string
  /** May be given several times: its value is a list. */
  readonly multiple?: boolean
  /** The values that it takes. */
  readonly choices?: readonly string[]
  /** What it is where it is not given. */
  readonly default?: string | boolean
  /** Name of its value in the help text; `value` by default. */
  readonly value?: string
}

/** Flags by name, without the dashes. */
export interface CommandFlags {
  readonly [name: string]: CommandFlag
}

/** Values of a command's flags, as they are declared. */
export type FlagValues<F extends CommandFlags> = string extends keyof F
  ? { readonly [name: string]: string | boolean | readonly string[] | undefined }
  : { readonly [K in keyof F]: F[K] extends { multiple: true } ? readonly FlagValue<F[K]>[] : FlagValue<F[K]> | Absent<F[K]> }
type FlagValue<F> = F extends { choices: readonly (infer C)[] } ? C : F extends { type: 'boolean' } ? boolean : string
type Absent<F> = F extends { default: {} } ? never : undefined

/** Flags of every command. */
export const COMMON_FLAGS: CommandFlags = {
  app: {
    type: 'string',
    description: 'Module of the app: path, path:export or path:factory(JSON) [MICRO_APP].',
    short: 'a',
    value: 'path',
  },
  'env-file': {
    type: 'string',
    description: 'File of variables, above .env and below the environment; may be given several times [MICRO_ENV_FILE].',
    short: 'e',
    value: 'path',
  },
  mode: { type: 'string', description: 'development, test or production [MICRO_MODE].', value: 'mode' },
  deprecations: {
    type: 'string',
    description: 'The use of what is deprecated fails with error, and warns with warn [MICRO_DEPRECATIONS].',
    value: 'how',
  },
  stack: { type: 'boolean', description: 'Shows where errors come from: stack traces, also of causes.' },
  help: { type: 'boolean', description: 'Shows this.', short: 'h' },
}
