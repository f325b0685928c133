import type { Context, RouteInfo } from './context.ts'
import type { MiddlewareParts } from './middleware.ts'
import type { PathPattern } from './path-pattern.ts'
import type { Plan } from './plan.ts'

/** A handler as dispatch calls it. */
export type Handler = (ctx: Context) => unknown

/** A route as it was declared, before it is part of an app. */
export interface RouteRecord {
  readonly methods: readonly string[]
  /** Path below the prefix of the blueprint or group. */
  readonly path: string
  readonly name: string | undefined
  readonly middleware: readonly MiddlewareParts[]
  readonly maxBytes: number | undefined
  readonly handler: Handler
  /** File and line of the declaration. */
  readonly where: string
}

/** A route of an app. */
export class Route implements RouteInfo {
  readonly record: RouteRecord
  readonly pattern: PathPattern
  readonly name: string | undefined
  readonly blueprint: string | undefined
  /** How its requests are answered; compiled when the app is assembled. */
  plan: Plan | null = null

  constructor(record: RouteRecord, pattern: PathPattern, name: string | undefined, blueprint: string | undefined) {
    this.record = record
    this.pattern = pattern
    this.name = name
    this.blueprint = blueprint
  }

  get path(): string {
    return this.pattern.path
  }

  get methods(): readonly string[] {
    return this.record.methods
  }

  /** The params of a path, by name. */
  params(values: readonly unknown[]): { readonly [name: string]: unknown } {
    const { names } = this.pattern
    const params: { [name: string]: unknown } = {}
    for (let index = 0; index < names.length; index++) {
      params[names[index] as string] = values[index]
    }
    return params
  }
}

/** File and line of the caller outside core, for messages. */
export function callSite(below: (...args: never[]) => unknown): string {
  const holder: { stack?: string } = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 1
  Error.captureStackTrace?.(holder, below)
  Error.stackTraceLimit = limit
  const match = /(?:file:\/\/)?((?:[A-Za-z]:)?[^\s()]+:\d+):\d+\)?$/m.exec(holder.stack ?? '')
  return match?.[1] ?? 'an unknown place'
}
