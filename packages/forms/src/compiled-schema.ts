import type { OutputOf, StandardIssue, StandardResult, StandardSchema } from '@micro/core'
import type { $ZodType } from 'zod/v4/core'
import { formsError } from './forms-errors.ts'
import { jsonSchemaShape } from './json-schema-shape.ts'
import { ANY_SHAPE, type Shape } from './shape.ts'
import { runsOwnCode } from './zod-own-code.ts'
import { zodShape } from './zod-shape.ts'

/** A schema, with what forms must know of it. */
export interface CompiledSchema<O> {
  readonly shape: Shape
  /** Whether it is of zod, whose messages repeat nothing of what was sent. */
  readonly isZod: boolean
  /** Holds a value against the schema. A promise only where the schema runs code of its author, or is asynchronous by itself. */
  validate(value: unknown): StandardResult<O> | Promise<StandardResult<O>>
}

const known = new WeakMap<StandardSchema, CompiledSchema<unknown>>()

/**
 * Prepares a schema for forms, once; `what` is the function it was given to, for messages. The schema is read on first use, so
 * that schemas which contain each other may be declared in any order.
 * @throws MicroError `MICRO_FORMS_SCHEMA` for what is no schema, `MICRO_FORMS_ZOD` for one of an older zod.
 */
export function compileSchema<S extends StandardSchema>(what: string, schema: S): CompiledSchema<OutputOf<S>> {
  const compiled = known.get(schema) ?? (isZod(what, schema) ? compileZod(schema) : compileOther(schema))
  known.set(schema, compiled)
  // What the schema itself validates is of its output type.
  return compiled as CompiledSchema<OutputOf<S>>
}

function isZod(what: string, schema: StandardSchema): schema is StandardSchema & $ZodType {
  const standard = schema?.['~standard']
  if (typeof standard?.validate !== 'function') {
    throw formsError('MICRO_FORMS_SCHEMA', { what, value: schema === null ? 'null' : typeof schema })
  }
  if (standard.vendor !== 'zod') {
    return false
  }
  const version = (schema as { readonly _zod?: { readonly version: { readonly major: number; readonly minor: number } } })._zod?.version
  if (version === undefined || version.major !== 4 || version.minor < 6) {
    throw formsError('MICRO_FORMS_ZOD', { what, version: version === undefined ? '3' : `${version.major}.${version.minor}` })
  }
  return true
}

function compileZod(schema: StandardSchema & $ZodType): CompiledSchema<unknown> {
  const { safeParseAsync } = schema as { safeParseAsync?: (value: unknown) => Promise<SafeParsed> }
  let ownCode: boolean | undefined
  return {
    isZod: true,
    get shape() {
      return zodShape(schema)
    },
    validate(value) {
      ownCode ??= runsOwnCode(schema)
      if (!ownCode || safeParseAsync === undefined) {
        return schema['~standard'].validate(value)
      }
      return safeParseAsync
        .call(schema, value)
        .then((result) => (result.success ? { value: result.data } : { issues: result.error.issues }))
    },
  }
}

type SafeParsed =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: { readonly issues: readonly StandardIssue[] } }

function compileOther(schema: StandardSchema): CompiledSchema<unknown> {
  let shape: Shape | undefined
  return {
    isZod: false,
    get shape() {
      shape ??= shapeOf(schema)
      return shape
    },
    validate: (value) => schema['~standard'].validate(value),
  }
}

/** Libraries without Standard JSON Schema, or whose schema has none, are asked for nothing: their texts stay texts. */
function shapeOf(schema: StandardSchema): Shape {
  const standard = schema['~standard'] as {
    readonly jsonSchema?: { input(options: { readonly target: string }): { readonly [key: string]: unknown } }
  }
  try {
    return standard.jsonSchema === undefined ? ANY_SHAPE : jsonSchemaShape(standard.jsonSchema.input({ target: 'draft-2020-12' }))
  } catch {
    return ANY_SHAPE
  }
}
