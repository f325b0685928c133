import type { CoreConfig } from '../config/core-config.ts'
import { checkOptions, type OptionNames } from '../errors/check-options.ts'
import { coreError } from '../errors/core-errors.ts'
import type { CommandRecord, CommandRegistry } from '../extension/command.ts'
import { checkMeta } from '../extension/import-meta.ts'
import type { AppOf, CheckRegister, ContextOf, ConvertersOf } from '../extension/inference.ts'
import type { Setup } from '../extension/setup.ts'
import type { AnyBlueprint, AnyExtension, Carried } from '../extension/typed.ts'
import { ownerOfBlueprint } from '../hooks/hooks.ts'
import type { Context } from '../request/context.ts'
import { CORE_CONVERTERS, type Converters } from '../routing/converter.ts'
import type { CheckPrefix, ConverterValues, PlacedContext } from '../routing/path-params.ts'
import { PLACEMENT_OPTIONS, placementOf, type RoutePlacement } from '../routing/route-placement.ts'
import { Scaffold } from './scaffold.ts'

/** Options of a blueprint. `P` its prefix, `H` its host, `S` its subdomain, `D` its defaults: their params are on `ctx.params`. */
export interface BlueprintOptions<
  E extends readonly AnyExtension[] = readonly AnyExtension[],
  C extends Converters = Converters,
  P extends string = string,
  H extends string = string,
  S extends string = string,
  D extends object = object,
> extends RoutePlacement {
  /** Extensions whose members its routes use: it is typed by them, and refused where they are not installed. */
  readonly needs?: E
  /** Path in front of its routes' paths. */
  readonly prefix?: P
  /** Converters of its own, by the names that its paths have for them. */
  readonly converters?: C
  readonly host?: H
  readonly subdomain?: S
  readonly defaults?: D & RoutePlacement['defaults']
  /** Words after `micro` in front of its commands: its name by default, none with null. */
  readonly cliGroup?: string | null
}

/** How a blueprint is registered: what is said here comes before what the blueprint says itself. */
export interface RegisterOptions extends RoutePlacement {
  /** Another name than its own, to register it twice. */
  readonly name?: string
  /** Another prefix than its own. */
  readonly prefix?: string
  readonly cliGroup?: string | null
}

const REGISTER_OPTIONS: OptionNames<RegisterOptions> = { name: true, prefix: true, cliGroup: true, ...PLACEMENT_OPTIONS }
const BLUEPRINT_OPTIONS: OptionNames<BlueprintOptions> = {
  needs: true,
  prefix: true,
  converters: true,
  cliGroup: true,
  ...PLACEMENT_OPTIONS,
}

/** A blueprint registered in an app or another blueprint. */
export interface Registration {
  readonly blueprint: Blueprint
  readonly options: RegisterOptions
}

/** The app that a blueprint is registered in, for what concerns more than the blueprint's routes. */
export interface WideApp
  extends Pick<Setup, 'mode' | 'log' | 'onStart' | 'onStop' | 'beforeRequest' | 'afterRequest' | 'teardownRequest' | 'onError'> {
  readonly config: CoreConfig
  readonly templates: Pick<Setup['templates'], 'global' | 'filter' | 'context'>
  readonly cli: CommandRegistry
}

/** One registration, as `onRegister` is told of it. */
export interface Registered<A = {}> {
  readonly app: WideApp & A
  /** Whole name: `outer.inner`. */
  readonly name: string
  /** Whole prefix. */
  readonly prefix: string
  readonly host: string | undefined
  /** Whether the app has not seen the blueprint before. */
  readonly isFirst: boolean
}

/** What a blueprint brings beside routes and hooks. */
export interface BlueprintContributions {
  readonly registered: ((registered: Registered) => void)[]
  readonly wide: ((app: WideApp) => void)[]
  readonly commands: Omit<CommandRecord, 'owner'>[]
  readonly templateContexts: ((ctx: Context) => object | Promise<object>)[]
}

/** Routes, hooks and error handlers that know no app, to be registered in one or several. @throws MicroError `MICRO_BLUEPRINT_NAME`. */
export class Blueprint<N extends string = string, A extends object = {}, C extends object = {}, V extends object = {}> extends Scaffold {
  declare readonly '~types': Carried<A, C, V>
  /** Its name, which stands in front of its routes' names. */
  readonly name: N
  /** Path in front of its routes' paths. */
  readonly prefix: string
  /** Where its routes lie, and how strictly. */
  readonly placement: RoutePlacement
  /** Converters of its own. */
  readonly converters: Converters
  /** Words in front of its commands; its name if undefined, none if null. */
  readonly cliGroup: string | null | undefined
  /** Names of the extensions it needs. */
  readonly needs: readonly string[]
  /** Directory of the module it was made in, beside which its templates and static files lie. */
  readonly rootPath: string | undefined
  /** The blueprints registered inside it. */
  readonly children: Registration[] = []
  /** @internal What it brings beside routes and hooks, read when it is registered. */
  readonly '~contributions': BlueprintContributions = { registered: [], wide: [], commands: [], templateContexts: [] }
  /** Marks blueprints, so that two copies of core recognise each other's. */
  readonly '~blueprint': true = true
  protected readonly hookOwner: string
  #sealed = false

