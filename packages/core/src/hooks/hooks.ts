/** Hooks of a request: kept as declared, merged into one list for each route when the app is assembled. */
import { checkOptions, type OptionNames } from '../errors/check-options.ts'
import { coreError } from '../errors/core-errors.ts'
import { readMethod } from '../http/method.ts'

/**
 * The phases of a request, in the order they run; hooks without one run after them, in the order they were declared.
 * - `limits`: refuses what is too much, before anything else looks at it.
 * - `cross-site`: refuses what another site made a browser send.
 * - `auth`: finds out who asks.
 * - `throttle`: slows down or refuses who asks too often.
 * - `body`: reads the body.
 * - `validation`: checks what was read.
 * - `transaction`: opens what the handler's work happens in.
 */
export const PHASES = ['limits', 'cross-site', 'auth', 'throttle', 'body', 'validation', 'transaction'] as const

/** One of the phases. */
export type Phase = (typeof PHASES)[number]

/** When a hook runs. */
export interface HookOptions {
  readonly phase?: Phase
  /**
   * Runs for these methods alone, GET standing for HEAD too, or for all but the safe ones (`unsafe`: all but GET, HEAD, OPTIONS and
   * TRACE); others do not pay for it.
   */
  readonly methods?: readonly string[] | 'unsafe'
}

const HOOK_OPTIONS: OptionNames<HookOptions> = { phase: true, methods: true }

/** A hook as declared. `owner` is an extension's name, `blueprint <name>`, or `app`. */
export interface HookRecord<F> {
  readonly run: F
  readonly owner: string
  readonly phase: number
  readonly methods: readonly string[] | 'unsafe' | undefined
}

/** Methods that change nothing (RFC 9110 section 9.2.1), and so are spared by hooks for unsafe ones. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Records a hook. @throws MicroError `MICRO_HOOK_PHASE`, `MICRO_METHOD_INVALID`, `MICRO_OPTIONS_INVALID`, `MICRO_OPTION_UNKNOWN`. */
export function hookRecord<F>(run: F, owner: string, options?: HookOptions): HookRecord<F> {
  if (options === undefined) {
    return { run, owner, phase: PHASES.length, methods: undefined }
  }
  checkOptions(`A hook of ${ownerInWords(owner)}`, options, HOOK_OPTIONS)
  const phase = options.phase === undefined ? PHASES.length : PHASES.indexOf(options.phase)
  if (phase < 0) {
    throw coreError('MICRO_HOOK_PHASE', { phase: options.phase, known: PHASES.join(', ') })
  }
  return { run, owner, phase, methods: readMethods(options.methods, owner) }
}

/** A hook for every method is one for every request. */
function readMethods(given: HookOptions['methods'], owner: string): HookRecord<unknown>['methods'] {
  if (given === undefined || given === 'unsafe') {
    return given
  }
  const methods = [given].flat().map((method) => {
    const known = readMethod(method)
    if (known === null) {
      throw coreError('MICRO_METHOD_INVALID', { what: `A hook of ${ownerInWords(owner)}`, method })
    }
    return known
  })
  return methods.includes('*') ? undefined : methods
}

/** By phase, inside a phase by the owner's name; those without a phase come last, as they were declared. */
export function inOrder<F>(hooks: readonly HookRecord<F>[]): readonly HookRecord<F>[] {
  const phased = hooks.filter((hook) => hook.phase < PHASES.length)
  const free = hooks.filter((hook) => hook.phase >= PHASES.length)
  phased.sort((one, other) => one.phase - other.phase || (one.owner < other.owner ? -1 : one.owner > other.owner ? 1 : 0))
  return [...phased, ...free]
}

/** Whether a hook runs for a route's method, one for GET for HEAD too; `undefined` stands for requests that no route answers. */
export function concerns(hook: HookRecord<unknown>, method: string | undefined): boolean {
  if (hook.methods === undefined || method === '*') {
    return true
  }
  if (method === undefined) {
    return false
  }
  if (hook.methods === 'unsafe') {
    return !SAFE.has(method)
  }
  return hook.methods.includes(method) || (method === 'HEAD' && hook.methods.includes('GET'))
}

/** The owner of what a blueprint declares. */
export function ownerOfBlueprint(name: string): string {
  return BLUEPRINT + name
}

const BLUEPRINT = 'blueprint '

/** An owner in words, for messages. */
export function ownerInWords(owner: string): string {
  return owner === 'app' ? 'the app' : owner.startsWith(BLUEPRINT) ? owner : `extension '${owner}'`
}

/** Whose code a failure came from. */
const blamed = new WeakMap<object, string>()

/** Remembers whose code threw. The first to be blamed stays. */
export function blame(error: unknown, owner: string): void {
  if (typeof error === 'object' && error !== null && !blamed.has(error)) {
    blamed.set(error, owner)
  }
}

/** Who is to blame, as fields of a log line: `extension` or `blueprint`, nothing for the app itself. `owner` counts if nobody was blamed. */
export function blameFields(error: unknown, owner = 'app'): { readonly extension?: string; readonly blueprint?: string } {
  const name = (typeof error === 'object' && error !== null ? blamed.get(error) : undefined) ?? owner
  if (name === 'app') {
    return {}
  }
  return name.startsWith(BLUEPRINT) ? { blueprint: name.slice(BLUEPRINT.length) } : { extension: name }
}
