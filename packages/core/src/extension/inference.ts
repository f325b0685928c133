/**
 * How members, needs, middleware and results find their types: all of core's type-level work but the path grammar.
 * Every wrong call fails with a sentence, which stands here as a string type in the place of the argument.
 */

import type { CoreConfig } from '../config/core-config.ts'
import type { ReadOptions } from '../request/body.ts'
import type { Context } from '../request/context.ts'
import type { ParamValues } from '../routing/param-segment.ts'
import type { CheckPath, OptionParams, Params } from '../routing/path-params.ts'
import type { RoutePlacement } from '../routing/route-placement.ts'
import type { Member, Need } from './need.ts'
import type { Setup } from './setup.ts'
import type { AnyBlueprint, AnyExtension, AnyMiddleware, Typed, Types } from './typed.ts'

// ── what an app or a blueprint knows ────────────────────────────────────────────────────────────────────────────

type Have<A extends Typed> = A['~types']

// ── needs ───────────────────────────────────────────────────────────────────────────────────────────────────────

type MemberOf<D> = D extends Need<infer M, boolean> ? M : never
type IsOptional<D> = D extends Need<Member, infer O> ? O : never
type RequiredNeeds<R, Side extends 'app' | 'context'> = {
  readonly [K in keyof R as IsOptional<R[K]> extends true ? never : K]: MemberOf<R[K]>[Side]
}
type OptionalNeeds<R, Side extends 'app' | 'context'> = {
  readonly [K in keyof R as IsOptional<R[K]> extends true ? K : never]?: MemberOf<R[K]>[Side]
}

/** What an extension's needs come to, as plain object types: one assignability test checks them. */
export interface NeededMembers {
  readonly app: object
  readonly context: object
  readonly maybeApp: object
  readonly maybeContext: object
}

/** `NeededMembers` of a record of needs. */
export interface NeedsOf<R> {
  readonly app: RequiredNeeds<R, 'app'>
  readonly context: RequiredNeeds<R, 'context'>
  readonly maybeApp: OptionalNeeds<R, 'app'>
  readonly maybeContext: OptionalNeeds<R, 'context'>
}

type Missing<H, R> = { [K in keyof R]: K extends keyof H ? never : K }[keyof R] & string
type Wrong<H, R> = { [K in keyof R]: K extends keyof H ? (H[K] extends R[K] ? never : K) : never }[keyof R] & string

// ── app.use ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** The app's own members are among those that no extension may be named after. */
type Reserved<A> = keyof A | keyof Context | keyof CoreConfig | keyof Setup | 'constructor' | 'then'

type NameProblem<A extends Typed, N extends string> = N extends keyof Have<A>['app']
  ? `extension '${N}' is already installed: give the second one another name with .as('…')`
  : N extends Reserved<A>
    ? `extension '${N}': '${N}' is a member of core's own; choose another name`
    : never

type WrongNeeds<A extends Typed, R extends NeededMembers> =
  | Wrong<Have<A>['app'], R['app']>
  | Wrong<Have<A>['context'], R['context']>
  | Wrong<Have<A>['app'], R['maybeApp']>
  | Wrong<Have<A>['context'], R['maybeContext']>

type NeedsProblem<A extends Typed, R, N extends string> = R extends NeededMembers
  ? [Missing<Have<A>['app'], R['app']>] extends [never]
    ? [WrongNeeds<A, R>] extends [never]
      ? never
      : `'${N}' needs '${WrongNeeds<A, R>}' of another type than the one installed`
    : `'${N}' needs '${Missing<Have<A>['app'], R['app']>}': install it first with .use()`
  : never

type UseProblem<A extends Typed, E extends AnyExtension> = [NeedsProblem<A, E['~types']['needs'], E['name']>] extends [never]
  ? NameProblem<A, E['name']>
  : NeedsProblem<A, E['~types']['needs'], E['name']>

/** `unknown` where `E` may be installed in `A`, else the sentence that says why not. */
export type CheckUse<A extends Typed, E extends AnyExtension> = [UseProblem<A, E>] extends [never] ? unknown : UseProblem<A, E>

/** What `use` adds to the app's type. Intersected, never flattened, so that a subclass keeps its own members. */
export type Installed<E extends AnyExtension> = E['~types']['app'] & {
  readonly config: E['~types']['config']
  readonly '~types': {
    readonly app: E['~types']['app']
    readonly context: E['~types']['context']
    readonly converters: E['~types']['converters']
  }
}

// ── blueprints ──────────────────────────────────────────────────────────────────────────────────────────────────

/** The context members that a list of extensions brings. */
export type ContextOf<E extends readonly AnyExtension[]> = E extends readonly [
  infer First extends AnyExtension,
  ...infer Rest extends readonly AnyExtension[],
]
  ? First['~types']['context'] & ContextOf<Rest>
  : {}

/** The app members that a list of extensions brings. */
export type AppOf<E extends readonly AnyExtension[]> = E extends readonly [
  infer First extends AnyExtension,
  ...infer Rest extends readonly AnyExtension[],
]
  ? First['~types']['app'] & AppOf<Rest>
  : {}

