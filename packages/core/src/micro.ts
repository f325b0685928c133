import { AppConfig } from './app-config.ts'
import { AppLife } from './app-life.ts'
import { type AppParts, appParts } from './app-parts.ts'
import { AppRequests } from './app-requests.ts'
import { AppTemplates } from './app-templates.ts'
import { type AssembledApp, assemble } from './assembly.ts'
import type { Blueprint, RegisterOptions } from './blueprint.ts'
import { Client, type ClientOptions } from './client.ts'
import type { ConfigEntry } from './config.ts'
import type { Context } from './context.ts'
import type { CoreConfig } from './core-config.ts'
import { coreError } from './core-errors.ts'
import type { Double } from './double.ts'
import type { AnyExtension } from './extension.ts'
import { answerFetch } from './fetch-adapter.ts'
import type { AnyBlueprint, CheckRegister, CheckUse, Installed } from './inference.ts'
import { Installer } from './install.ts'
import { jsonProvider } from './json.ts'
import { createLog, type Log, sinkFor } from './log.ts'
import type { MicroOptions } from './micro-options.ts'
import { defaultMode, type Mode } from './mode.ts'
import { mountHandler } from './mount.ts'
import { collectStep } from './problems.ts'
import { Registrations } from './registrations.ts'
import { type ExtensionList, Registry } from './registry.ts'
import type { ContextHost } from './request-context.ts'
import type { Route } from './route.ts'
import { Scaffold } from './scaffold.ts'
import { cookieStore } from './session.ts'
import type { JsonProvider } from './setup.ts'
import { createSigner, type Signer } from './signing.ts'
import { detachedSource } from './source.ts'
import { staticRoute } from './static-route.ts'
import type { TypedTemplates } from './templates.ts'
import { buildUrl, type UrlOptions, type UrlValues } from './url-for.ts'

/** An app. Made by `micro`, or by a subclass of this class: every part is made by a method that a subclass may override. */
export class Micro extends Scaffold implements ContextHost {
  declare readonly '~types': { readonly app: {}; readonly context: {}; readonly converters: {} }
  readonly name: string
  readonly config: CoreConfig
  readonly rootPath: string | undefined
  readonly instancePath: string | undefined
  readonly log: Log
  /** @internal What the app and its extensions contribute; read by the CLI. */
  readonly '~registry': Registry
  /** @internal */
  readonly '~config': AppConfig
  /** @internal What servers ask. */
  readonly '~requests': AppRequests
  protected readonly hookOwner: string = 'app'
  readonly #life: AppLife
  readonly #parts: AppParts
  readonly #registrations: Registrations
  readonly #doubles: ReadonlyMap<string, Double>
  readonly #installer: Installer
  readonly #fallbackMode: Mode = defaultMode()
  #mode: Mode | undefined
  #assembled: AssembledApp | null = null

