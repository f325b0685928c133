/** Builds URLs of named routes. */
import { coreError } from '../errors/core-errors.ts'
import { isMicroError, type MicroError } from '../errors/micro-error.ts'
import { nearest } from '../errors/nearest.ts'
import { checkHeader } from '../http/header.ts'
import { answers, canSay, deviation, isGiven, requiredOf, type UrlTarget, type UrlTargets } from './url-targets.ts'

/**
 * The value of `Location` for a path or URL: what may not stand in one is percent-encoded (RFC 3986 section 2.1).
 * @throws MicroError `MICRO_HEADER_INVALID` for control characters: they are nothing that anyone means, and a tab, which headers may hold,
 * is left out by browsers, so that what follows it could be another host's.
 */
export function toLocation(to: string): string {
  const location = to.toWellFormed().replace(/[ "<>\\^`{|}]|[^\0-\x7f]+/g, encodeURIComponent)
  if (location.includes('\t')) {
    throw coreError('MICRO_HEADER_INVALID', { name: 'Location', problem: 'holds a tab' })
  }
  checkHeader('Location', location)
  return location
}

/** Values for a route's params; those that are no param become the query. Lists give a key several times; undefined and null are left out. */
export type UrlValues = { readonly [name: string]: unknown }

/** What else a URL may have. */
export interface UrlOptions {
  /** Fragment, without `#`. */
  readonly anchor?: string
  /** With scheme and host. */
  readonly external?: boolean
  /** Another scheme than the request's, without `:`; the URL is then external. */
  readonly scheme?: string
  /** The route of several with one name that answers this method. */
  readonly method?: string
}

/** The place a URL is built for: a request, or the address that is configured. */
export interface UrlPlace {
  /** The request in which it is built. */
  readonly ctx: unknown
  /** Host of the request in lower case; undefined outside one. */
  readonly hostname: string | undefined
  /** What the client puts in front of the app's paths, without a slash at its end. */
  readonly prefix: string
  /** Scheme, host and port of external URLs. @throws MicroError `MICRO_URL_ORIGIN` where nobody knows them. */
  base(): URL
}

/**
 * The URL of a named route: a path with its query, or the whole where that is asked for or the route answers another host.
 * @throws MicroError `MICRO_ROUTE_UNKNOWN`, `MICRO_URL_VALUE`, `MICRO_URL_METHOD`, `MICRO_URL_SCHEME`, `MICRO_URL_ORIGIN`.
 */
export function buildUrl(targets: UrlTargets, name: string, given: UrlValues, options: UrlOptions, place: UrlPlace): string {
  const known = targets.get(name)
  if (known === undefined) {
    const near = nearest(name, targets.names)
    throw coreError('MICRO_ROUTE_UNKNOWN', { name, hint: near === undefined ? '' : ` Did you mean '${near}'?` })
  }
  checkScheme(name, options)
  const values = withDefaults(known, name, given, place.ctx)
  return urlOf(choose(known, name, values, options.method, place), values, options, place)
}

/** The URL of one route. @throws MicroError `MICRO_URL_VALUE`, `MICRO_URL_ORIGIN`. */
export function urlOf(target: UrlTarget, values: UrlValues, options: UrlOptions, place: UrlPlace): string {
  const refuse = (param: string, problem: string): never =>
    refuseTarget(target, `the param '${param}' of '${target.pattern.path}' ${problem}`)
  const path = target.pattern.build(values, refuse)
  const host = target.host?.build(values, refuse)
  return origin(target, host, options, place) + path + query(target, values) + fragment(options.anchor)
}

/** What `urlFor` was asked for. */
export interface UrlAsked {
  readonly name: string
  readonly values: UrlValues
  readonly options: UrlOptions
}

/** Mends a URL that cannot be built: what it returns, unless undefined, is the URL. */
export type UrlErrorHandler = (error: MicroError, asked: UrlAsked) => string | undefined

/** What the first handler makes of an error that has something to say. @throws the error itself where none has. */
export function mendUrl(handlers: readonly UrlErrorHandler[], error: unknown, asked: UrlAsked): string {
  if (isUrlError(error)) {
    for (const handler of handlers) {
      const url = attempt(() => handler(error, asked))
      if (url !== undefined) {
        return url
      }
    }
  }
  throw error
}

/** A handler may itself ask for a URL that cannot be built: the next one is asked then. */
function attempt(run: () => string | undefined): string | undefined {
  try {
    return run()
  } catch (error) {
    if (isUrlError(error)) {
      return undefined
    }
    throw error
  }
}

function isUrlError(error: unknown): error is MicroError {
  return isMicroError(error) && /^MICRO_(ROUTE_UNKNOWN|URL_\w+)$/.test(error.code)
}

function checkScheme(name: string, { scheme, external }: UrlOptions): void {
  if (scheme !== undefined && (external === false || !/^[a-z][a-z0-9+.-]*$/i.test(scheme))) {
    const problem = external === false ? 'was given a scheme and external: false' : `was given the scheme '${scheme}', which is none`
    throw coreError('MICRO_URL_SCHEME', { name, problem })
  }
}

/** What was given, and for params that are not, what functions supply: those of the innermost blueprint first. */
function withDefaults(targets: readonly UrlTarget[], name: string, given: UrlValues, ctx: unknown): UrlValues {
  const first = targets[0] as UrlTarget
  if (first.urlDefaults.length === 0) {
    return given
  }
  const values: { [name: string]: unknown } = { ...given }
  for (const supply of first.urlDefaults) {
    const missing = [...new Set(targets.flatMap(requiredOf))].filter((param) => !isGiven(values[param]))
    const more = missing.length === 0 ? undefined : supply({ name, missing, values: given, ctx })
    for (const param of missing) {
      values[param] = more?.[param]
    }
  }
  return values
}

/** The route of a name that the values fit; without a method, one for GET before others; of several hosts, the one at hand. */
function choose(targets: readonly UrlTarget[], name: string, values: UrlValues, method: string | undefined, place: UrlPlace): UrlTarget {
  const [only] = targets
  if (targets.length === 1 && method === undefined && only !== undefined && canSay(only, values)) {
    return only
  }
  const wanted = method?.toUpperCase()
  const able = wanted === undefined ? targets : targets.filter((target) => answers(target, wanted))
  const fitting = able.filter((target) => canSay(target, values))
  const first = fitting.find((target) => answers(target, 'GET')) ?? fitting[0]
  if (first === undefined) {
    return refuseAll(targets, able, name, values, wanted)
  }
  const { hostname } = first.host === null || fitting.length === 1 ? { hostname: undefined } : place
  return (hostname === undefined ? undefined : fitting.find(({ host }) => host?.match(hostname))) ?? first
}

/** Says what the route that is nearest to the values lacks. @throws MicroError always. */
function refuseAll(
  targets: readonly UrlTarget[],
  able: readonly UrlTarget[],
  name: string,
  values: UrlValues,
  method: string | undefined,
): never {
  const [nearest] = [...able].sort((one, other) => lacks(one, values).length - lacks(other, values).length)
  if (nearest === undefined) {
    throw coreError('MICRO_URL_METHOD', { name, method, methods: [...new Set(targets.flatMap((target) => target.methods))].join(', ') })
  }
  const { pattern, defaults } = nearest
  const missing = lacks(nearest, values)
  const param = deviation(nearest, values)
  if (missing.length === 0 && param !== undefined) {
    return refuseTarget(nearest, `the param '${param}' of '${pattern.path}' is always ${JSON.stringify(defaults[param])}`)
  }
  const [params, are] = missing.length > 1 ? ['params', 'are'] : ['param', 'is']
  return refuseTarget(nearest, `the ${params} ${missing.map((one) => `'${one}'`).join(', ')} of '${pattern.path}' ${are} missing`)
}

function lacks(target: UrlTarget, values: UrlValues): readonly string[] {
  return requiredOf(target).filter((param) => !isGiven(values[param]))
}

function refuseTarget({ name, where }: UrlTarget, problem: string): never {
  throw coreError('MICRO_URL_VALUE', { name, problem, where })
}

/** What stands in front of the path. */
function origin(target: UrlTarget, host: string | undefined, options: UrlOptions, place: UrlPlace): string {
  if (target.origin !== undefined) {
    return options.scheme === undefined ? target.origin : target.origin.replace(/^[^:]+/, options.scheme)
  }
  const isHere = host === undefined || host === place.hostname
  if (isHere && options.external !== true && options.scheme === undefined) {
    return place.prefix
  }
  const base = place.base()
  const scheme = options.scheme === undefined ? base.protocol : `${options.scheme}:`
  return `${scheme}//${host === undefined ? base.host : base.port === '' ? host : `${host}:${base.port}`}${place.prefix}`
}

function query(target: UrlTarget, values: UrlValues): string {
  const known = requiredOf(target)
  let params: URLSearchParams | undefined
  for (const [key, value] of Object.entries(target.query === undefined ? values : { ...values, ...target.query(values) })) {
    if (!known.includes(key) && !Object.hasOwn(target.defaults, key)) {
      for (const item of Array.isArray(value) ? value : [value]) {
        if (isGiven(item)) {
          params ??= new URLSearchParams()
          params.append(key, String(item))
        }
      }
    }
  }
  return params === undefined ? '' : `?${params}`
}

function fragment(anchor: string | undefined): string {
  return anchor === undefined ? '' : `#${encodeURIComponent(anchor)}`
}
