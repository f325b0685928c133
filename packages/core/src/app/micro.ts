import { Client } from '../client/client.ts'
import type { ClientOptions } from '../client/client-request.ts'
import type { ConfigEntry } from '../config/config.ts'
import type { CoreConfig } from '../config/core-config.ts'
import { defaultMode, type Mode } from '../config/mode.ts'
import { coreError } from '../errors/core-errors.ts'
import { type HealthReport, healthOf } from '../extension/health.ts'
import type { CheckRegister, CheckUse, Installed } from '../extension/inference.ts'
import { type ExtensionList, Registry } from '../extension/registry.ts'
import type { AnyBlueprint, AnyExtension } from '../extension/typed.ts'
import type { JsonProvider } from '../json/json.ts'
import type { Log } from '../log/log.ts'
import type { Context } from '../request/context.ts'
import type { Converters } from '../routing/converter.ts'
import type { CheckConverters, WithConverters } from '../routing/path-params.ts'
import type { Route } from '../routing/route.ts'
import { placementOf } from '../routing/route-placement.ts'
import type { UrlErrorHandler, UrlOptions, UrlValues } from '../routing/url-for.ts'
import { accessLog } from '../server/access-log.ts'
import { answerFetch } from '../server/fetch-adapter.ts'
import { lazySigner, type Signer } from '../session/signing.ts'
import type { TypedTemplates } from '../templates/templates.ts'
import { AppAssembly, type MatchOptions, type RouteMatch } from './app-assembly.ts'
import { AppConfig } from './app-config.ts'
import { AppLife } from './app-life.ts'
import { appLog } from './app-log.ts'
import { AppMaker } from './app-maker.ts'
import { type AppParts, appParts } from './app-parts.ts'
import { appPlace } from './app-place.ts'
import { AppRequests, type RequestsHost } from './app-requests.ts'
import { AppTemplates } from './app-templates.ts'
import type { RegisterOptions } from './blueprint.ts'
import type { MicroOptions } from './micro-options.ts'
import { type Mountable, mountHandler } from './mount.ts'

/** An app. Made by `micro`, or by a subclass of this class: every part is made by a method that a subclass may override. */
export class Micro extends AppMaker implements RequestsHost {
  declare readonly '~types': { readonly app: {}; readonly context: {}; readonly converters: {} }
  /** Name of the app: that of its module, unless the options say another. */
  readonly name: string
  /** The configuration, with a namespace for each extension; frozen when the app starts. */
  readonly config: CoreConfig
  /** Directory of `templates/` and `static/`: that of the module, unless options say another. Undefined without a file system. */
  readonly rootPath: string | undefined
  /** Directory for what the app keeps on this machine. Made on demand; it may not be there. */
  readonly instancePath: string | undefined
  /** The app's log. */
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
  readonly #assembly: AppAssembly
  readonly #fallbackMode: Mode = defaultMode()
  #mode: Mode | undefined

