/** The phantoms by which apps, blueprints, extensions and middleware carry their types; `inference.ts` works with them. */

/** The phantom that carries types through `use`: members of the app, of the context, and converters. */
export interface Types {
  readonly app: object
  readonly context: object
  readonly converters: object
}

/** `Types` by its parts. An interface: the compiler makes it once for the same parts, however many blueprints share them. */
export interface Carried<A extends object, C extends object, V extends object> extends Types {
  readonly app: A
  readonly context: C
  readonly converters: V
}

/** Anything that carries `Types`. The phantom is required: an optional one accepts missing needs silently. */
export interface Typed {
  readonly '~types': Types
}

/** Anything that `register` takes. */
export interface AnyBlueprint extends Typed {
  readonly name: string
}

/** What an extension carries for the compiler alone. */
export interface ExtensionTypes {
  readonly app: object
  readonly context: object
  readonly converters: object
  readonly needs: object
  /** What its configuration comes to, under its name. */
  readonly config: object
  /** What may be given for its configuration, under its name. */
  readonly options: object
}

/** An extension of any type. */
export interface AnyExtension {
  readonly name: string
  readonly version: string
  readonly '~types': ExtensionTypes
}

/** A middleware of any type. */
export interface AnyMiddleware {
  readonly '~middleware': { readonly needs: object; readonly adds: object }
}
