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

type ConverterName<S extends string> = S extends `${infer Name}(${string}` ? Name : S

type ValueOf<K extends string, V> = K extends keyof CoreConverters ? CoreConverters[K] : K extends keyof V ? V[K] : never

type Param<S extends string, V> = S extends `${infer Name}<${infer Converter}>`
  ? { readonly [K in Name]: ValueOf<ConverterName<Converter>, V> }
  : { readonly [K in S]: string }

/** The params of path `P`, with the value types `V` of the app's own converters. */
export type Params<P extends string, V = {}> = P extends `${string}/:${infer S}/${infer Rest}`
  ? Param<S, V> & Params<`/${Rest}`, V>
  : P extends `${string}/:${infer S}`
    ? Param<S, V>
    : {}

type Last = `a param with the converter 'path' takes the rest of the path: it must be the last segment`

/** A param's converter. Those of core without arguments are known at a glance. */
type ConverterProblem<K extends string, IsLast extends boolean, V> = K extends 'path'
  ? IsLast extends true
    ? never
    : Last
  : K extends keyof CoreConverters | keyof V
    ? never
    : K extends `${infer Name}(${string})`
      ? ConverterProblem<Name, IsLast, V>
      : `no converter '${K}' (core has string, int, float, uuid, any and path)`

/** A param, without its colon. */
type ParamProblem<S extends string, IsLast extends boolean, V> = S extends `${string}<${infer Converter}`
  ? Converter extends `${infer K}>`
    ? ConverterProblem<K, IsLast, V>
    : `a param is ':name' or ':name<converter>': ':${S}' is neither`
  : S extends ''
    ? `a param needs a name: ':name'`
    : never

/** From param to param: what lies between them needs no look. */
type ParamsProblem<P extends string, V> = P extends `${infer Before}:${infer After}`
  ? Before extends `${string}/`
    ? After extends `${infer Param}/${infer Rest}`
      ? ParamProblem<Param, false, V> | ParamsProblem<`/${Rest}`, V>
      : ParamProblem<After, true, V>
    : `a param is one whole segment: write '/:${After}' instead of '${Before}:${After}'`
  : never

type LiteralProblem<P extends string> = P extends `${string}${'*' | '<' | '>'}${string}`
  ? `'${P}' is no path of literal segments: a rest is written '/:rest<path>'`
  : never

type PathProblem<P extends string, V> = string extends P
  ? never
  : P extends `/${string}`
    ? P extends `${string}:${string}`
      ? ParamsProblem<P, V>
      : LiteralProblem<P>
    : `a path starts with '/': write '/${P}'`

/** `P` itself, or the sentence that says what is wrong with it. */
export type CheckPath<P extends string, V = {}> = [PathProblem<P, V>] extends [never] ? P : PathProblem<P, V>