  constructor(meta: ImportMeta, options: MicroOptions = {}) {
    super()
    const { name, rootPath, instancePath } = appPlace(meta, options)
    this.name = name
    this.rootPath = rootPath
    this.instancePath = instancePath
    this['~config'] = new AppConfig(
      { rootPath, instancePath, env: options.env, overrides: options.config ?? {} },
      { values: this.makeDefaults(), where: `makeDefaults() of ${this.constructor.name}` },
    )
    this.config = this['~config'].values
    this.#mode = options.mode ?? this['~config'].mode
    this.log = appLog(this, options.logSink)
    const assertOpen = (method: string): void => this.assertOpen(method)
    const templates = new AppTemplates(
      this,
      { assertOpen, claim: (what, owner) => this['~registry'].claim(what, owner) },
      this.makeTemplateEngine(),
    )
    const registry = new Registry(templates, this.makeJson(), this['~config'], this.log)
    this['~registry'] = registry
    registry.own = this['~own']
    const prepare = (): void => {
      this['~requests'].prepare(this.#assembly.prepare())
      if (this.config.log.requests === true) {
        registry.lifecycle.onStop('app', accessLog(this))
      }
    }
    this.#life = new AppLife({ app: this, config: this.config, log: this.log, prepare }, registry.lifecycle)
    this['~requests'] = new AppRequests(this, this.#life)
    this.#parts = appParts(registry, assertOpen)
    this.#assembly = new AppAssembly(this, options.replace ?? [], placementOf(options))
    this.fetch = this.fetch.bind(this)
  }

  /** Installs an extension: its member stands under its name from here on. Keep the result, it carries the types. */
  use<E extends AnyExtension>(extension: E & CheckUse<this, E>): this & Installed<E> {
    this.assertOpen('use')
    this.#assembly.use(extension)
    return this as this & Installed<E>
  }

  /** Adds converters, by the names that paths have for them. Keep the result, it carries the types. @throws MicroError `MICRO_CONVERTER_TAKEN`. */
  useConverters<const C extends Converters>(converters: C & CheckConverters<this['~types']['converters'], C>): this & WithConverters<C> {
    this.assertOpen('useConverters')
    this['~registry'].addConverters(converters as Converters)
    return this as this & WithConverters<C>
  }

  /**
   * Registers a blueprint.
   * @throws MicroError `MICRO_BLUEPRINT_NEED`, `MICRO_BLUEPRINT_TAKEN`, `MICRO_BLUEPRINT_NAME`.
   */
  register<B extends AnyBlueprint>(blueprint: B & CheckRegister<this, B>, options: RegisterOptions = {}): this {
    this.assertOpen('register')
    this.#assembly.register(blueprint, options)
    return this
  }

  /**
   * Hands every request below `prefix` to a fetch handler, or to what has one: an app of this or another framework. The prefix is taken
   * off its path and may have params, which the handler finds on its second argument. @throws MicroError `MICRO_MOUNT_INVALID`.
   */
  mount<P extends string>(prefix: P, mounted: Mountable<Context<P, this['~types']['converters']> & this['~types']['context']>): this {
    this.assertOpen('mount')
    mountHandler(prefix, mounted, (path, run) => this.declareRoute('all', path, {}, run, `mount('${prefix}')`))
    return this
  }

  /** Runs before requests are answered, after the start hooks of extensions installed so far. */
  onStart(run: () => unknown): this {
    this.assertOpen('onStart')
    this['~registry'].lifecycle.onStart(this.currentOwner, run)
    return this
  }

  /** Runs when the app is stopped, in reverse order. */
  onStop(run: () => unknown): this {
    this.assertOpen('onStop')
    this['~registry'].lifecycle.onStop(this.currentOwner, run)
    return this
  }

  // ── parts ──

  /** How the app runs: the option of `micro`, then `MICRO_MODE`; else `test` with a test client, `development` by `micro run`, `production`. */
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
    return this.#assembly.assembled.routes
  }

  /** Every effective value of configuration with its source; secrets are masked. */
  get configEntries(): readonly ConfigEntry[] {
    return this['~registry'].configEntries
  }

  /**
   * URL of a named route: a path, or the whole where `options` ask for it or the route names a host. `ctx` is the request it is built
   * in; outside one, whole URLs begin with `config.server.publicUrl`.
   * @throws MicroError `MICRO_ROUTE_UNKNOWN`, `MICRO_URL_VALUE`, `MICRO_URL_METHOD`, `MICRO_URL_SCHEME`, `MICRO_URL_ORIGIN`.
   */
  urlFor(name: string, values: UrlValues = {}, options: UrlOptions = {}, ctx?: Context): string {
    return this.#assembly.urlFor(name, values, options, ctx)
  }

  /** Sees the errors of `urlFor`: the first handler that returns a text mends it. */
  onUrlError(handler: UrlErrorHandler): this {
    this.assertOpen('onUrlError')
    this.#assembly.urlErrors.push(handler)
    return this
  }

  /** The route that answers a path, without the query, and its params; undefined where there is none. Nothing is started. */
  matchRoute(path: string, options: MatchOptions = {}): RouteMatch | undefined {
    return this.#assembly.match(path, options)
  }

  /** Signs texts for one purpose with the secret key, which is read on first use. */
  signer(purpose: string): Signer {
    return lazySigner(() => this['~config'].secrets(this.mode), purpose)
  }

  /** A test client, with the options that it was asked for. */
  protected makeClient(options: ClientOptions): Client<this['~types']['context']> {
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

  /**
   * Answers a native request: on Bun, Deno and Workers, in tests, and inside other servers. What their servers give beside the request
   * says where it comes from (`ctx.remoteAddress`); anyone else gives `{ remoteAddress }`. @throws what `start` throws.
   */
  fetch(request: Request, ...platform: unknown[]): Promise<Response> {
    const answer = () => answerFetch(this['~requests'], request, platform[0])
    return this.#life.isRunning ? answer() : this.start().then(answer)
  }

  /** A test client: cookies, redirects, no socket. An app that has not been told its mode is then in mode `test`. */
  client(options: ClientOptions = {}): Client<this['~types']['context']> {
    if (this.#life.isOpen) {
      this.#mode ??= 'test'
    }
    return this.makeClient(options)
  }

  /**
   * Runs a function with a context at hand, outside any request: for commands, jobs and tests. Its teardowns run when the function ends.
   * With `request` the context is the one that this request would have; no hook runs, and it is not answered.
   * @throws what `start` throws, what the function throws, or else what its teardowns failed with.
   */
  async run<T>(fn: (ctx: Context & this['~types']['context']) => T | Promise<T>, request?: Request): Promise<T> {
    await this.start()
    return this['~requests'].run(fn as never, request)
  }

  /** Asks every extension that says whether it works, all at once. Why one does not is logged. @throws what `start` throws. */
  async checkHealth(): Promise<HealthReport> {
    await this.start()
    return healthOf(this['~registry'].health, this.log, this.config.server.healthTimeoutMs)
  }

  /** @internal Something that must be closed before the stop hooks run, such as a server. Returns a function that takes it back. */
  beforeStop(close: () => unknown): () => void {
    return this.#life.beforeStop(close)
  }

  protected assertOpen(method: string): void {
    if (!this.#life.isOpen) {
      throw coreError('MICRO_APP_STARTED', { method })
    }
    this.#assembly.change()
  }
}

/** Makes an app. `meta` is the module's `import.meta`: `templates/` and `static/` beside it are found by themselves. */
export function micro(meta: ImportMeta, options?: MicroOptions): Micro {
  return new Micro(meta, options)
}
