/** Shapes of schemas of other libraries than zod, read from the JSON Schema they give (Standard JSON Schema 1). */
import { ANY_SHAPE, type Shape, shapeOfValues } from './shape.ts'

type Json = { readonly [keyword: string]: unknown }

/** The shape that a JSON Schema document describes; what it does not know, it takes as it comes. */
export function jsonSchemaShape(document: Json): Shape {
  return describe(document, document)
}

function describe(schema: Json, root: Json): Shape {
  const target = resolve(schema, root)
  const common = {
    empty: 'missing',
    meta: { label: text(target.title), description: text(target.description), secret: target.writeOnly === true ? true : undefined },
    rules: rulesOf(target),
    ...('default' in target ? { initial: () => target.default } : {}),
  } as const
  const options = [target.anyOf, target.oneOf].find(Array.isArray) as readonly Json[] | undefined
  if (options !== undefined) {
    return oneOf(options, root)
  }
  const values = Array.isArray(target.enum) ? target.enum : 'const' in target ? [target.const] : undefined
  if (values !== undefined) {
    return shapeOfValues(values, common)
  }
  const types = Array.isArray(target.type) ? target.type : [target.type]
  const type = types.find((name) => name !== 'null')
  const empty = types.includes('null') ? 'null' : 'missing'
  switch (type) {
    case 'string':
      return { ...common, empty, kind: 'text' }
    case 'integer':
    case 'number':
      return { ...common, empty, kind: 'number' }
    case 'boolean':
      return { ...common, empty, kind: 'boolean' }
    case 'array':
      return { ...common, empty, kind: 'list', item: (index) => describe(itemSchema(target, index), root) }
    case 'object':
      return { ...common, empty, kind: 'group', fields: fieldsOf(target, root), ...restOf(target, root) }
    default:
      return ANY_SHAPE
  }
}

function oneOf(options: readonly Json[], root: Json): Shape {
  const shapes = options.filter((option) => option.type !== 'null')
  const empty = shapes.length < options.length ? 'null' : 'missing'
  if (shapes.length === 1) {
    return { ...describe(shapes[0] as Json, root), empty }
  }
  return { kind: 'union', empty, meta: {}, rules: {}, options: shapes.map((option) => () => describe(option, root)) }
}

function fieldsOf(schema: Json, root: Json): ReadonlyMap<string, () => Shape> {
  const required = Array.isArray(schema.required) ? schema.required : []
  return new Map(
    Object.entries(object(schema.properties)).map(([key, property]) => [
      key,
      () => {
        const shape = describe(object(property), root)
        return required.includes(key) || shape.empty === 'null' ? shape : { ...shape, empty: 'undefined' }
      },
    ]),
  )
}

function restOf(schema: Json, root: Json): { readonly rest?: () => Shape } {
  const rest = schema.additionalProperties
  return rest === undefined || rest === false ? {} : { rest: () => describe(object(rest), root) }
}

function itemSchema(schema: Json, index: number): Json {
  const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems : []
  return object(prefix[index] ?? schema.items)
}

function rulesOf(schema: Json): Shape['rules'] {
  return {
    min: number(schema.minimum),
    max: number(schema.maximum),
    minLength: number(schema.minLength ?? schema.minItems),
    maxLength: number(schema.maxLength ?? schema.maxItems),
    step: number(schema.multipleOf),
    integer: schema.type === 'integer' ? true : undefined,
    format: schema.format === 'uri' ? 'url' : text(schema.format),
    notEmpty: schema.format === 'uri' || schema.format === 'email' ? true : undefined,
  }
}

/** Follows one reference inside the document. */
function resolve(schema: Json, root: Json): Json {
  if (typeof schema.$ref !== 'string' || !schema.$ref.startsWith('#')) {
    return schema
  }
  const keys = schema.$ref.split('/').slice(1)
  return keys.reduce<Json>((at, key) => object(at[key.replaceAll('~1', '/').replaceAll('~0', '~')]), root)
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
