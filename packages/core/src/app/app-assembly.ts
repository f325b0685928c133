/** What an app is put together from, and what comes of it: assembled when something asks, and anew after each change. */

import type { CoreConfig } from '../config/core-config.ts'
import { collectStep } from '../config/problems.ts'
import { coreError } from '../errors/core-errors.ts'
import type { Double } from '../extension/double.ts'
import { healthOf } from '../extension/health.ts'
import { Installer } from '../extension/install.ts'
import type { Registry } from '../extension/registry.ts'
import type { RecorderHost } from '../extension/setup-recorder.ts'
import type { AnyBlueprint, AnyExtension } from '../extension/typed.ts'
import { staticRoute } from '../files/static-route.ts'
import type { Context, RouteInfo } from '../request/context.ts'
import { trustedHostHook } from '../request/trusted-host.ts'
import { urlPlace } from '../request/url-place.ts'
import type { ParamValues } from '../routing/param-segment.ts'
import type { RoutePlacement } from '../routing/route-placement.ts'
import { buildUrl, mendUrl, type UrlErrorHandler, type UrlOptions, type UrlValues } from '../routing/url-for.ts'
import { SessionKeeper } from '../session/session-keeper.ts'
import type { AppConfig } from './app-config.ts'
import type { OwnMakings } from './app-maker.ts'
import { type AssembledApp, assemble } from './assembly.ts'
import type { Blueprint, RegisterOptions, WideApp } from './blueprint.ts'
import { type HealthHost, healthRoutes } from './health-route.ts'
import { Registrations } from './registrations.ts'
import type { Declarations } from './scaffold.ts'

type AppOfRecorder = RecorderHost['app']

/** What is asked of the app. */
export interface AssemblyHost extends AppOfRecorder, WideApp {
  readonly config: CoreConfig
  readonly '~config': AppConfig
  readonly '~registry': Registry
  readonly '~declarations': Declarations
  readonly '~requests': { readonly isStopping: boolean }
  readonly '~own': OwnMakings
}

/** Of which request a route is looked for. */
export interface MatchOptions {
  /** GET by default. */
  readonly method?: string
  /** `localhost` by default. */
  readonly host?: string
}

/** A route and the params it would be called with. */
export interface RouteMatch {
  readonly route: RouteInfo
  readonly params: ParamValues
}

export class AppAssembly {
  readonly urlErrors: UrlErrorHandler[] = []
  readonly #host: AssemblyHost
  readonly #doubles: ReadonlyMap<string, Double>
  readonly #registrations: Registrations
  readonly #installer: Installer
  readonly #placement: RoutePlacement
  #assembled: AssembledApp | null = null
  #isMending = false

  constructor(host: AssemblyHost, doubles: readonly Double[], placement: RoutePlacement) {
    this.#host = host
    this.#placement = placement
    this.#doubles = new Map(doubles.map((double) => [double.name, double]))
    this.#registrations = new Registrations({
      app: host,
      registry: host['~registry'],
      declarations: host['~declarations'],
      rootPath: host.rootPath,
      placement,
    })
    this.#installer = new Installer({
      app: host,
      registry: host['~registry'],
      declarations: host['~declarations'],
      registrations: this.#registrations,
      config: host['~config'],
      doubles: this.#doubles,
    })
  }

  use(extension: AnyExtension): void {
    collectStep(() => this.#installer.use(extension))
  }

  register(blueprint: AnyBlueprint, options: RegisterOptions): void {
    const given = blueprint as unknown as Blueprint
    collectStep(() => {
      this.#registrations.check(given, options)
      this.#registrations.add(given, options)
    })
  }

  /** Something is about to be declared: what was assembled before is no longer true. */
  change(): void {
    this.#assembled = null
  }

  get #health(): HealthHost {
    const host = this.#host
    return {
      get isStopping() {
        return host['~requests'].isStopping
      },
      check: () => healthOf(host['~registry'].health, host.log, host.config.server.healthTimeoutMs),
    }
  }

  /** @throws MicroError for paths, names and needs that do not fit together. */
  get assembled(): AssembledApp {
    const { rootPath, log, config, '~registry': registry, '~declarations': declarations } = this.#host
    this.#assembled ??= assemble({
      declarations,
      registrations: this.#registrations.list,
      registry,
      log,
      own: staticRoute(rootPath, registry.statics, config.static),
      bare: healthRoutes(config.health, this.#health),
      placement: this.#placement,
      publicUrl: config.server.publicUrl,
      Router: this.#host['~own'].routerClass(),
    })
    return this.#assembled
  }

  /** @throws MicroError of URL building that no handler mends. */
  urlFor(name: string, values: UrlValues, options: UrlOptions, ctx: Context | undefined): string {
    const full = name.startsWith('.') ? (ctx?.blueprint === undefined ? name.slice(1) : ctx.blueprint + name) : name
    try {
      return buildUrl(this.assembled.targets, full, values, options, urlPlace(this.#host.config, ctx))
    } catch (error) {
      // A handler that asks for a URL itself is not asked about that one.
      if (this.#isMending) {
        throw error
      }
      this.#isMending = true
      try {
        return mendUrl(this.urlErrors, error, { name: full, values, options })
      } finally {
        this.#isMending = false
      }
    }
  }

  /** @throws HttpError 400 for broken percent-encoding. */
  match(path: string, { method = 'GET', host = 'localhost' }: MatchOptions): RouteMatch | undefined {
    const found = this.assembled.router.find({ path, method, url: new URL(`http://${host}`) })
    return found === null || found.route.addsSlash ? undefined : { route: found.route, params: found.route.params(found.values) }
  }

  /** Everything that must be right before the first start hook runs. @throws MicroError of configuration, secrets and routes. */
  prepare(): AssembledApp {
    const { config, mode, log, '~config': source, '~registry': registry } = this.#host
    const unused = [...this.#doubles.keys()].find((name) => !registry.extensions.has(name))
    if (unused !== undefined) {
      throw coreError('MICRO_DOUBLE_UNUSED', { name: unused })
    }
    source.checkNamespaces()
    Object.freeze(config)
    source.secrets(mode)
    if (config.server.trustedHosts.length > 0) {
      this.#host['~declarations'].before.push(trustedHostHook(config.server))
      this.change()
    }
    registry.sessions = new SessionKeeper({
      store: registry.sessionStore ?? this.#host['~own'].sessionStore(),
      owner: registry.ownerOf('session store'),
      config: config.session,
      isProduction: mode === 'production',
      maxBytes: config.limits.cookieBytes,
      chooseCookie: registry.sessionCookie,
      log,
    })
    return this.assembled
  }
}
