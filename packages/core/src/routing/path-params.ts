/**
 * Types of a path's grammar: `/literal`, `/:name`, `/:name<converter(arguments)>`, `/:rest<path>` at the end.
 * What is refused here is refused in the same words by `path-pattern.ts`.
 */

/** Value types of the converters that core has. */
export interface CoreConverters {
  readonly string: string
  readonly int: number
  readonly float: number
  readonly uuid: string
  readonly any: string
  readonly path: string
}

/** Marks, in the types that an app carries, the value of a converter that takes the rest of a path. */
export interface RestOf<T> {
  readonly '~rest': T
}

type ConverterName<S extends string> = S extends `${infer Name}(${string}` ? Name : S

type ValueOf<K extends string, V> = K extends keyof CoreConverters
  ? CoreConverters[K]
  : K extends keyof V
    ? V[K] extends RestOf<infer T>
      ? T
      : V[K]
    : never

type Param<S extends string, V> = S extends `${infer Name}<${infer Converter}>`
  ? { readonly [K in Name]: ValueOf<ConverterName<Converter>, V> }
  : { readonly [K in S]: string }

/** The params of path `P`, with the value types `V` of the app's own converters. */
export type Params<P extends string, V = {}> = P extends `${string}/:${infer S}/${infer Rest}`
  ? Param<S, V> & Params<`/${Rest}`, V>
  : P extends `${string}/:${infer S}`
    ? Param<S, V>
    : {}

/** The params of host `H`. */
export type HostParams<H extends string, V = {}> = H extends `${string}:${infer S}.${infer Rest}`
  ? Param<S, V> & HostParams<Rest, V>
  : H extends `${string}:${infer S}`
    ? Param<S, V>
    : {}

type Last<K extends string> = `a param with the converter '${K}' takes the rest of the path: it must be the last segment`

/** A param's converter. Those of core without arguments are known at a glance. */
type ConverterProblem<K extends string, IsLast extends boolean, V> = K extends 'path'
  ? IsLast extends true
    ? never
    : Last<K>
  : K extends keyof CoreConverters
    ? never
    : K extends keyof V
      ? [V[K], IsLast] extends [RestOf<unknown>, false]
        ? Last<K>
        : never
      : K extends `${infer Name}(${string})`
        ? ConverterProblem<Name, IsLast, V>
        : `no converter '${K}' (core has string, int, float, uuid, any and path)`

/** A param, without its colon. */
type ParamProblem<S extends string, IsLast extends boolean, V> = S extends `${infer Name}<${infer Converter}`
  ? Converter extends `${infer K}>`
    ? NameProblem<Name> | ConverterProblem<K, IsLast, V>
    : `a param is ':name' or ':name<converter>': ':${S}' is neither`
  : NameProblem<S>

/** ASCII that is in no name; what other frameworks write behind one. */
type NoName = `${string}${'?' | '*' | '+' | '-' | '.' | '(' | '[' | '{' | '}' | '>' | ':' | ' '}${string}` | `${number}${string}`

type NameProblem<S extends string> = S extends ''
  ? `a param needs a name: ':name'`
  : S extends NoName
    ? `'${S}' is not a name for a param: use letters, digits and '_'`
    : never

/** From param to param, with what lies between them. */
type ParamsProblem<P extends string, V> = P extends `${infer Before}:${infer After}`
  ? Before extends `${string}/`
    ?
        | LiteralProblem<Before>
        | (After extends `${infer Param}/${infer Rest}`
            ? ParamProblem<Param, false, V> | ParamsProblem<`/${Rest}`, V>
            : ParamProblem<After, true, V>)
    : ForeignProblem<Before, After>
  : LiteralProblem<P>

type Colon<New extends string, Old extends string> = `a param starts with a colon: write '/:${New}' instead of '/${Old}'`

