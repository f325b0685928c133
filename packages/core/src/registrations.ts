import type { Blueprint, RegisterOptions, Registration } from './blueprint.ts'
import { coreError } from './core-errors.ts'
import type { Registry } from './registry.ts'

/** The blueprints registered in one app. */
export class Registrations {
  readonly list: Registration[] = []
  readonly #registry: Registry
  readonly #rootPath: string | undefined

  constructor(registry: Registry, rootPath: string | undefined) {
    this.#registry = registry
    this.#rootPath = rootPath
  }

  /** @throws MicroError `MICRO_EXTENSION_INVALID`, `MICRO_BLUEPRINT_NEED`, `MICRO_BLUEPRINT_TAKEN`. */
  check(blueprint: Blueprint, options: RegisterOptions = {}): void {
    if (blueprint?.['~blueprint'] !== true) {
      throw coreError('MICRO_EXTENSION_INVALID', { method: 'register', what: typeof blueprint, factory: 'blueprint()' })
    }
    checkNeeds(blueprint, this.#registry)
    const name = options.name ?? blueprint.name
    if (this.list.some((other) => (other.options.name ?? other.blueprint.name) === name)) {
      throw coreError('MICRO_BLUEPRINT_TAKEN', { name })
    }
  }

  /** Adds a blueprint that was checked, with its templates and static files. */
  add(blueprint: Blueprint, options: RegisterOptions = {}): void {
    this.list.push({ blueprint, options })
    this.#addFiles(blueprint, options.name ?? blueprint.name)
  }

  /** The files of a blueprint and of those inside it. One beside the app has none of its own. */
  #addFiles(blueprint: Blueprint, name: string): void {
    if (blueprint.rootPath !== undefined && blueprint.rootPath !== this.#rootPath) {
      this.#registry.templates.directory(`${blueprint.rootPath}/templates`, name)
      this.#registry.statics.push({ namespace: name, directory: `${blueprint.rootPath}/static` })
    }
    for (const { blueprint: child, options } of blueprint.children) {
      this.#addFiles(child, options.name ?? child.name)
    }
  }
}

function checkNeeds(blueprint: Blueprint, registry: Registry): void {
  const missing = blueprint.needs.find((need) => !registry.extensions.has(need))
  if (missing !== undefined) {
    throw coreError('MICRO_BLUEPRINT_NEED', { name: blueprint.name, need: missing })
  }
  for (const { blueprint: child } of blueprint.children) {
    checkNeeds(child, registry)
  }
}
