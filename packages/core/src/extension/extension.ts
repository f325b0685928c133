import { coreError } from '../errors/core-errors.ts'
import type { ConfigSchema, InputOf, OutputOf } from '../json/standard-schema.ts'
import type { Context } from '../request/context.ts'
import type { Converters } from '../routing/converter.ts'
import type { ConverterValues } from '../routing/path-params.ts'
import type { NeedsOf } from './inference.ts'
import type { Member, Needs } from './need.ts'
import type { Setup } from './setup.ts'
import type { AnyExtension } from './typed.ts'

/** Number of the extension protocol that this core speaks; within core 1.x its meaning does not change. */
export const PROTOCOL = 1

/**
 * An extension: `N` its name, `M` the member it adds under it, `R` what it needs (`NeedsOf`), `I` what may be given for its
 * configuration and `O` what that comes to, `V` the value types of the path converters it adds.
 */
export interface Extension<N extends string, M extends Member, R extends object = {}, I = {}, O = I, V extends object = {}>
  extends AnyExtension {
  readonly name: N
  readonly '~types': {
    readonly app: { readonly [K in N]: M['app'] }
    readonly context: { readonly [K in N]: M['context'] }
    readonly converters: V
    readonly needs: R
    readonly config: { readonly [K in N]: O }
    readonly options: { readonly [K in N]?: I }
  }
}

/** What `initApp` gives back: the members that stand under the extension's name. */
export interface Members<A, C, Ctx = Context> {
  readonly app?: A
  /** Makes the context member on its first use in a request, synchronously. */
  readonly context?: (ctx: Ctx) => C
}

/** Everything `defineExtension` is told. */
export interface ExtensionDefinition<N extends string, A, C, S extends ConfigSchema, R extends Needs, V extends Converters = Converters> {
  /** One lower-case word, `[a-z][a-z0-9]*`: the extension's namespace everywhere. */
  readonly name: N
  /** The package's own version. */
  readonly version: string
  /** Version of the member's interface that needs are checked against; the package's own by default. */
  readonly implements?: string
  /** Range of core versions it was made for. */
  readonly core: string
  readonly needs?: R
  /** Schema of its configuration namespace. */
  readonly config: S
  /** What the factory was given: it lies above the schema's defaults and below file and environment. */
  readonly options?: { readonly [K in keyof InputOf<S>]?: InputOf<S>[K] | undefined }
  /** Path converters, by their names; the paths of the app are typed by them. */
  readonly converters?: V
  /** What it changes for requests that have nothing to do with it, in words. */
  readonly effects?: readonly string[]
  /** Declares everything it contributes. Synchronous; does no I/O. `app` is a recording façade, not the app. */
  initApp(
    app: Setup & NeedsOf<R>['app'] & NeedsOf<R>['maybeApp'],
    config: OutputOf<S>,
  ): Members<A, C, Context & NeedsOf<R>['context'] & NeedsOf<R>['maybeContext']>
}

/** A definition as `use` reads it, whatever its types. */
export interface AnyDefinition {
  readonly name: string
  readonly version: string
  readonly implements?: string
  readonly core: string
  readonly needs?: Needs
  readonly config: ConfigSchema
  readonly options?: object
  readonly converters?: Converters
  readonly effects?: readonly string[]
  initApp(app: never, config: never): Members<unknown, unknown, never>
}

/** What `defineExtension` makes: a frozen value, which `as` installs under another name. */
export type DefinedExtension<
  N extends string,
  A,
  C,
  S extends ConfigSchema,
  R extends Needs,
  V extends Converters = Converters,
> = Extension<N, Member<A, C>, NeedsOf<R>, InputOf<S>, OutputOf<S>, ConverterValues<V>> & {
  /** The same extension under another name: its own configuration, members and everything else. */
  as<const M extends string>(name: M): DefinedExtension<M, A, C, S, R, V>
}

/** Registered under this key, so that two copies of core know each other's extensions. */
export const DEFINITION: unique symbol = Symbol.for('micro.extension')

const NAME = /^[a-z][a-z0-9]*$/

/**
 * Makes an extension: a frozen value that knows no app.
 * @throws MicroError `MICRO_EXTENSION_NAME` if `name` is not one lower-case word.
 */
export function defineExtension<
  const N extends string,
  A,
  C,
  S extends ConfigSchema,
  const R extends Needs = {},
  const V extends Converters = Converters,
>(definition: ExtensionDefinition<N, A, C, S, R, V>): DefinedExtension<N, A, C, S, R, V> {
  if (!NAME.test(definition.name)) {
    throw coreError('MICRO_EXTENSION_NAME', { name: definition.name })
  }
  const extension = {
    name: definition.name,
    version: definition.version,
    protocol: PROTOCOL,
    [DEFINITION]: Object.freeze({ ...definition }),
    as: <const M extends string>(name: M) => defineExtension({ ...definition, name } as unknown as ExtensionDefinition<M, A, C, S, R, V>),
  }
  return Object.freeze(extension) as unknown as DefinedExtension<N, A, C, S, R, V>
}