/** `<int:id>` and `{id:int}`, as other frameworks write a param, and whatever else has a colon inside a segment. */
type ForeignProblem<Before extends string, After extends string> = [Before, After] extends [`${string}/<${infer K}`, `${infer N}>${string}`]
  ? Colon<`${N}<${K}>`, `<${K}:${N}>`>
  : [Before, After] extends [`${string}/{${infer N}`, `${infer K}}${string}`]
    ? Colon<`${N}<${K}>`, `{${N}:${K}}`>
    : `a param is one whole segment: write '/:${After}' instead of '${Before}:${After}'`

type NoLiteral = `${string}${'*' | '<' | '>' | '{' | '}' | '?' | '#'}${string}`

type LiteralProblem<P extends string> = P extends NoLiteral
  ? P extends `${string}/<${infer N}>${string}`
    ? Colon<N, `<${N}>`>
    : P extends `${string}/{${infer N}}`
      ? Colon<N, `{${N}}`>
      : P extends `${string}/{${infer N}}/${string}`
        ? Colon<N, `{${N}}`>
        : `'${P}' is no path of literal segments: a rest is written '/:rest<path>'`
  : never

type PathProblem<P extends string, V> = string extends P
  ? never
  : P extends `/${string}`
    ? ParamsProblem<P, V>
    : `a path starts with '/': write '/${P}'`

/** `P` itself, or the sentence that says what is wrong with it. */
export type CheckPath<P extends string, V = {}> = [PathProblem<P, V>] extends [never] ? P : PathProblem<P, V>

/** A prefix, which may be empty, or the sentence that says what is wrong with it. */
export type CheckPrefix<P extends string, V = {}> = P extends '' ? P : CheckPath<P, V>

// ── converters, hosts and defaults ──────────────────────────────────────────────────────────────────────────────

/** The values of converters, by their names; none where nothing is known of them. */
export type ConverterValues<C> = string extends keyof C ? {} : { readonly [K in keyof C]: ConverterValue<C[K]> }

type ConverterValue<C> = C extends { parse(text: string, args: readonly string[]): infer T }
  ? C extends { readonly rest: true }
    ? RestOf<Exclude<T, undefined>>
    : Exclude<T, undefined>
  : never

/** What `useConverters` adds to the app's type. */
export interface WithConverters<C> {
  readonly '~types': { readonly app: {}; readonly context: {}; readonly converters: ConverterValues<C> }
}

/** Converters under names that are free, or the sentence that says why not. */
export type CheckConverters<Known, C> = {
  readonly [K in keyof C]: K extends keyof CoreConverters | keyof Known
    ? `there is a converter '${K & string}' already: choose another name`
    : C[K]
}

/** What the path, the host and the defaults of a blueprint add to the context of its handlers. */
export type PlacedContext<P extends string, H extends string, S extends string, D, V> = `${P}${H}${S}` extends `${string}:${string}`
  ? { readonly params: Params<P, V> & HostParams<H, V> & HostParams<S, V> & Widened<D> }
  : [keyof D] extends [never]
    ? {}
    : { readonly params: Widened<D> }

/** Defaults as params: numbers and texts, not these ones alone. */
type Widened<D> = {
  readonly [K in keyof D]: D[K] extends number ? number : D[K] extends string ? string : D[K] extends boolean ? boolean : D[K]
}

/** What a group below a path with params adds to the type of what declares in it. */
export type WithParams<P extends string, V> = P extends `${string}:${string}`
  ? { readonly '~types': { readonly app: {}; readonly context: { readonly params: Params<P, V> }; readonly converters: {} } }
  : unknown

/** What the host and the defaults in a route's options add to its params. */
export type OptionParams<O, V> = (O extends { readonly host: infer H extends string } ? HostParams<H, V> : {}) &
  (O extends { readonly subdomain: infer S extends string } ? HostParams<S, V> : {}) &
  (O extends { readonly defaults: infer D } ? Widened<D> : {})
