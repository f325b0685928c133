import { coreError } from '../errors/core-errors.ts'
import type { Converters } from '../routing/converter.ts'
import { joinPrefixes } from '../routing/path-pattern.ts'
import { placementOf, placeWithin, type RoutePlacement } from '../routing/route-placement.ts'
import type { Registration } from './blueprint.ts'
import type { Declarations } from './scaffold.ts'

/** An app, or a blueprint as it is registered: what its routes have in common. */
export interface AssemblyScope {
  /** Whole name of the blueprint: `outer.inner`. */
  readonly name: string | undefined
  /** Names of the blueprint and of those around it. */
  readonly blueprints: readonly string[]
  readonly prefix: string
  /** Whether it says a prefix or a host of its own: what lies there and has no route is its. */
  readonly isPlace: boolean
  readonly placement: RoutePlacement
  readonly converters: Converters
  /** What was declared, from the app to the innermost blueprint. */
  readonly declarations: readonly Declarations[]
}

/** The scope of a blueprint inside another. `publicUrl` is that of the configuration. */
export function blueprintScope(outer: AssemblyScope, { blueprint, options }: Registration, publicUrl: string | undefined): AssemblyScope {
  const own = options.name ?? blueprint.name
  const name = outer.name === undefined ? own : `${outer.name}.${own}`
  const said = placementOf(options)
  const all = { ...blueprint.placement, ...said }
  const prefix = options.prefix ?? blueprint.prefix
  const defaults = { ...blueprint.placement.defaults, ...said.defaults }
  return {
    name,
    blueprints: [name, ...outer.blueprints],
    prefix: joinPrefixes(outer.prefix, prefix),
    isPlace: prefix !== '' || all.host !== undefined || all.subdomain !== undefined,
    placement: placeWithin(outer.placement, { ...all, defaults }, publicHost(publicUrl, `blueprint '${name}'`)),
    converters: { ...outer.converters, ...blueprint.converters },
    declarations: [...outer.declarations, blueprint['~declarations']],
  }
}

/** The host that subdomains are part of. The result throws MicroError `MICRO_SUBDOMAIN` where none is configured. */
export function publicHost(publicUrl: string | undefined, where: string): () => string {
  return () => {
    if (publicUrl === undefined) {
      throw coreError('MICRO_SUBDOMAIN', { where })
    }
    return new URL(publicUrl).hostname
  }
}
