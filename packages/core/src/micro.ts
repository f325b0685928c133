import { type AssembledApp, assemble, checkBlueprintNeeds } from './assembly.ts'
import type { Blueprint, RegisterOptions, Registration } from './blueprint.ts'
import { Client, type ClientOptions } from './client.ts'
import { collectProblem } from './problems.ts'
import { type ConfigEntry, freeze, type ResolvedConfig, resolveConfig } from './config.ts'
import { type ConfigSources, type ConfigTree, readSources } from './config-sources.ts'
import type { Context } from './context.ts'
import { CORE_NAMESPACES, CORE_TOP, type CoreConfig, type CoreConfigInput } from './core-config.ts'
import { coreError } from './core-errors.ts'
import { contextStore } from './current-slot.ts'
import { dispatch, endRequest } from './dispatch.ts'
import type { Double } from './double.ts'
import type { AnyExtension } from './extension.ts'
import { answerFetch } from './fetch-adapter.ts'
import type { AnyBlueprint, CheckRegister, CheckUse, Installed } from './inference.ts'
import { install, type InstallHost } from './install.ts'
import { jsonProvider } from './json.ts'
import { createLog, jsonSink, type Log, type LogSink, prettySink } from './log.ts'
import { type Mode, MODES } from './mode.ts'
import { mountHandler } from './mount.ts'
import { nearest } from './nearest.ts'
import { type ExtensionList, Registry } from './registry.ts'
import type { Reply } from './reply.ts'
import { contextClass, type ContextHost, RequestContext } from './request-context.ts'
import type { Route } from './route.ts'
import { Scaffold } from './scaffold.ts'
import { resolveSecrets } from './secret.ts'
import { cookieStore, type SessionStore } from './session.ts'
import type { CommandInput, CommandOptions, JsonProvider, ReplaceOptions } from './setup.ts'
import { createSigner, type Signer } from './signing.ts'
import { detachedSource, type Source } from './source.ts'
import { staticRoute } from './static-route.ts'
import { type AppTemplates, Templates } from './templates.ts'
import { buildUrl, type UrlOptions, type UrlValues } from './url-for.ts'

/** Options of `micro`. */
export interface MicroOptions {
  /** The highest layer of configuration, by namespace. */
  readonly config?: CoreConfigInput & { readonly [namespace: string]: unknown }
  /** How the app runs, whatever the environment says. */
  readonly mode?: Mode
  /** Stand-ins for extensions, made by `double`. */
  readonly replace?: readonly Double[]
  /** Stands for the process's environment; `.env` files are then not read. */
  readonly env?: { readonly [name: string]: string | undefined }
  /** Directory of `templates/`, `static/` and `.env`; that of the module by default. */
  readonly root?: string
  /** Directory for what the app keeps on this machine; `instance/` in the root by default. */
  readonly instancePath?: string
  /** Name of the app, for log lines and pages. */
  readonly name?: string
  /** Where log lines go, instead of the console. */
  readonly logSink?: LogSink
}

/** An app. Made by `micro`, or by a subclass of this class: every part is made by a method that a subclass may override. */
export class Micro extends Scaffold implements ContextHost {
  declare readonly '~types': { readonly app: {}; readonly context: {}; readonly converters: {} }
  readonly name: string
  readonly config: CoreConfig
  readonly rootPath: string | undefined
  readonly instancePath: string | undefined
  readonly log: Log
  protected readonly owner: string = 'app'
  readonly #registry: Registry
  readonly #sources: ConfigSources
  readonly #registrations: Registration[] = []
  readonly #doubles: Map<string, Double>
  readonly #coreEntries: ConfigEntry[] = []
  readonly #overrides: ConfigTree
  readonly #closers: Set<() => unknown> = new Set()
  #mode: Mode | undefined
  #secrets: readonly string[] | null = null
  #assembled: AssembledApp | null = null
  #starting: Promise<void> | null = null
  #running = false
  #stopping: Promise<void> | null = null
  #Context: typeof RequestContext = RequestContext
  #inFlight = 0
  #idle: (() => void) | null = null

