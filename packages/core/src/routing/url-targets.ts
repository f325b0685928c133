/** The routes that URLs are built of, by name. Several may share one where the values that are given tell them apart. */
import type { HostPattern } from './host-pattern.ts'
import type { ParamValues } from './param-segment.ts'
import type { PathPattern } from './path-pattern.ts'

/** What is being built, for functions that supply values. */
export interface UrlRequest<Ctx = unknown> {
  /** The whole name of the route: `notes.show`. */
  readonly name: string
  /** Names of the params that are not given. */
  readonly missing: readonly string[]
  /** What was given. */
  readonly values: ParamValues
  /** The request in which the URL is built; undefined outside one. */
  readonly ctx: Ctx | undefined
}

/** Supplies values for params that a URL lacks. */
export type UrlDefaults = (request: UrlRequest) => ParamValues | undefined

/** A route with a name, as URL building sees it. */
export interface UrlTarget {
  readonly name: string
  readonly methods: readonly string[]
  readonly pattern: PathPattern
  readonly host: HostPattern | null
  /** Scheme, host and port of what is served elsewhere. */
  readonly origin: string | undefined
  /** Params that it has without their standing in its path. */
  readonly defaults: ParamValues
  /** File and line of its declaration. */
  readonly where: string
  /** From the innermost blueprint to the app. */
  readonly urlDefaults: readonly UrlDefaults[]
  /** What its URLs have in the query beside what was given. */
  readonly query: ((values: ParamValues) => ParamValues) | undefined
}

/** The names of an app's routes. */
export class UrlTargets {
  readonly #byName: Map<string, UrlTarget[]> = new Map()

  /** Adds a route; `taken` is called with one of the same name that nothing tells from it. */
  add(target: UrlTarget, taken: (other: UrlTarget) => void): void {
    const targets = this.#byName.get(target.name) ?? []
    const other = targets.find((known) => isAlike(known, target))
    if (other !== undefined) {
      taken(other)
    }
    targets.push(target)
    // What asks for more is tried first; between equals, what is declared first.
    targets.sort((one, next) => paramsOf(next).length - paramsOf(one).length || defaultsOf(next).length - defaultsOf(one).length)
    this.#byName.set(target.name, targets)
  }

  /** The routes of a name in the order they are tried, or undefined. */
  get(name: string): readonly UrlTarget[] | undefined {
    return this.#byName.get(name)
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()]
  }
}

/** The params that a URL of a route must be given. */
export function requiredOf({ pattern, host }: UrlTarget): readonly string[] {
  return host === null ? pattern.names : [...pattern.names, ...host.names]
}

/** All params of a route. */
function paramsOf(target: UrlTarget): readonly string[] {
  return [...requiredOf(target), ...defaultsOf(target)]
}

function defaultsOf(target: UrlTarget): readonly string[] {
  return Object.keys(target.defaults)
}

/** Whether no values and no method decide between two routes of different paths. */
function isAlike(one: UrlTarget, other: UrlTarget): boolean {
  const isSameHost = one.host?.host === other.host?.host
  return (
    isSameHost &&
    one.pattern.path !== other.pattern.path &&
    overlaps(one, other) &&
    hasSameParams(one, other) &&
    hasSameDefaults(one, other)
  )
}

/** Whether two routes say the same params, each by its path or by defaults. */
export function hasSameParams(one: UrlTarget, other: UrlTarget): boolean {
  const its = new Set(paramsOf(other))
  return its.size === paramsOf(one).length && paramsOf(one).every((name) => its.has(name))
}

function hasSameDefaults(one: UrlTarget, other: UrlTarget): boolean {
  const names = defaultsOf(one)
  return names.length === defaultsOf(other).length && names.every((name) => isEqual(one.defaults[name], other.defaults[name]))
}

function overlaps(one: UrlTarget, other: UrlTarget): boolean {
  const isForAny = ({ methods }: UrlTarget): boolean => methods.length === 0 || methods.includes('*')
  return isForAny(one) || isForAny(other) || one.methods.some((method) => other.methods.includes(method))
}

/** Whether a URL of the route may be asked for with a method. */
export function answers({ methods }: UrlTarget, method: string): boolean {
  return methods.length === 0 || methods.includes(method) || methods.includes('*') || (method === 'HEAD' && methods.includes('GET'))
}

/** Whether a URL of the route can say the values: each param is there, and none is another than its default. */
export function canSay(target: UrlTarget, values: ParamValues): boolean {
  return requiredOf(target).every((name) => isGiven(values[name])) && deviation(target, values) === undefined
}

/** The first param that is given another value than the route's default, which its URLs do not say. */
export function deviation({ defaults }: UrlTarget, values: ParamValues): string | undefined {
  return Object.keys(defaults).find((name) => isGiven(values[name]) && !isEqual(values[name], defaults[name]))
}

/** Undefined and null stand for nothing. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** By their texts: a param that comes from elsewhere may be the text of a number. */
function isEqual(one: unknown, other: unknown): boolean {
  return Object.is(one, other) || (isGiven(one) && isGiven(other) && String(one) === String(other))
}
