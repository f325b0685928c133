import type { Context } from '../request/context.ts'
import type { AnyExtension } from './typed.ts'

/** What a double gives in the place of an extension's members. */
export interface DoubleParts<E extends AnyExtension> {
  readonly app?: E['~types']['app'][keyof E['~types']['app']]
  readonly context?: (ctx: Context) => E['~types']['context'][keyof E['~types']['context']]
}

/** A stand-in for an extension. */
export interface Double {
  readonly name: string
  readonly app: unknown
  readonly context: ((ctx: Context) => unknown) | undefined
}

/** A stand-in of the same member type for an extension, for `micro(import.meta, { replace: [ … ] })`. Its `initApp` is then not called. */
export function double<E extends AnyExtension>(of: E, parts: DoubleParts<E>): Double {
  return Object.freeze({ name: of.name, app: parts.app, context: parts.context })
}
