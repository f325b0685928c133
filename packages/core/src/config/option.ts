/**
 * Declares configuration: one schema gives types, validation, defaults, environment mapping and the reference page.
 * What `options` makes implements Standard Schema and Standard JSON Schema, synchronously.
 */
import type { ConfigSchema, StandardIssue, StandardResult } from '../json/standard-schema.ts'

/** What every kind of option may say. */
export interface OptionSettings<T> {
  readonly description?: string
  readonly default?: T
  /** Its value is never printed. */
  readonly secret?: boolean
  /** It will be removed: who gives it a value is told so. The description says since when, and what to use instead. */
  readonly deprecated?: boolean
}

interface StringSettings extends OptionSettings<string> {
  readonly minLength?: number
  readonly pattern?: RegExp
}

interface ListSettings extends OptionSettings<readonly string[]> {
  /** What each text must match, or what gives the problem with one. */
  readonly items?: RegExp | ((text: string) => string | undefined)
}

interface NumberSettings extends OptionSettings<number> {
  readonly min?: number
  readonly max?: number
}

/** One declared option. `T` is what it comes to. */
export interface Option<T> {
  readonly '~option': {
    readonly json: { readonly [keyword: string]: unknown }
    /** The problem with a value, or undefined where it is accepted. */
    readonly check: (value: unknown) => string | undefined
    readonly fallback: unknown
  }
  /** A phantom: types only. */
  readonly '~type'?: T
}

/** A group of options made by `options`. */
export type Shape = { readonly [key: string]: Option<unknown> | ConfigSchema }

type InputOfOption<O> = O extends Option<infer T> ? Exclude<T, undefined> : O extends ConfigSchema<infer I> ? I : never
type OutputOfOption<O> = O extends Option<infer T> ? T : O extends ConfigSchema<infer _, infer T> ? T : never

/** What may be given for a shape: every key may be left out. */
export type ShapeInput<S extends Shape> = { readonly [K in keyof S]?: InputOfOption<S[K]> }

/** What a shape comes to, deeply read-only. */
export type ShapeOutput<S extends Shape> = { readonly [K in keyof S]: OutputOfOption<S[K]> }

type Given<S, T> = S extends { readonly default: T } ? T : T | undefined

function make<T>(json: object, check: Option<T>['~option']['check'], settings: OptionSettings<unknown>): Option<T> {
  return {
    '~option': {
      json: {
        ...json,
        ...(settings.description === undefined ? {} : { description: settings.description }),
        ...(settings.default === undefined ? {} : { default: settings.default }),
        ...(settings.secret ? { writeOnly: true } : {}),
        ...(settings.deprecated ? { deprecated: true } : {}),
      },
      check,
      fallback: settings.default,
    },
  }
}

