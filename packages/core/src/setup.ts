import type { AppView, Context } from './context.ts'
import type { Converter } from './converter.ts'
import type { AnyBlueprint } from './inference.ts'
import type { Log } from './log.ts'
import type { Mode } from './mode.ts'
import type { Reply } from './reply.ts'
import type { SessionStore } from './session.ts'
import type { Signer } from './signing.ts'
import type { Filter, TemplateEngine } from './templates.ts'

/** The phases of a request, in the order they run; hooks without one run after them, in the order they were declared. */
export const PHASES = ['limits', 'cross-site', 'auth', 'throttle', 'body', 'validation', 'transaction'] as const

/** One of the phases. */
export type Phase = (typeof PHASES)[number]

/** When a hook runs. */
export interface HookOptions {
  readonly phase?: Phase
  /** Runs for these methods alone, or for all but GET, HEAD and OPTIONS (`unsafe`); others do not pay for it. */
  readonly methods?: readonly string[] | 'unsafe'
}

/** Runs before the handler; a result other than undefined is the reply. */
export type BeforeHook = (ctx: Context) => unknown

/** Runs on every reply; it may change the reply, or return another. */
export type AfterHook = (ctx: Context, reply: Reply) => unknown

/** Runs when the request is over, with its error if it failed. */
export type TeardownHook = (ctx: Context, error: unknown) => unknown

/** Answers an error. */
export type ErrorHandler<E = unknown> = (error: E, ctx: Context) => unknown

/** What an error handler is for: a status, or a class of errors. */
export type ErrorTarget<E = unknown> = number | (abstract new (...args: never[]) => E)

/** Whether a part works, for health routes. Throws, rejects or returns a sentence if it does not. */
export type HealthCheck = () => unknown

/** What a command gets. */
export interface CommandInput {
  readonly app: AppView
  /** Arguments without a name. */
  readonly positionals: readonly string[]
  /** Flags, as declared. */
  readonly flags: { readonly [name: string]: string | boolean | undefined }
  /** Writes a line to standard output. */
  print(line: string): void
}

/** Declares a command of the CLI. */
export interface CommandOptions {
  readonly description: string
  /** Names of positional arguments, for the help text: `['<name>', '[target]']`. */
  readonly positionals?: readonly string[]
  readonly flags?: {
    readonly [name: string]: { readonly type: 'string' | 'boolean'; readonly description: string; readonly short?: string }
  }
  /** Runs it with the app started, and stops it afterwards; true by default. */
  readonly start?: boolean
}

/** The CLI as extensions and apps see it. */
export interface CommandRegistry {
  /** Declares `micro <namespace> <name>`; for the app itself, `micro <name>`. */
  command(name: string, options: CommandOptions, run: (input: CommandInput) => unknown): void
}

/** A reader of bodies of one content type: what `body(schema)` validates. */
export type BodyReader = (ctx: Context, options: { readonly maxBytes?: number }) => unknown

/** Lets a second winner replace the first. */
export interface ReplaceOptions {
  readonly replace?: boolean
}

/**
 * What `initApp` gets: records what an extension contributes. It is no app: nothing can be started or asked of it, and after
 * `initApp` has returned every method throws `MICRO_SETUP_CLOSED`. The members that the extension needs stand on it too.
 */
export interface Setup {
  /** The name the extension is installed under. */
  readonly namespace: string
  readonly mode: Mode
  readonly log: Log
  /** Directory of the app's own module; undefined without a file system. */
  readonly rootPath: string | undefined
  /** Directory for what the app keeps on this machine. Made on demand, never by core. */
  readonly instancePath: string | undefined
  /** Signs texts for one purpose with the app's secret key. */
  signer(purpose: string): Signer
  onStart(run: () => unknown): void
  onStop(run: () => unknown): void
  beforeRequest(run: BeforeHook, options?: HookOptions): void
  afterRequest(run: AfterHook, options?: HookOptions): void
  teardownRequest(run: TeardownHook, options?: HookOptions): void
  onError<E>(target: ErrorTarget<E>, handler: ErrorHandler<E>): void
  /** Registers a blueprint; its routes lie under its own prefix. */
  register(blueprint: AnyBlueprint): void
  converter(name: string, converter: Converter<unknown>): void
  bodyReader(type: string, read: BodyReader): void
  readonly templates: {
    /** Adds a directory, seen under `<namespace>/`; the app's own templates come first. */
    directory(path: string): void
    global(name: string, value: unknown): void
    filter(name: string, filter: Filter): void
    /** Adds values to every page; run only when something is rendered. */
    context(provide: (ctx: Context) => object | Promise<object>): void
    engine(engine: TemplateEngine, options?: ReplaceOptions): void
  }
  /** Serves a directory under `<static url>/<namespace>/`. */
  static(directory: string): void
  readonly cli: CommandRegistry & {
    /** Puts a value at hand in `micro shell`. */
    shell(name: string, value: () => unknown): void
  }
  health(check: HealthCheck): void
  readonly session: { store(store: SessionStore, options?: ReplaceOptions): void }
  json(provider: JsonProvider, options?: ReplaceOptions): void
}

/** How values become JSON and back. */
export interface JsonProvider {
  stringify(value: unknown): string
  parse(text: string): unknown
}
