import { coreError } from '../errors/core-errors.ts'
import type { Registry } from '../extension/registry.ts'
import { ownerOfBlueprint } from '../hooks/hooks.ts'
import type { Context } from '../request/context.ts'
import type { RoutePlacement } from '../routing/route-placement.ts'
import { type AssemblyScope, blueprintScope } from './assembly-scope.ts'
import { type Blueprint, checkRegistration, nameOf, type RegisterOptions, type Registration, type WideApp } from './blueprint.ts'
import type { Declarations } from './scaffold.ts'

/** What registrations need of the app. */
export interface RegistrationsHost {
  readonly app: WideApp
  readonly registry: Registry
  readonly declarations: Declarations
  readonly rootPath: string | undefined
  /** What holds for all routes of the app. */
  readonly placement: RoutePlacement
}

/** The blueprints registered in one app. */
export class Registrations {
  readonly list: Registration[] = []
  readonly #host: RegistrationsHost
  readonly #seen: Set<Blueprint> = new Set()

  constructor(host: RegistrationsHost) {
    this.#host = host
  }

  /** @throws MicroError `MICRO_EXTENSION_INVALID`, `MICRO_BLUEPRINT_NEED`, `MICRO_BLUEPRINT_NAME`, `MICRO_BLUEPRINT_TAKEN`. */
  check(blueprint: Blueprint, options: RegisterOptions = {}): void {
    if (blueprint?.['~blueprint'] !== true) {
      throw coreError('MICRO_EXTENSION_INVALID', { method: 'register', what: typeof blueprint, factory: 'blueprint()' })
    }
    checkRegistration(blueprint.name, options)
    checkNeeds(blueprint, this.#host.registry)
    const name = nameOf({ blueprint, options })
    if (this.list.some((other) => nameOf(other) === name)) {
      throw coreError('MICRO_BLUEPRINT_TAKEN', { name })
    }
  }

  /** Adds a blueprint that was checked, with everything beside its routes. */
  add(blueprint: Blueprint, options: RegisterOptions = {}): void {
    const { app, placement, registry } = this.#host
    if (needsOf(blueprint).some(([, need]) => registry.refused.has(need))) {
      return
    }
    const registration = { blueprint, options }
    this.list.push(registration)
    const { converters } = registry
    this.#enter(registration, { name: undefined, blueprints: [], prefix: '', isPlace: false, placement, converters, declarations: [] }, app)
  }

  #enter(registration: Registration, outer: AssemblyScope, app: WideApp): void {
    const { blueprint, options } = registration
    const scope = blueprintScope(outer, registration, app.config.server.publicUrl)
    const name = scope.name as string
    const { registered, wide, commands, templateContexts } = blueprint['~contributions']
    const isFirst = !this.#seen.has(blueprint)
    this.#seen.add(blueprint)
    blueprint.seal()
    this.#addFiles(blueprint, name, isFirst)
    if (isFirst) {
      this.#declareWide(blueprint.name, wide)
    }
    for (const provide of templateContexts) {
      this.#host.registry.templates.narrowContext((ctx) => (isInside(ctx, name) ? provide(ctx) : {}))
    }
    const group = options.cliGroup === undefined ? blueprint.cliGroup : options.cliGroup
    for (const { name: command, options: said, run } of commands) {
      const words = group === null ? command : `${group ?? name.replaceAll('.', ' ')} ${command}`
      this.#host.registry.commands.add('app', words, said, run)
    }
    for (const run of registered) {
      run({ app, name, prefix: scope.prefix, host: scope.placement.host, isFirst })
    }
    for (const child of blueprint.children) {
      this.#enter(child, scope, app)
    }
  }

  /** What concerns the whole app is declared on it, and owned by the blueprint. */
  #declareWide(name: string, wide: Blueprint['~contributions']['wide']): void {
    const { app, declarations } = this.#host
    declarations.owner = ownerOfBlueprint(name)
    try {
      for (const declare of wide) {
        declare(app)
      }
    } finally {
      declarations.owner = undefined
    }
  }

  /** Its templates and static files, under its own name however it is registered: it says that name itself. One beside the app has none. */
  #addFiles({ name, rootPath }: Blueprint, registered: string, isFirst: boolean): void {
    if (rootPath === undefined || rootPath === this.#host.rootPath) {
      return
    }
    const { templates, statics } = this.#host.registry
    const directory = `${rootPath}/static`
    if (isFirst) {
      templates.directory(`${rootPath}/templates`, name)
    }
    const known = statics.findIndex((one) => one.directory === directory && one.namespace === name)
    const blueprints = [...(statics[known]?.blueprints ?? []), registered]
    statics.splice(known < 0 ? statics.length : known, 1, { namespace: name, directory, blueprints })
  }
}

function isInside(ctx: Context, blueprint: string): boolean {
  return ctx.blueprint === blueprint || ctx.blueprint?.startsWith(`${blueprint}.`) === true
}

function checkNeeds(blueprint: Blueprint, { extensions, refused }: Registry): void {
  for (const [name, need] of needsOf(blueprint)) {
    if (!extensions.has(need) && !refused.has(need)) {
      throw coreError('MICRO_BLUEPRINT_NEED', { name, need })
    }
  }
}

/** What a blueprint and those inside it need, each with the name of the one that does. */
function needsOf({ name, needs, children }: Blueprint): readonly (readonly [name: string, need: string])[] {
  return [...needs.map((need) => [name, need] as const), ...children.flatMap(({ blueprint }) => needsOf(blueprint))]
}
