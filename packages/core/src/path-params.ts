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

type Known<V> = (keyof CoreConverters | keyof V) & string

type ConverterProblem<K extends string, Last extends boolean, V> =
  K extends Known<V>
    ? K extends 'path'
      ? Last extends true
        ? never
        : `a param with the converter 'path' takes the rest of the path: it must be the last segment`
      : never
    : `no converter '${K}' (core has string, int, float, uuid, any and path)`

type SegmentProblem<S extends string, Last extends boolean, V> = S extends `${infer Before}:${infer Param}`
  ? Before extends ''
    ? Param extends `${string}<${infer Converter}`
      ? Converter extends `${infer K}>`
        ? ConverterProblem<ConverterName<K>, Last, V>
        : `a param is ':name' or ':name<converter>': '${S}' is neither`
      : Param extends ''
        ? `a param needs a name: ':name'`
        : never
    : `a param is one whole segment: write '/:${Param}' instead of '/${S}'`
  : S extends `${string}${'*' | '<' | '>'}${string}`
    ? `'${S}' is not a literal segment: a rest is written '/:rest<path>'`
    : never

type SegmentsProblem<S extends string, V> = S extends `${infer Head}/${infer Tail}`
  ? SegmentProblem<Head, false, V> | SegmentsProblem<Tail, V>
  : SegmentProblem<S, true, V>

type PathProblem<P extends string, V> = string extends P
  ? never
  : P extends `/${infer S}`
    ? S extends `${string}${':' | '*' | '<' | '>'}${string}`
      ? SegmentsProblem<S, V>
      : never
    : `a path starts with '/': write '/${P}'`

/** `P` itself, or the sentence that says what is wrong with it. */
export type CheckPath<P extends string, V = {}> = [PathProblem<P, V>] extends [never] ? P : PathProblem<P, V>
