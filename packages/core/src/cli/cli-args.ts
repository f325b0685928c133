/** Reads command lines. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { MODES, type Mode } from '../config/mode.ts'
import { nearest } from '../errors/nearest.ts'
import type { CommandInput, CommandOptions } from '../extension/command.ts'
import { COMMON_FLAGS, type CommandFlags } from '../extension/command-flags.ts'

/** A command line that cannot be understood: the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A command's arguments, read. */
export type ReadArgs = Pick<CommandInput, 'flags' | 'positionals'>

/** A command line without the flags that every command has, wherever they stand. */
export interface SplitArgs {
  readonly app: string | undefined
  readonly envFiles: readonly string[] | undefined
  readonly mode: Mode | undefined
  readonly deprecations: 'warn' | 'error' | undefined
  readonly stack: boolean
  readonly rest: readonly string[]
}

const TAKEN = /^(?:--(?<long>app|env-file|mode|deprecations)|-(?<short>[ae]))(?:$|=(?<glued>.*))/s
const EXAMPLES: { readonly [flag: string]: string } = {
  app: '--app path or --app path:export',
  'env-file': '--env-file path',
  mode: `--mode=${MODES.join(', --mode=')}`,
  deprecations: '--deprecations=error or --deprecations=warn',
}

/** Takes the flags that every command has out of a command line, but for `--help`. @throws UsageError where a value is missing or unknown. */
export function takeCommonFlags(args: readonly string[]): SplitArgs {
  const rest: string[] = []
  const taken = new Map<string, string[]>()
  let stack = false
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string
    if (arg === '--') {
      rest.push(...args.slice(index))
      break
    }
    const { long, short, glued } = TAKEN.exec(arg)?.groups ?? {}
    if (long === undefined && short === undefined) {
      stack ||= arg === '--stack'
      rest.push(...(arg === '--stack' ? [] : [arg]))
      continue
    }
    const flag = long ?? (short === 'a' ? 'app' : 'env-file')
    const value = glued ?? args[++index]
    if (value === undefined) {
      throw new UsageError(`--${flag} needs a value: ${EXAMPLES[flag]}.`)
    }
    taken.set(flag, [...(taken.get(flag) ?? []), value])
  }
  const last = (flag: string): string | undefined => taken.get(flag)?.at(-1)
  return {
    app: last('app'),
    envFiles: taken.get('env-file'),
    mode: oneOf(MODES, 'mode', last('mode')),
    deprecations: oneOf(['error', 'warn'], 'deprecations', last('deprecations')),
    stack,
    rest,
  }
}

/** Reads what stands after a command's name. @throws UsageError. */
export function readArgs(args: readonly string[], name: string, { flags = {}, positionals: names = [] }: CommandOptions): ReadArgs {
  const see = `See micro ${name} --help.`
  const options: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(flags).map(([flag, { type, short, multiple = false }]) => [
      flag,
      { type, multiple, ...(short === undefined ? {} : { short }) },
    ]),
  )
  const { values, positionals, tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind === 'option') {
      checkFlag(token, flags, see)
    }
  }
  const rest = names.some((each) => each.includes('...')) ? Number.POSITIVE_INFINITY : names.length
  const missing = names.filter((each) => each.startsWith('<'))[positionals.length]
  if (missing !== undefined) {
    throw new UsageError(`micro ${name} needs ${missing}. ${see}`)
  }
  if (positionals.length > rest) {
    throw new UsageError(`micro ${name} cannot use '${positionals[rest]}'. ${see}`)
  }
  const defaults = Object.entries(flags).flatMap(([flag, { multiple, default: otherwise }]) =>
    otherwise === undefined && multiple !== true ? [] : [[flag, otherwise ?? []]],
  )
  return { flags: { ...Object.fromEntries(defaults), ...values } as ReadArgs['flags'], positionals }
}

interface FlagToken {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

/** @throws UsageError for a flag that nobody has, without its value, or with one that it does not take. */
function checkFlag({ name, rawName, value, inlineValue }: FlagToken, flags: CommandFlags, see: string): void {
  if (!Object.hasOwn(flags, name)) {
    const hint = rawName.startsWith('--')
      ? didYouMean(name, [...Object.keys(flags), ...Object.keys(COMMON_FLAGS)], (flag) => `--${flag}`)
      : ''
    throw new UsageError(`Unknown option '${rawName}'.${hint} ${see}`)
  }
  const { type, choices } = flags[name] as CommandFlags[string]
  if (type === 'boolean' && value !== undefined) {
    throw new UsageError(`${rawName} takes no value. ${see}`)
  }
  // What begins with a dash is the flag that follows; --flag=-value says otherwise.
  if (type === 'string' && (value === undefined || (inlineValue !== true && /^-./.test(value)))) {
    throw new UsageError(`${rawName} needs a value. ${see}`)
  }
  oneOf(choices, name, value)
}

function oneOf<C extends string>(choices: readonly C[] | undefined, flag: string, value: string | undefined): C | undefined {
  const found = choices?.find((choice) => choice === value)
  if (value !== undefined && choices !== undefined && found === undefined) {
    throw new UsageError(`--${flag}=${value}: give ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}.`)
  }
  return found
}

/** 'Did you mean …?' for what is nearly a known word or the beginning of one, with a space before it; otherwise nothing. */
export function didYouMean(word: string, known: readonly string[], show: (word: string) => string): string {
  const hint = nearest(word, known) ?? known.find((each) => each.startsWith(word))
  return hint === undefined ? '' : ` Did you mean ${show(hint)}?`
}

/** Whether a command is asked for its help. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end < 0 ? args.length : end).some((arg) => arg === '--help' || arg === '-h')
}