  constructor(meta: ImportMeta, options: MicroOptions = {}) {
    super()
    this.name = options.name ?? 'app'
    this.rootPath = options.root ?? meta.dirname
    this.instancePath = options.instancePath ?? (this.rootPath === undefined ? undefined : `${this.rootPath}/instance`)
    this.#overrides = options.config ?? {}
    this.#sources = readSources({ rootPath: this.rootPath, instancePath: this.instancePath, env: options.env, overrides: this.#overrides })
    this.#mode = options.mode ?? this.#modeFromEnvironment()
    this.config = this.#resolveCore()
    this.log = createLog(
      () => this.config.log.level ?? (this.mode === 'test' ? 'warn' : 'info'),
      options.logSink ?? ((line) => ((this.config.log.format ?? (this.mode === 'development' ? 'pretty' : 'json')) === 'pretty' ? prettySink : jsonSink)(line)),
    )
    this.#doubles = new Map((options.replace ?? []).map((double) => [double.name, double]))
    this.#registry = new Registry(new Templates(this), this.makeJson())
    this.fetch = this.fetch.bind(this)
  }

  /** Installs an extension: its member stands under its name from here on. Keep the result, it carries the types. */
  use<E extends AnyExtension>(extension: E & CheckUse<this, E>): this & Installed<E> {
    this.open('use')
    collectProblem(() => install(this.#installHost(), extension))
    return this as this & Installed<E>
  }

  /** Registers a blueprint. */
  register<B extends AnyBlueprint>(blueprint: B & CheckRegister<this, B>, options: RegisterOptions = {}): this {
    this.open('register')
    collectProblem(() => this.#addBlueprint(blueprint as unknown as Blueprint, options))
    return this
  }

  /** Hands every request below `prefix` to a fetch handler, with the prefix taken off its path. */
  mount(prefix: string, handler: (request: Request) => Response | Promise<Response>): this {
    this.open('mount')
    mountHandler(prefix, handler, (path, run) => this.declareRoute('all', path, {}, run, `mount('${prefix}')`))
    return this
  }

  /** Runs before requests are answered, after the start hooks of extensions installed so far. */
  onStart(run: () => unknown): this {
    this.open('onStart')
    this.#registry.lifecycle.onStart('app', run)
    return this
  }

  /** Runs when the app is stopped, in reverse order. */
  onStop(run: () => unknown): this {
    this.open('onStop')
    this.#registry.lifecycle.onStop('app', run)
    return this
  }

  // ── parts ──

  get mode(): Mode {
    return this.#mode ?? 'production'
  }

  /** The installed extensions, with everything they contribute. */
  get extensions(): ExtensionList {
    return this.#registry.list()
  }

  get templates(): AppTemplates<this['~types']['context']> {
    return this.#registry.templates
  }

  /** Commands of the app's own: `micro <name>`. */
  get cli(): { command(name: string, options: CommandOptions, run: (input: CommandInput) => unknown): void; shell(name: string, value: () => unknown): void } {
    const { commands } = this.#registry
    return {
      command: (name, options, run) => commands.add('app', name, options, run),
      shell: (name, value) => void commands.shell.set(name, value),
    }
  }

  /** Where sessions are kept. */
  get session(): { store(store: SessionStore, options?: ReplaceOptions): void } {
    return {
      store: (store) => {
        this.open('session.store')
        this.#registry.claim('session store', 'app')
        this.#registry.sessionStore = store
      },
    }
  }

  /** How values become JSON and back. */
  get json(): JsonProvider {
    return this.#registry.json
  }

  set json(provider: JsonProvider) {
    this.open('json')
    this.#registry.claim('JSON provider', 'app')
    this.#registry.json = provider
  }

  /** The routes of the app and its blueprints. */
  get routes(): readonly Route[] {
    return this.#assembly().routes
  }

  /** Every effective value of configuration with its source; secrets are masked. */
  get configEntries(): readonly ConfigEntry[] {
    return [...this.#coreEntries, ...[...this.#registry.extensions.values()].flatMap((extension) => extension.config)]
  }

  /** @internal What the CLI and the node entry read. */
  get registry(): Registry {
    return this.#registry
  }

  get sessions(): SessionStore {
    this.#registry.sessionStore ??= cookieStore(this.signer('session'), this.config.session)
    return this.#registry.sessionStore
  }

  get bodyReaders(): Registry['bodyReaders'] {
    return this.#registry.bodyReaders
  }

  renderTemplate(ctx: Context, name: string, values: object): string | Promise<string> {
    return this.#registry.templates.render(ctx, name, values)
  }

  urlFor(name: string, values?: UrlValues, options?: UrlOptions): string {
    return buildUrl(this.#assembly().named, name, values, options)
  }

  /** Signs texts for one purpose with the secret key, which is read on first use. */
  signer(purpose: string): Signer {
    let signer: Signer | null = null
    const made = () => {
      signer ??= createSigner(this.#resolvedSecrets(), purpose)
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

  /** Starts the app: once, however many ask. The first request implies it. */
  start(): Promise<void> {
    this.#starting ??= this.#start()
    return this.#starting
  }

  /** Stops the app: waits for requests in flight, then runs every stop hook. Calling it again waits for the same stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  /** Answers a native request: on Bun, Deno and Workers, in tests, and inside other servers. */
  async fetch(request: Request, ..._platform: unknown[]): Promise<Response> {
    if (!this.#running) {
      await this.start()
    }
    return answerFetch(this, request)
  }

  /** A test client: cookies, redirects, no socket. An app that has not been told its mode is then in mode `test`. */
  client(options: ClientOptions = {}): Client {
    this.#mode ??= 'test'
    return this.makeClient(options)
  }

  /** Runs a function with a context at hand, outside any request; its teardowns run when the function ends. */
  async run<T>(fn: (ctx: Context & this['~types']['context']) => T | Promise<T>): Promise<T> {
    await this.start()
    const ctx = this.accept(detachedSource())
    try {
      const store = contextStore()
      return await (store === undefined ? fn(ctx as never) : store.run(ctx, () => fn(ctx as never)))
    } catch (error) {
      ctx.failedWith = error
      throw error
    } finally {
      await this.finished(ctx)
    }
  }

  // ── what the edges call ──

  /** @internal The context of a request. */
  accept(source: Source): RequestContext {
    this.#inFlight++
    return new this.#Context(this, source)
  }

  /** @internal Answers the request of a context. */
  handle(ctx: RequestContext): Reply | Promise<Reply> {
    const store = contextStore()
    return store === undefined ? dispatch(this.#assembled as AssembledApp, ctx) : store.run(ctx, () => dispatch(this.#assembled as AssembledApp, ctx))
  }

  /** @internal The response of a context is over. */
  finished(ctx: RequestContext, error?: unknown): void | Promise<void> {
    if (ctx.isEnded) {
      return
    }
    const ending = endRequest(this.#assembled as AssembledApp, ctx, error)
    return ending === undefined ? this.#leave() : ending.finally(() => this.#leave())
  }

  /** @internal Something that must be closed before the stop hooks run, such as a server. Returns a function that takes it back. */
  beforeStop(close: () => unknown): () => void {
    this.#closers.add(close)
    return () => this.#closers.delete(close)
  }

  protected open(method: string): void {
    if (this.#starting !== null || this.#stopping !== null) {
      throw coreError('MICRO_APP_STARTED', { method })
    }
    this.#assembled = null
  }

  async #start(): Promise<void> {
    if (this.#stopping !== null) {
      throw coreError('MICRO_APP_STOPPED', {})
    }
    const unused = [...this.#doubles.keys()].find((name) => !this.#registry.extensions.has(name))
    if (unused !== undefined) {
      throw coreError('MICRO_DOUBLE_UNUSED', { name: unused })
    }
    this.#checkNamespaces()
    this.#resolvedSecrets()
    freeze(this.config)
    this.#Context = contextClass(this.#registry.contextMembers)
    this.#assembled ??= this.#assemble()
    const { startTimeoutMs, stopTimeoutMs } = this.config.server
    await this.#registry.lifecycle.start({ startMs: startTimeoutMs, stopMs: stopTimeoutMs })
    this.#running = true
  }

  async #stop(): Promise<void> {
    const started = this.#starting
    if (started === null || (await started.then(() => false, () => true))) {
      return
    }
    const failures: unknown[] = []
    for (const close of this.#closers) {
      await Promise.resolve().then(close).catch((error: unknown) => failures.push(error))
    }
    await this.#drained()
    const { startTimeoutMs, stopTimeoutMs } = this.config.server
    await this.#registry.lifecycle.stop({ startMs: startTimeoutMs, stopMs: stopTimeoutMs })
    if (failures.length > 0) {
      throw new AggregateError(failures, 'servers of the app failed to close')
    }
  }

  /** Waits until no request is in flight, at most for the drain time. */
  async #drained(): Promise<void> {
    if (this.#inFlight > 0) {
      let timer: ReturnType<typeof setTimeout> | undefined
      await new Promise<void>((resolve) => {
        this.#idle = resolve
        timer = setTimeout(() => {
          this.log.warn(`${this.#inFlight} request(s) were still in flight when the app stopped`)
          resolve()
        }, this.config.server.drainTimeoutMs)
      })
      clearTimeout(timer)
    }
  }

  #leave(): void {
    this.#inFlight--
    if (this.#inFlight === 0) {
      this.#idle?.()
    }
  }

  #assembly(): AssembledApp {
    this.#assembled ??= this.#assemble()
    return this.#assembled
  }

  #assemble(): AssembledApp {
    const statics = staticRoute(this.rootPath, this.#registry.statics, this.config.static)
    return assemble({ declarations: this['~declarations'], registrations: this.#registrations, registry: this.#registry, log: this.log, own: statics })
  }

  #addBlueprint(blueprint: Blueprint, options: RegisterOptions): void {
    if (blueprint?.['~blueprint'] !== true) {
      throw coreError('MICRO_EXTENSION_INVALID', { what: 'register() was given no blueprint' })
    }
    checkBlueprintNeeds(blueprint, this.#registry)
    const name = options.name ?? blueprint.name
    if (this.#registrations.some((other) => (other.options.name ?? other.blueprint.name) === name)) {
      throw coreError('MICRO_BLUEPRINT_TAKEN', { name })
    }
    this.#registrations.push({ blueprint, options })
    this.#addFiles(blueprint, name)
  }

  /** The templates and static files of a blueprint and of those inside it. */
  #addFiles(blueprint: Blueprint, name: string): void {
    if (blueprint.rootPath !== undefined && blueprint.rootPath !== this.rootPath) {
      this.#registry.templates.directory(`${blueprint.rootPath}/templates`, name)
      this.#registry.statics.push({ namespace: name, directory: `${blueprint.rootPath}/static` })
    }
    for (const { blueprint: child, options } of blueprint.children) {
      this.#addFiles(child, options.name ?? child.name)
    }
  }

  #installHost(): InstallHost {
    const app = this
    return {
      registry: this.#registry,
      declarations: this['~declarations'],
      sources: this.#sources,
      doubles: this.#doubles,
      log: this.log,
      rootPath: this.rootPath,
      instancePath: this.instancePath,
      get mode() {
        return app.mode
      },
      signer: (purpose) => this.signer(purpose),
      checkBlueprint: (blueprint) => checkBlueprintNeeds(blueprint, this.#registry),
      addBlueprint: (blueprint) => this.#addBlueprint(blueprint, {}),
      isReserved: (name) => (name in Micro.prototype || name in this || name in RequestContext.prototype || RESERVED.has(name)) && !this.#registry.extensions.has(name),
      member: (name) => (this as unknown as { readonly [name: string]: unknown })[name],
      addMember: (name, member, config) => {
        Object.defineProperty(this, name, { value: member, enumerable: true, configurable: false })
        Object.defineProperty(this.config, name, { value: config, enumerable: true, configurable: false })
      },
    }
  }

  #modeFromEnvironment(): Mode | undefined {
    const given = this.#sources.environment.get('MICRO_MODE')?.value
    if (given !== undefined && !MODES.includes(given as Mode)) {
      throw coreError('MICRO_MODE_INVALID', { mode: given })
    }
    return given as Mode | undefined
  }

  #resolveCore(): CoreConfig {
    const top = resolveConfig('', CORE_TOP, {}, this.#sources)
    const parts = Object.entries(CORE_NAMESPACES).map(([name, schema]) => [name, resolveConfig(name, schema, {}, this.#sources)] as const)
    for (const { entries } of [top, ...parts.map(([, part]): ResolvedConfig => part)]) {
      this.#coreEntries.push(...entries)
    }
    return { ...(top.value as object), ...Object.fromEntries(parts.map(([name, part]) => [name, part.value])) } as unknown as CoreConfig
  }

  #resolvedSecrets(): readonly string[] {
    const { secretKey, secretKeyFallbacks } = this.config
    const source = this.#coreEntries.find((entry) => entry.key === 'secretKey')?.source ?? 'default'
    this.#secrets ??= resolveSecrets(secretKey, secretKeyFallbacks, source, this.mode, this.instancePath)
    return this.#secrets
  }

  /** Namespaces that were configured by option but that nobody has. */
  #checkNamespaces(): void {
    const known = Object.keys(this.config)
    for (const key of Object.keys(this.#overrides)) {
      if (!known.includes(key)) {
        const near = nearest(key, known)
        const hint = near === undefined ? '' : ` Did you mean '${near}'?`
        throw coreError('MICRO_CONFIG_UNKNOWN', { key, source: `option config.${key} of micro()`, hint, known: known.join(', ') })
      }
    }
  }
}

/** Context members that live in slots, and so are not seen on the prototype. */
const RESERVED = new Set(['app', 'method', 'path', 'source', 'ended', 'failure', 'matched', 'members', 'teardowns', 'config', 'name', 'then'])

/** Makes an app. `meta` is the module's `import.meta`: `templates/` and `static/` beside it are found by themselves. */
export function micro(meta: ImportMeta, options?: MicroOptions): Micro {
  return new Micro(meta, options)
}