  constructor(meta: ImportMeta, options: MicroOptions = {}) {
    super()
    this.name = options.name ?? 'app'
    this.rootPath = options.root ?? meta.dirname
    this.instancePath = options.instancePath ?? (this.rootPath === undefined ? undefined : `${this.rootPath}/instance`)
    this['~config'] = new AppConfig({
      rootPath: this.rootPath,
      instancePath: this.instancePath,
      env: options.env,
      overrides: options.config ?? {},
    })
    this.config = this['~config'].values
    this.#mode = options.mode ?? this['~config'].mode
    this.log = createLog(() => this.config.log.level ?? (this.mode === 'test' ? 'warn' : 'info'), options.logSink ?? sinkFor(this))
    this.#doubles = new Map((options.replace ?? []).map((double) => [double.name, double]))
    const assertOpen = (method: string): void => this.assertOpen(method)
    const templates = new AppTemplates(this, { assertOpen, claim: (what, owner) => this['~registry'].claim(what, owner) })
    const registry = new Registry(templates, this.makeJson())
    this['~registry'] = registry
    this.#life = new AppLife({ config: this.config, log: this.log, prepare: () => this.#prepare() }, registry.lifecycle)
    this['~requests'] = new AppRequests(this, this.#life)
    this.#parts = appParts(registry, assertOpen)
    this.#registrations = new Registrations(registry, this.rootPath)
    this.#installer = new Installer({
      app: this,
      registry,
      declarations: this['~declarations'],
      registrations: this.#registrations,
      config: this['~config'],
      doubles: this.#doubles,
    })
    this.fetch = this.fetch.bind(this)
  }

  /** Installs an extension: its member stands under its name from here on. Keep the result, it carries the types. */
  use<E extends AnyExtension>(extension: E & CheckUse<this, E>): this & Installed<E> {
    this.assertOpen('use')
    collectStep(() => this.#installer.use(extension))
    return this as this & Installed<E>
  }

  /** Registers a blueprint. */
  register<B extends AnyBlueprint>(blueprint: B & CheckRegister<this, B>, options: RegisterOptions = {}): this {
    this.assertOpen('register')
    const given = blueprint as unknown as Blueprint
    collectStep(() => {
      this.#registrations.check(given, options)
      this.#registrations.add(given, options)
    })
    return this
  }

  /** Hands every request below `prefix` to a fetch handler, with the prefix taken off its path. */
  mount(prefix: string, handler: (request: Request) => Response | Promise<Response>): this {
    this.assertOpen('mount')
    mountHandler(prefix, handler, (path, run) => this.declareRoute('all', path, {}, run, `mount('${prefix}')`))
    return this
  }

  /** Runs before requests are answered, after the start hooks of extensions installed so far. */
  onStart(run: () => unknown): this {
    this.assertOpen('onStart')
    this['~registry'].lifecycle.onStart(this.hookOwner, run)
    return this
  }

  /** Runs when the app is stopped, in reverse order. */
  onStop(run: () => unknown): this {
    this.assertOpen('onStop')
    this['~registry'].lifecycle.onStop(this.hookOwner, run)
    return this
  }

  // ── parts ──

  get mode(): Mode {
    return this.#mode ?? this.#fallbackMode
  }

  /** The installed extensions, with everything they contribute. */
  get extensions(): ExtensionList {
    return this['~registry'].list()
  }

  /** Directories, globals, filters and engine of the templates. */
  get templates(): TypedTemplates<this['~types']['context']> {
    return this['~registry'].templates
  }

  /** Commands of the app's own: `micro <name>`. */
  get cli(): AppParts['cli'] {
    return this.#parts.cli
  }

  /** Where sessions are kept. */
  get session(): AppParts['session'] {
    return this.#parts.session
  }

  /** How values become JSON and back. */
  get json(): JsonProvider {
    return this['~registry'].json
  }

  set json(provider: JsonProvider) {
    this.assertOpen('json')
    this['~registry'].claim('JSON provider', this.hookOwner)
    this['~registry'].json = provider
  }

  /** The routes of the app and its blueprints. */
  get routes(): readonly Route[] {
    return this.#assembly().routes
  }

  /** Every effective value of configuration with its source; secrets are masked. */
  get configEntries(): readonly ConfigEntry[] {
    return [...this['~config'].entries, ...[...this['~registry'].extensions.values()].flatMap((extension) => extension.config)]
  }

  /** Path of a named route. @throws MicroError `MICRO_ROUTE_UNKNOWN`, `MICRO_URL_VALUE`. */
  urlFor(name: string, values?: UrlValues, options?: UrlOptions): string {
    return buildUrl(this.#assembly().named, name, values, options)
  }

  /** Signs texts for one purpose with the secret key, which is read on first use. */
  signer(purpose: string): Signer {
    let signer: Signer | null = null
    const made = (): Signer => {
      signer ??= createSigner(this['~config'].secrets(this.mode), purpose)
      return signer
    }
    return { sign: (text) => made().sign(text), unsign: (signed) => made().unsign(signed) }
  }

  /** The default JSON provider. */
  protected makeJson(): JsonProvider {
    return jsonProvider
  }

  /** The default class of test clients. */
  protected makeClient(options: ClientOptions): Client {
    return new Client(this, options)
  }

  // ── life ──

  /**
   * Starts the app: once, however many ask. The first request implies it. A start that fails has stopped again what it had started.
   * @throws MicroError `MICRO_START_FAILED`, `MICRO_SECRET_MISSING`, those of configuration and of routes, `MICRO_APP_STOPPED`.
   */
  start(): Promise<void> {
    return this.#life.start()
  }

  /**
   * Stops the app: waits for requests in flight, then runs every stop hook. Calling it again waits for the same stop.
   * @throws MicroError `MICRO_STOP_FAILED`, whose cause is an AggregateError of everything that failed.
   */
  stop(): Promise<void> {
    return this.#life.stop()
  }

  /** Answers a native request: on Bun, Deno and Workers, in tests, and inside other servers. @throws what `start` throws. */
  async fetch(request: Request, ..._platform: unknown[]): Promise<Response> {
    if (!this.#life.isRunning) {
      await this.start()
    }
    return answerFetch(this['~requests'], request)
  }

  /** A test client: cookies, redirects, no socket. An app that has not been told its mode is then in mode `test`. */
  client(options: ClientOptions = {}): Client {
    if (this.#life.isOpen) {
      this.#mode ??= 'test'
    }
    return this.makeClient(options)
  }

  /** Runs a function with a context at hand, outside any request; its teardowns run when the function ends. @throws what `start` throws. */
  async run<T>(fn: (ctx: Context & this['~types']['context']) => T | Promise<T>): Promise<T> {
    await this.start()
    const requests = this['~requests']
    const ctx = requests.accept(detachedSource())
    try {
      return await requests.within(ctx, () => fn(ctx as never))
    } catch (error) {
      ctx.failedWith = error
      throw error
    } finally {
      await requests.end(ctx)
    }
  }

  /** @internal Something that must be closed before the stop hooks run, such as a server. Returns a function that takes it back. */
  beforeStop(close: () => unknown): () => void {
    return this.#life.beforeStop(close)
  }

  protected assertOpen(method: string): void {
    if (!this.#life.isOpen) {
      throw coreError('MICRO_APP_STARTED', { method })
    }
    this.#assembled = null
  }

  #prepare(): void {
    const unused = [...this.#doubles.keys()].find((name) => !this['~registry'].extensions.has(name))
    if (unused !== undefined) {
      throw coreError('MICRO_DOUBLE_UNUSED', { name: unused })
    }
    this['~config'].checkNamespaces()
    Object.freeze(this.config)
    this['~config'].secrets(this.mode)
    const registry = this['~registry']
    registry.sessionStore ??= cookieStore(this.signer('session'), this.config.session)
    this['~requests'].prepare(this.#assembly())
  }

  #assembly(): AssembledApp {
    const registry = this['~registry']
    this.#assembled ??= assemble({
      declarations: this['~declarations'],
      registrations: this.#registrations.list,
      registry,
      log: this.log,
      own: staticRoute(this.rootPath, registry.statics, this.config.static),
    })
    return this.#assembled
  }
}

/** Makes an app. `meta` is the module's `import.meta`: `templates/` and `static/` beside it are found by themselves. */
export function micro(meta: ImportMeta, options?: MicroOptions): Micro {
  return new Micro(meta, options)
}
