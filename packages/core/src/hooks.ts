/** Hooks of a request: kept as declared, merged into one list for each route when the app is assembled. */
import { coreError } from './core-errors.ts'
import { type HookOptions, PHASES } from './setup.ts'

/** A hook as declared. `owner` is an extension's name, `blueprint <name>`, or `app`. */
export interface HookRecord<F> {
  readonly run: F
  readonly owner: string
  readonly phase: number
  readonly methods: readonly string[] | 'unsafe' | undefined
}

/** Methods that change nothing (RFC 9110 section 9.2.1), and so are spared by hooks for unsafe ones. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Records a hook. @throws MicroError `MICRO_HOOK_PHASE`. */
export function hookRecord<F>(run: F, owner: string, options: HookOptions = {}): HookRecord<F> {
  const phase = options.phase === undefined ? PHASES.length : PHASES.indexOf(options.phase)
  if (phase < 0) {
    throw coreError('MICRO_HOOK_PHASE', { phase: options.phase, known: PHASES.join(', ') })
  }
  return { run, owner, phase, methods: options.methods }
}

/** By phase, inside a phase by the owner's name; those without a phase come last, as they were declared. */
export function inOrder<F>(hooks: readonly HookRecord<F>[]): readonly HookRecord<F>[] {
  const phased = hooks.filter((hook) => hook.phase < PHASES.length)
  const free = hooks.filter((hook) => hook.phase >= PHASES.length)
  phased.sort((one, other) => one.phase - other.phase || (one.owner < other.owner ? -1 : one.owner > other.owner ? 1 : 0))
  return [...phased, ...free]
}

/** Whether a hook runs for a route's method; `undefined` stands for requests that no route answers. */
export function concerns(hook: HookRecord<unknown>, method: string | undefined): boolean {
  if (hook.methods === undefined) {
    return true
  }
  if (method === undefined) {
    return false
  }
  return method === '*' || (hook.methods === 'unsafe' ? !SAFE.has(method) : hook.methods.includes(method))
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
