/** The functions that a request runs through, beside its handler. */

import type { Reply } from '../http/reply.ts'
import type { Context } from '../request/context.ts'
import type { ParamValues } from '../routing/param-segment.ts'

/** Sees the params of a route before any hook; a result other than undefined takes their place. */
export type ParamsHook = (params: ParamValues, ctx: Context) => ParamValues | undefined

/** Runs before the handler; a result other than undefined is the reply. */
export type BeforeHook = (ctx: Context) => unknown

/** Runs on every reply; it may change the reply, or return another. */
export type AfterHook = (ctx: Context, reply: Reply) => unknown

/** Runs when the request is over, with its error if it failed. */
export type TeardownHook = (ctx: Context, error: unknown) => unknown

/** Answers an error. */
export type ErrorHandler<E = unknown> = (error: E, ctx: Context) => unknown

/** A class of errors. */
export type ErrorClass<E extends Error = Error> = abstract new (...args: never[]) => E

/** What an error handler is for: a status, or a class of errors. */
export type ErrorTarget<E extends Error = Error> = number | ErrorClass<E>
