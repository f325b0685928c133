import type { OptionNames } from '../errors/check-options.ts'
import type { ParamValues } from './param-segment.ts'

/** Where routes lie and how strictly. An app, a blueprint, its registration and a route may say it; the innermost counts. */
export interface RoutePlacement {
  /** The host that is answered, compared without its port: `api.example.com`, `:tenant.example.com`. Every host if nobody names one. */
  readonly host?: string
  /** A part in front of the host: of `host`, else of the host around, else of that of `config.server.publicUrl`. May hold a param. */
  readonly subdomain?: string
  /** Params that stand in no path: `{ page: 1 }`. What visits a longer path with these values is redirected here. */
  readonly defaults?: ParamValues
  /** False answers a path with and without a slash at its end. By default `/a/` redirects from `/a`, and `/a` does not answer `/a/`. */
  readonly strictSlashes?: boolean
  /** False does not redirect paths with several slashes in a row. */
  readonly mergeSlashes?: boolean
  /** False does not answer OPTIONS by itself. */
  readonly automaticOptions?: boolean
}

/** What says a placement, among other options. */
export const PLACEMENT_OPTIONS: OptionNames<RoutePlacement> = {
  host: true,
  subdomain: true,
  defaults: true,
  strictSlashes: true,
  mergeSlashes: true,
  automaticOptions: true,
}

/** The placement that is said, without anything else of the options. */
export function placementOf(options: RoutePlacement): RoutePlacement {
  const { host, subdomain, defaults, strictSlashes, mergeSlashes, automaticOptions } = options
  const said = { host, subdomain, defaults, strictSlashes, mergeSlashes, automaticOptions }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

/**
 * What is said inside of something, together with what is said around it. `publicHost` gives the host that subdomains are part of where
 * nobody around names one.
 */
export function placeWithin(outer: RoutePlacement, inner: RoutePlacement, publicHost: () => string): RoutePlacement {
  const { host = outer.host, subdomain, defaults, ...rest } = inner
  const whole = subdomain === undefined ? host : `${subdomain}.${host ?? publicHost()}`
  return {
    ...outer,
    ...rest,
    ...(whole === undefined ? {} : { host: whole }),
    ...(defaults === undefined ? {} : { defaults: { ...outer.defaults, ...defaults } }),
  }
}
