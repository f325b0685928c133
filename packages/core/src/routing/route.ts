import type { ErrorRecord } from '../hooks/error-handler.ts'
import type { HookRecord } from '../hooks/hooks.ts'
import type { AfterHook, BeforeHook, TeardownHook } from '../hooks/request-hooks.ts'
import type { ReadOptions } from '../request/body.ts'
import type { Context, RouteInfo } from '../request/context.ts'
import type { HostPattern } from './host-pattern.ts'
import type { Next } from './next.ts'
import type { ParamValues } from './param-segment.ts'
import type { PathPattern } from './path-pattern.ts'
import type { RoutePlacement } from './route-placement.ts'

/** A handler as dispatch calls it. */
export type Handler = (ctx: Context) => unknown

/** Names of the members that must be there, and the function; read by dispatch. */
export interface MiddlewareParts {
  readonly needs: readonly string[]
  readonly run: (ctx: Context, next: Next) => unknown
}

/** How the requests of one route are answered. `null` stands for nothing to do. */
export interface Plan {
  readonly before: readonly HookRecord<BeforeHook>[] | null
  readonly run: Handler
  readonly after: readonly HookRecord<AfterHook>[] | null
  readonly teardown: readonly HookRecord<TeardownHook>[] | null
  /** Whether a session must have been read before. */
  readonly mayUseSession: boolean
  /** Error handlers, from the innermost blueprint to the app. */
  readonly errors: readonly (readonly ErrorRecord[])[]
}

/** A route as it was declared, before it is part of an app. */
export interface RouteRecord {
  /** In upper case; `*` for every method; none where something else answers and URLs alone are built. */
  readonly methods: readonly string[]
  /** Path below the prefix of the blueprint or group. */
  readonly path: string
  readonly handler: Handler
  /** The handler uses no session. */
  readonly isSessionless?: true
  /** File and line of the declaration. */
  readonly where: string
  readonly name: string | undefined
  readonly middleware: readonly MiddlewareParts[]
  /** Limits of its bodies, or null for those of the configuration. */
  readonly limits: ReadOptions | null
  readonly placement: RoutePlacement
  /** Other paths, which redirect to this one. */
  readonly aliases: readonly string[]
  /** Scheme, host and port of what is served elsewhere. */
  readonly origin: string | undefined
  /** What its URLs have in the query beside what was given. */
  readonly query?: (values: ParamValues) => ParamValues
}

/** A record of what was said, and of nothing else. */
export function routeRecord(said: Pick<RouteRecord, 'methods' | 'path' | 'handler' | 'where'> & Partial<RouteRecord>): RouteRecord {
  return { name: undefined, middleware: [], limits: null, placement: {}, aliases: [], origin: undefined, ...said }
}

/** What a route is made of beside its record. */
export interface RouteParts {
  readonly record: RouteRecord
  readonly pattern: PathPattern
  /** Null where it answers every host. */
  readonly host: HostPattern | null
  readonly name: string | undefined
  /** The blueprint it belongs to, then those around it. */
  readonly blueprints: readonly string[]
  /** What holds for it, from wherever it is said. */
  readonly placement: RoutePlacement
}

const NO_PARAMS: { readonly [name: string]: never } = Object.freeze({})

/** A route of an app. */
export class Route implements RouteInfo {
  readonly record: RouteRecord
  readonly pattern: PathPattern
  readonly host: HostPattern | null
  readonly name: string | undefined
  readonly blueprints: readonly string[]
  readonly blueprint: string | undefined
  readonly placement: RoutePlacement
  /** Params that stand in its defaults alone. */
  readonly defaults: ParamValues
  /** Whether all that it does is to redirect to its path with a slash at the end. */
  readonly addsSlash: boolean
  /** How its requests are answered; compiled when the app is assembled. */
  plan: Plan | null = null
  readonly #names: readonly string[]

  constructor({ record, pattern, host, name, blueprints, placement }: RouteParts, addsSlash = false) {
    this.record = record
    this.pattern = pattern
    this.host = host
    this.name = name
    this.blueprints = blueprints
    this.blueprint = blueprints[0]
    this.placement = placement
    this.addsSlash = addsSlash
    this.#names = host === null ? pattern.names : [...pattern.names, ...host.names]
    const defaults = Object.entries(placement.defaults ?? {}).filter(([param]) => !this.#names.includes(param))
    this.defaults = defaults.length === 0 ? NO_PARAMS : Object.freeze(Object.fromEntries(defaults))
  }

  get path(): string {
    return this.pattern.path
  }

  get methods(): readonly string[] {
    return this.record.methods
  }

  /** The params, by name: from the values that the path and the host hold, in order, and from defaults. */
  params(values: readonly unknown[]): ParamValues {
    const names = this.#names
    if (names.length === 0) {
      return this.defaults
    }
    const params: { [name: string]: unknown } = {}
    for (let index = 0; index < names.length; index++) {
      params[names[index] as string] = values[index]
    }
    return this.defaults === NO_PARAMS ? params : Object.assign(params, this.defaults)
  }
}

/** File and line of the caller outside core, for messages. */
export function callSite(below: (...args: never[]) => unknown): string {
  const holder: { stack?: string } = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 1
  Error.captureStackTrace?.(holder, below)
  Error.stackTraceLimit = limit
  const match = /(?:file:\/\/)?((?:[A-Za-z]:)?[^\s()]+:\d+):\d+\)?$/m.exec(holder.stack ?? '')
  return match?.[1] ?? 'an unknown place'
}