function numberCheck(settings: NumberSettings, integer: boolean): (value: unknown) => string | undefined {
  const what = `${integer ? 'an integer' : 'a number'}${rangeText(settings)}`
  return (value) => {
    const fits =
      typeof value === 'number' &&
      (integer ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
      value >= (settings.min ?? -Infinity) &&
      value <= (settings.max ?? Infinity)
    return fits ? undefined : `it must be ${what}`
  }
}

function rangeText({ min, max }: NumberSettings): string {
  if (min !== undefined && max !== undefined) {
    return ` from ${min} to ${max}`
  }
  return min !== undefined ? ` of ${min} or more` : max !== undefined ? ` of ${max} or less` : ''
}

function numberJson(settings: NumberSettings): object {
  return {
    ...(settings.min === undefined ? {} : { minimum: settings.min }),
    ...(settings.max === undefined ? {} : { maximum: settings.max }),
  }
}

/** The kinds of option. An option without a default may be absent, and is then `undefined`. */
export const option = {
  string: <const S extends StringSettings>(settings?: S): Option<Given<S, string>> =>
    make(
      { type: 'string', ...(settings?.minLength === undefined ? {} : { minLength: settings.minLength }) },
      (value) => {
        if (typeof value !== 'string') {
          return 'it must be a text'
        }
        if (value.length < (settings?.minLength ?? 0)) {
          return `it must have ${settings?.minLength} characters or more`
        }
        return settings?.pattern === undefined || settings.pattern.test(value) ? undefined : `it must match ${settings.pattern}`
      },
      settings ?? {},
    ),
  int: <const S extends NumberSettings>(settings?: S): Option<Given<S, number>> =>
    make({ type: 'integer', ...numberJson(settings ?? {}) }, numberCheck(settings ?? {}, true), settings ?? {}),
  number: <const S extends NumberSettings>(settings?: S): Option<Given<S, number>> =>
    make({ type: 'number', ...numberJson(settings ?? {}) }, numberCheck(settings ?? {}, false), settings ?? {}),
  bool: <const S extends OptionSettings<boolean>>(settings?: S): Option<Given<S, boolean>> =>
    make({ type: 'boolean' }, (value) => (typeof value === 'boolean' ? undefined : 'it must be true or false'), settings ?? {}),
  /** One of a few texts. */
  oneOf: <const T extends string, const S extends OptionSettings<T>>(values: readonly T[], settings?: S): Option<Given<S, T>> =>
    make(
      { type: 'string', enum: values },
      (value) => (values.includes(value as T) ? undefined : `it must be one of ${values.join(', ')}`),
      settings ?? {},
    ),
  /** A list of texts; in the environment separated by commas. */
  list: <const S extends ListSettings>(settings?: S): Option<readonly string[]> =>
    make(
      { type: 'array', items: { type: 'string' } },
      (value) => {
        if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
          return 'it must be a list of texts'
        }
        const { items } = settings ?? {}
        if (typeof items === 'function') {
          return value.map((item) => items(item)).find((problem) => problem !== undefined)
        }
        return items === undefined || value.every((item) => items.test(item)) ? undefined : `each of its texts must match ${items}`
      },
      { default: [], ...settings },
    ),
} as const

/** Makes the schema of a configuration namespace; groups may be nested. */
export function options<const S extends Shape>(shape: S): ConfigSchema<ShapeInput<S>, ShapeOutput<S>> {
  const describe = () => ({
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(shape).map(([key, entry]) => [
        key,
        isOption(entry) ? entry['~option'].json : entry['~standard'].jsonSchema.input({ target: 'draft-2020-12' }),
      ]),
    ),
  })
  return {
    '~standard': {
      version: 1,
      vendor: 'micro',
      validate: (value) => validate(shape, value) as StandardResult<ShapeOutput<S>>,
      jsonSchema: { input: describe, output: describe },
    },
  }
}

function isOption(entry: Option<unknown> | ConfigSchema): entry is Option<unknown> {
  return '~option' in entry
}

function validate(shape: Shape, value: unknown): StandardResult<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { issues: [{ message: 'it must be an object' }] }
  }
  const given = value as { readonly [key: string]: unknown }
  const issues: StandardIssue[] = Object.keys(given)
    .filter((key) => !Object.hasOwn(shape, key))
    .map((key) => ({ message: 'there is no such key', path: [key] }))
  const output: { [key: string]: unknown } = {}
  for (const [key, entry] of Object.entries(shape)) {
    const item = Object.hasOwn(given, key) ? given[key] : undefined
    if (isOption(entry)) {
      output[key] = item === undefined ? entry['~option'].fallback : item
      const problem = item === undefined ? undefined : entry['~option'].check(item)
      if (problem !== undefined) {
        issues.push({ message: problem, path: [key] })
      }
    } else {
      const result = entry['~standard'].validate(item ?? {}) as StandardResult<unknown>
      if (result.issues === undefined) {
        output[key] = result.value
      } else {
        issues.push(...result.issues.map((issue) => ({ ...issue, path: [key, ...(issue.path ?? [])] })))
      }
    }
  }
  return issues.length === 0 ? { value: output } : { issues }
}