  constructor(name: N, meta: ImportMeta, options: BlueprintOptions = {}) {
    super()
    checkName(name)
    checkOptions(`blueprint '${name}'`, options, BLUEPRINT_OPTIONS)
    this.name = name
    this.hookOwner = ownerOfBlueprint(name)
    this.prefix = options.prefix ?? ''
    this.placement = placementOf(options)
    this.converters = checkConverters(options.converters ?? {})
    this.cliGroup = options.cliGroup
    this.needs = (options.needs ?? []).map((extension) => extension.name)
    checkMeta(meta, 'blueprint')
    this.rootPath = meta.dirname
  }

  /**
   * Registers a blueprint inside this one: its prefix comes after this one's, its name is `<this>.<its>`.
   * @throws MicroError `MICRO_BLUEPRINT_SELF`, `MICRO_BLUEPRINT_TAKEN`, `MICRO_BLUEPRINT_NAME`, `MICRO_BLUEPRINT_CLOSED`.
   */
  register<B extends AnyBlueprint>(blueprint: B & CheckRegister<this, B>, options: RegisterOptions = {}): this {
    this.assertOpen('register')
    checkRegistration(blueprint.name, options)
    const registration: Registration = { blueprint: blueprint as unknown as Blueprint, options }
    if (holds(registration.blueprint, this as unknown as Blueprint)) {
      throw coreError('MICRO_BLUEPRINT_SELF', { name: this.name })
    }
    const name = nameOf(registration)
    if (this.children.some((child) => nameOf(child) === name)) {
      throw coreError('MICRO_BLUEPRINT_TAKEN', { name: `${this.name}.${name}` })
    }
    this.children.push(registration)
    return this
  }

  /** Runs at each registration in an app. */
  onRegister(run: (registered: Registered<A>) => void): this {
    this.assertOpen('onRegister')
    this['~contributions'].registered.push(run as (registered: Registered) => void)
    return this
  }

  /** Declares what concerns the whole app, once for each app: hooks and error handlers of all requests, template globals, commands. */
  appWide(declare: (app: WideApp & A) => void): this {
    this.assertOpen('appWide')
    this['~contributions'].wide.push(declare as (app: WideApp) => void)
    return this
  }

  /** Its commands: `micro <name> <command>`. */
  get cli(): CommandRegistry {
    return {
      command: (name, options, run) => {
        this.assertOpen('cli.command')
        // What it is called with is read as its options say.
        this['~contributions'].commands.push({ name, options, run: run as unknown as CommandRecord['run'] })
      },
    }
  }

  /** What templates see in requests of its routes. */
  get templates(): { context(provide: (ctx: Context & C) => object | Promise<object>): void } {
    return {
      context: (provide) => {
        this.assertOpen('templates.context')
        this['~contributions'].templateContexts.push(provide as (ctx: Context) => object | Promise<object>)
      },
    }
  }

  /** @internal Closes the blueprint: it has been registered in an app. */
  seal(): void {
    this.#sealed = true
  }

  protected assertOpen(method: string): void {
    if (this.#sealed) {
      throw coreError('MICRO_BLUEPRINT_CLOSED', { name: this.name, method })
    }
  }
}

/** @throws MicroError `MICRO_OPTIONS_INVALID`, `MICRO_OPTION_UNKNOWN`. */
export function checkRegistration(name: string, options: RegisterOptions): void {
  checkOptions(`register() of blueprint '${name}'`, options, REGISTER_OPTIONS)
}

/** The name that a blueprint has where it is registered. @throws MicroError `MICRO_BLUEPRINT_NAME`. */
export function nameOf({ blueprint, options }: Registration): string {
  return options.name === undefined ? blueprint.name : checkName(options.name)
}

function checkName(name: string): string {
  if (!/^[\w-]+$/.test(name)) {
    throw coreError('MICRO_BLUEPRINT_NAME', { name })
  }
  return name
}

/** @throws MicroError `MICRO_CONVERTER_TAKEN` for a name of core's own. */
function checkConverters(converters: Converters): Converters {
  const taken = Object.keys(converters).find((name) => Object.hasOwn(CORE_CONVERTERS, name))
  if (taken !== undefined) {
    throw coreError('MICRO_CONVERTER_TAKEN', { name: taken })
  }
  return converters
}

function holds(blueprint: Blueprint, inner: Blueprint): boolean {
  return blueprint === inner || (blueprint.children ?? []).some((child) => holds(child.blueprint, inner))
}

/**
 * Makes a blueprint. `meta` is the module's `import.meta`: its `templates/` and `static/` are the blueprint's.
 * @throws MicroError `MICRO_BLUEPRINT_NAME`.
 */
export function blueprint<
  const N extends string,
  const E extends readonly AnyExtension[] = [],
  const C extends Converters = Converters,
  const P extends string = '',
  const H extends string = '',
  const S extends string = '',
  const D extends object = {},
>(
  name: N,
  meta: ImportMeta,
  options?: BlueprintOptions<E, C, CheckPrefix<P, ConvertersOf<E> & ConverterValues<C>>, H, S, D>,
): Blueprint<
  N,
  AppOf<E>,
  ContextOf<E> & PlacedContext<P, H, S, D, ConvertersOf<E> & ConverterValues<C>>,
  ConvertersOf<E> & ConverterValues<C>
> {
  return new Blueprint(name, meta, options)
}