/** The converters that a list of extensions brings. */
export type ConvertersOf<E extends readonly AnyExtension[]> = E extends readonly [
  infer First extends AnyExtension,
  ...infer Rest extends readonly AnyExtension[],
]
  ? First['~types']['converters'] & ConvertersOf<Rest>
  : {}

/** A context whose params are whatever a route has. */
export interface AnyParamsContext extends PathlessContext {
  readonly params: ParamValues
}

type BlueprintWrong<A extends Typed, B extends AnyBlueprint> =
  | Wrong<Have<A>['app'], Have<B>['app']>
  | Exclude<Wrong<Have<A>['context'], Have<B>['context']>, 'params'>

/** `unknown` where `B` may be registered in `A`, else the sentence that says why not. */
export type CheckRegister<A extends Typed, B extends AnyBlueprint> = [Missing<Have<A>['app'], Have<B>['app']>] extends [never]
  ? [BlueprintWrong<A, B>] extends [never]
    ? unknown
    : `blueprint '${B['name']}' needs '${BlueprintWrong<A, B>}' of another type than the one installed`
  : `blueprint '${B['name']}' needs '${Missing<Have<A>['app'], Have<B>['app']>}': install it first with .use()`

// ── middleware ──────────────────────────────────────────────────────────────────────────────────────────────────

type AddsAll<L extends readonly AnyMiddleware[]> = L extends readonly [infer First extends AnyMiddleware]
  ? First['~middleware']['adds']
  : L extends readonly [infer First extends AnyMiddleware, ...infer Rest extends readonly AnyMiddleware[]]
    ? Override<First['~middleware']['adds'], AddsAll<Rest>>
    : {}

type Unmet<C, M extends AnyMiddleware> = C extends M['~middleware']['needs']
  ? never
  : Missing<C, M['~middleware']['needs']> | Wrong<C, M['~middleware']['needs']>

type CheckList<C, L extends readonly AnyMiddleware[]> = C extends L[number]['~middleware']['needs'] ? unknown : CheckEach<C, L>

/** Each middleware against the context as the ones before it leave it. */
type CheckEach<C, L extends readonly AnyMiddleware[]> = L extends readonly [
  infer First extends AnyMiddleware,
  ...infer Rest extends readonly AnyMiddleware[],
]
  ? [Unmet<C, First>] extends [never]
    ? readonly [First, ...Extract<CheckEach<Override<C, First['~middleware']['adds']>, Rest>, readonly unknown[]>]
    : readonly [`this middleware needs '${Unmet<C, First>}': install it first with .use(), or name it in the blueprint's needs`, ...Rest]
  : readonly []

/** Options of one route. */
export interface RouteOptions extends RoutePlacement, ReadOptions {
  /** Its name for `urlFor`; inside a blueprint it becomes `<blueprint>.<name>`. */
  readonly name?: string
  /** Middleware in the order it runs. */
  readonly use?: readonly AnyMiddleware[]
  /** Other paths of the route: they redirect to the one that `urlFor` builds. */
  readonly aliases?: readonly string[]
}

/** Options of a URL that something else answers. */
export interface NamedUrlOptions extends Pick<RoutePlacement, 'host' | 'subdomain' | 'defaults'> {
  /** Scheme, host and port of where it is: `https://cdn.example.com`. */
  readonly origin?: string
}

/** Says that the options of a route say params: it has some itself, so that they are looked for. */
interface Placed<O> {
  readonly params: {}
  readonly '~placed': O
}

/** What the options of a route add. One middleware alone is the most usual, and the cheapest to check. */
type AddsOfOptions<O> = O extends readonly [AnyMiddleware]
  ? O[0]['~middleware']['adds']
  : [keyof O & ('host' | 'subdomain' | 'defaults')] extends [never]
    ? AddsAll<ListOf<O>>
    : AddsAll<ListOf<O>> & Placed<O>

type ListOf<O> = O extends readonly AnyMiddleware[]
  ? O
  : O extends { readonly use: infer L extends readonly AnyMiddleware[] }
    ? L
    : readonly []

export type CheckOptions<C, O> = O extends readonly AnyMiddleware[]
  ? {} extends O[number]['~middleware']['needs']
    ? unknown
    : CheckList<C, O>
  : O extends { readonly use: infer L extends readonly AnyMiddleware[] }
    ? { readonly use: CheckList<C, L> }
    : unknown

/** `C` with the members of `A` in the place of its own of the same name. */
export type Override<C, A> = [keyof A & keyof C] extends [never] ? C & A : Omit<C, keyof A> & A

// ── handlers and routes ─────────────────────────────────────────────────────────────────────────────────────────

/** What a handler may return; promises of it too. A promise is an object as well, so `then` is excluded. */
export type HandlerResult = string | (object & { readonly then?: never })

/** The sentence for a handler that may return nothing, or something that is no reply. */
export type NoReply = 'a handler returns a string, an object, bytes, a stream or a Response: this one may return something else, or nothing'

