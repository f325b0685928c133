import type { Mode } from '../config/mode.ts'
import type { MicroError } from '../errors/micro-error.ts'
import type { HookOptions } from '../hooks/hooks.ts'
import type { AfterHook, BeforeHook, ErrorClass, ErrorHandler, TeardownHook } from '../hooks/request-hooks.ts'
import type { Signal } from '../hooks/signal.ts'
import type { HttpError } from '../http/http-error.ts'
import type { JsonProvider } from '../json/json.ts'
import type { Log } from '../log/log.ts'
import type { Context } from '../request/context.ts'
import type { BodyReader } from '../request/context-host.ts'
import type { Converter } from '../routing/converter.ts'
import type { SessionStore } from '../session/session.ts'
import type { SessionCookie } from '../session/session-cookie.ts'
import type { Signer } from '../session/signing.ts'
import type { Filter, TemplateEngine } from '../templates/template-engine.ts'
import type { CommandRegistry } from './command.ts'
import type { HealthCheck } from './health.ts'
import type { AnyBlueprint } from './typed.ts'

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
  /** How the app runs: `development`, `test` or `production`. */
  readonly mode: Mode
  /** The app's log, whose lines name the extension. */
  readonly log: Log
  /** Directory of the app's own module; undefined without a file system. */
  readonly rootPath: string | undefined
  /** Directory for what the app keeps on this machine. Made on demand, never by core. */
  readonly instancePath: string | undefined
  /** Signs texts for one purpose with the app's secret key. */
  signer(purpose: string): Signer
  /**
   * Tells who uses something of this extension's that is deprecated. `notice` says what and since when, its fix what to use instead;
   * the caller of `used` is the place that is named. Works at any time.
   * @throws the notice where deprecations are errors: `config.deprecations`, `--deprecations=error`.
   */
  reportDeprecated(notice: MicroError, used: (...args: never[]) => unknown): void
  /** Runs before requests are answered, in the order of installation, under a time limit. If it fails, what started is stopped again. */
  onStart(run: () => unknown): void
  /** Runs when the app is stopped, in reverse order, under a time limit; all of them, also when some fail. */
  onStop(run: () => unknown): void
  /** Runs before the handler of every route; what it returns, unless undefined, is the reply. */
  beforeRequest(run: BeforeHook, options?: HookOptions): void
  /** Runs on every reply, in reverse order; it may change the reply, or return another. */
  afterRequest(run: AfterHook, options?: HookOptions): void
  /** Runs when the response has been sent or its stream has ended, in reverse order, also after errors. */
  teardownRequest(run: TeardownHook, options?: HookOptions): void
  /** Answers errors of a status (an `HttpError`) or of a class. */
  onError(status: number, handler: ErrorHandler<HttpError>): void
  onError<E extends Error>(type: ErrorClass<E>, handler: ErrorHandler<E>): void
  /** Registers a blueprint; its routes lie under its own prefix. */
  register(blueprint: AnyBlueprint): void
  /** Adds a converter of path params: `/notes/:id<name>`. @throws MicroError `MICRO_CONVERTER_TAKEN`. */
  converter(name: string, converter: Converter<unknown>): void
  /** Reads bodies of a content type for `ctx.readBody()`. @throws MicroError `MICRO_PART_TAKEN`. */
  bodyReader(type: string, read: BodyReader): void
  /** What it adds to templates. */
  readonly templates: {
    /** Adds a directory, seen under `<namespace>/`; the app's own templates come first. */
    directory(path: string): void
    /** Puts a value at hand in every template. */
    global(name: string, value: unknown): void
    /** Puts a filter at hand in every template. */
    filter(name: string, filter: Filter): void
    /** Adds values to every page; run only when something is rendered. */
    context(provide: (ctx: Context) => object | Promise<object>): void
    /** Renders every template with this engine. */
    engine(engine: TemplateEngine, options?: ReplaceOptions): void
  }
  /** Serves a directory under `<static url>/<namespace>/`. */
  static(directory: string): void
  /** What it adds to the command line. */
  readonly cli: CommandRegistry & {
    /** Puts a value at hand in `micro shell`. */
    shell(name: string, value: () => unknown): void
  }
  /** Says whether the extension works, for `app.checkHealth()`. */
  health(check: HealthCheck): void
  /** A signal of the extension's own: `micro:<namespace>:<name>`. The name is made of lower-case words: `query`, `query:start`. */
  signal<M extends object>(name: string): Signal<M>
  /** Where and how sessions are kept. */
  readonly session: {
    /** Keeps sessions elsewhere than in a signed cookie. */
    store(store: SessionStore, options?: ReplaceOptions): void
    /** Chooses name and attributes of each request's cookie, over those of `config.session`: by host, or by path. */
    cookie(choose: (ctx: Context) => SessionCookie, options?: ReplaceOptions): void
  }
  /** Writes and reads all JSON of the app. */
  json(provider: JsonProvider, options?: ReplaceOptions): void
}
