import { coreError } from './core-errors.ts'
import type { AnyExtension } from './extension.ts'
import { ownerOfBlueprint } from './hooks.ts'
import type { AnyBlueprint, AppOf, Carried, CheckRegister, ContextOf, ConvertersOf } from './inference.ts'
import { Scaffold } from './scaffold.ts'

/** Options of a blueprint. */
export interface BlueprintOptions<E extends readonly AnyExtension[] = readonly AnyExtension[]> {
  /** Extensions whose members its routes use: it is typed by them, and refused where they are not installed. */
  readonly needs?: E
  /** Path in front of its routes' paths. */
  readonly prefix?: string
}

/** How a blueprint is registered. */
export interface RegisterOptions {
  /** Another name than its own, to register it twice. */
  readonly name?: string
  /** Another prefix than its own. */
  readonly prefix?: string
}

/** A blueprint registered in an app or another blueprint. */
export interface Registration {
  readonly blueprint: Blueprint
  readonly options: RegisterOptions
}

/** Routes, hooks and error handlers that know no app, to be registered in one or several. */
export class Blueprint<N extends string = string, A extends object = {}, C extends object = {}, V extends object = {}> extends Scaffold {
  declare readonly '~types': Carried<A, C, V>
  readonly name: N
  readonly prefix: string
  /** Names of the extensions it needs. */
  readonly needs: readonly string[]
  /** Directory of the module it was made in, beside which its templates and static files lie. */
  readonly rootPath: string | undefined
  readonly children: Registration[] = []
  /** Marks blueprints, so that two copies of core recognise each other's. */
  readonly '~blueprint': true = true
  protected readonly hookOwner: string
  #sealed = false

  constructor(name: N, meta: ImportMeta, options: BlueprintOptions = {}) {
    super()
    if (!/^[\w-]+$/.test(name)) {
      throw coreError('MICRO_BLUEPRINT_NAME', { name })
    }
    this.name = name
    this.hookOwner = ownerOfBlueprint(name)
    this.prefix = options.prefix ?? ''
    this.needs = (options.needs ?? []).map((extension) => extension.name)
    this.rootPath = meta.dirname
  }

  /** Registers a blueprint inside this one: its prefix comes after this one's, its name is `<this>.<its>`. */
  register<B extends AnyBlueprint>(blueprint: B & CheckRegister<this, B>, options: RegisterOptions = {}): this {
    this.assertOpen('register')
    this.children.push({ blueprint: blueprint as unknown as Blueprint, options })
    return this
  }

  /** @internal Closes the blueprint: an app has been assembled with it. */
  seal(): void {
    this.#sealed = true
  }

  protected assertOpen(method: string): void {
    if (this.#sealed) {
      throw coreError('MICRO_APP_STARTED', { method })
    }
  }
}

/** Makes a blueprint. `meta` is the module's `import.meta`: its `templates/` and `static/` are the blueprint's. */
export function blueprint<const N extends string, const E extends readonly AnyExtension[] = []>(
  name: N,
  meta: ImportMeta,
  options?: BlueprintOptions<E>,
): Blueprint<N, AppOf<E>, ContextOf<E>, ConvertersOf<E>> {
  return new Blueprint(name, meta, options)
}