type CheckResult<R> = [R] extends [HandlerResult | PromiseLike<HandlerResult>] ? R : NoReply

type ContextFor<T extends Types, P extends string> = Context<P, T['converters']> & T['context']

/** The context whatever the path: middleware asks for no params, so its needs are checked against this, once for all routes of an app or blueprint. */
export type AnyContextFor<T extends Types> = Context & T['context']

/** The members that no path changes, with and without the query. Interfaces, so that the compiler makes them once. */
interface PathlessContext extends Omit<Context, 'params'> {}
interface SteadyContext extends Omit<Context, 'params' | 'query'> {}

/** The params that options say, beside those of the path, or of the middleware that narrowed them. */
type AddedParams<T extends Types, P extends string, A> =
  A extends Placed<infer O>
    ? { readonly params: ({} extends A['params'] ? Params<P, T['converters']> : {}) & OptionParams<O, T['converters']> }
    : unknown

/**
 * The context of a handler behind middleware that adds `A`: `query` and `params` in the place of core's own, any other member of the same
 * name narrowed. It is put together from parts that all routes share: to take members out of the context of each path would cost more
 * than the rest of a route's check.
 */
type HandlerContext<T extends Types, P extends string, A> = 'query' extends keyof A
  ? 'params' extends keyof A
    ? SteadyContext & T['context'] & A & AddedParams<T, P, A>
    : SteadyContext & T['context'] & { readonly params: Params<P, T['converters']> } & A
  : 'params' extends keyof A
    ? PathlessContext & T['context'] & A & AddedParams<T, P, A>
    : PathlessContext & T['context'] & { readonly params: Params<P, T['converters']> } & A

/**
 * Registers a route, with or without options or a list of middleware. Returns the app or blueprint itself. Nothing is inferred from what a
 * handler says of its context: to look for it there costs a tenth of the whole check.
 */
export interface RouteMethod<S extends Typed, T extends Types = S['~types']> {
  <P extends string, R>(path: CheckPath<P, T['converters']>, handler: (ctx: NoInfer<ContextFor<T, P>>) => CheckResult<R>): S
  <P extends string, const O extends RouteOptions | readonly AnyMiddleware[], R>(
    path: CheckPath<P, T['converters']>,
    options: O & CheckOptions<AnyContextFor<T>, O>,
    handler: (ctx: NoInfer<HandlerContext<T, P, AddsOfOptions<O>>>) => CheckResult<R>,
  ): S
}

/** The context behind options that all methods of a path share, and those of one of them. */
type SharedContext<T extends Types, P extends string, Shared, O> = HandlerContext<T, P, AddsOfOptions<Shared> & AddsAll<ListOf<O>>> & {
  readonly params: OptionParams<O, T['converters']>
}

/** A method of one path: `app.route('/notes/:id').get(…)`. */
export interface PathMethod<T extends Types, P extends string, Shared, Self> {
  <R>(handler: (ctx: NoInfer<SharedContext<T, P, Shared, {}>>) => CheckResult<R>): Self
  <const O extends RouteOptions | readonly AnyMiddleware[], R>(
    options: O & CheckOptions<AnyContextFor<T> & AddsOfOptions<Shared>, O>,
    handler: (ctx: NoInfer<SharedContext<T, P, Shared, O>>) => CheckResult<R>,
  ): Self
}

/** A method of one path by its name: `app.route('/files').on('PROPFIND', …)`. */
export interface PathOn<T extends Types, P extends string, Shared, Self> {
  <R>(methods: string | readonly string[], handler: (ctx: NoInfer<SharedContext<T, P, Shared, {}>>) => CheckResult<R>): Self
  <const O extends RouteOptions | readonly AnyMiddleware[], R>(
    methods: string | readonly string[],
    options: O & CheckOptions<AnyContextFor<T> & AddsOfOptions<Shared>, O>,
    handler: (ctx: NoInfer<SharedContext<T, P, Shared, O>>) => CheckResult<R>,
  ): Self
}

/** Several methods of one path. */
export interface PathRoutes<T extends Types, P extends string, Shared = readonly []> {
  readonly get: PathMethod<T, P, Shared, PathRoutes<T, P, Shared>>
  readonly post: PathMethod<T, P, Shared, PathRoutes<T, P, Shared>>
  readonly put: PathMethod<T, P, Shared, PathRoutes<T, P, Shared>>
  readonly patch: PathMethod<T, P, Shared, PathRoutes<T, P, Shared>>
  readonly delete: PathMethod<T, P, Shared, PathRoutes<T, P, Shared>>
  readonly options: PathMethod<T, P, Shared, PathRoutes<T, P, Shared>>
  readonly all: PathMethod<T, P, Shared, PathRoutes<T, P, Shared>>
  /** Any method, or several: `on('PROPFIND', …)`, `on(['GET', 'POST'], …)`. */
  readonly on: PathOn<T, P, Shared, PathRoutes<T, P, Shared>>
}
