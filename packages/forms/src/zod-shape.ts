/** Shapes of zod 4's schemas, classic and mini, read from their definitions. Nothing of zod is loaded: types alone are imported. */
import type { $ZodType, $ZodTypes } from 'zod/v4/core'
import { ANY_SHAPE, type FieldMeta, type GroupShape, type Shape, shapeOfValues } from './shape.ts'
import { zodRules } from './zod-rules.ts'

const known = new WeakMap<$ZodType, Shape>()

/** The shape of a zod schema; made once for each. */
export function zodShape(schema: $ZodType): Shape {
  let shape = known.get(schema)
  if (shape === undefined) {
    const own = zodMeta(schema)
    const described = describe(schema)
    shape = Object.keys(own).length === 0 ? described : { ...described, meta: { ...described.meta, ...own } }
    known.set(schema, shape)
  }
  return shape
}

/** What `.meta({ … })` and `.describe()` say. Mini schemas have no method for it: their registry is the one zod shares by this name. */
function zodMeta(schema: $ZodType): FieldMeta {
  const { meta } = schema as { meta?: () => unknown }
  const { __zod_globalRegistry: registry } = globalThis as { __zod_globalRegistry?: { get(schema: $ZodType): unknown } }
  const found = (typeof meta === 'function' ? meta.call(schema) : registry?.get(schema)) as { readonly [key: string]: unknown } | undefined
  if (found === undefined) {
    return {}
  }
  const text = (key: string) => (typeof found[key] === 'string' ? { [key]: found[key] } : {})
  const flag = (key: string) => (typeof found[key] === 'boolean' ? { [key]: found[key] } : {})
  const label = typeof found.label === 'string' ? found.label : found.title
  return {
    ...(typeof label === 'string' ? { label } : {}),
    ...text('description'),
    ...text('placeholder'),
    ...text('autocomplete'),
    ...text('type'),
    ...flag('secret'),
    ...flag('trim'),
  }
}

function describe(schema: $ZodType): Shape {
  // Every schema that zod makes is one of the union, or of a kind added later, which falls through to `any`.
  const { def } = (schema as $ZodTypes)._zod
  const plain = { empty: 'missing', meta: {}, rules: zodRules(schema) } as const
  switch (def.type) {
    case 'string':
      return { kind: 'text', ...plain, coerced: 'coerce' in def && def.coerce === true }
    case 'template_literal':
      return { kind: 'text', ...plain }
    case 'number':
    case 'bigint':
    case 'date':
    case 'file':
      return { kind: def.type, ...plain }
    case 'boolean':
      return { kind: 'boolean', ...plain }
    case 'enum':
      return { kind: 'choice', ...plain, values: enumValues(def.entries) }
    case 'literal':
      return shapeOfValues(def.values, plain)
    case 'array':
      return { kind: 'list', ...plain, item: () => zodShape(def.element) }
    case 'tuple':
      return {
        kind: 'list',
        ...plain,
        rules: { ...plain.rules, minLength: def.items.findLastIndex((item) => item._zod.optin === undefined) + 1 },
        item: (index) => shapeOrAny(def.items[index] ?? def.rest),
      }
    case 'object':
      return { kind: 'group', ...plain, fields: fieldsOf(def.shape), ...restOf(def.catchall) }
    case 'record':
      return { kind: 'group', ...plain, fields: new Map(), rest: () => zodShape(def.valueType) }
    case 'union':
      return union(def.options, 'discriminator' in def ? String(def.discriminator) : undefined)
    case 'intersection':
      return intersection(zodShape(def.left), zodShape(def.right))
    case 'optional':
      return { ...zodShape(def.innerType), empty: 'undefined' }
    case 'nullable':
      return { ...zodShape(def.innerType), empty: 'null' }
    case 'default':
    case 'prefault':
      return { ...zodShape(def.innerType), empty: 'undefined', initial: () => def.defaultValue }
    case 'nonoptional':
      return { ...zodShape(def.innerType), empty: 'missing' }
    case 'catch':
    case 'readonly':
      return zodShape(def.innerType)
    case 'lazy':
      return zodShape(def.getter())
    case 'pipe':
      return pipe(zodShape(def.in), def, schema._zod.bag)
    default:
      return ANY_SHAPE
  }
}

/** What is sent is what goes in. A codec from text to boolean reads the words itself; `z.stringbool()` says which in its bag. */
function pipe(
  into: Shape,
  def: { readonly out: $ZodType; readonly transform?: unknown },
  { truthy, falsy }: { readonly truthy?: readonly string[]; readonly falsy?: readonly string[] },
): Shape {
  const reads = into.kind === 'text' && def.transform !== undefined && (def.out as $ZodTypes)._zod.def.type === 'boolean'
  const on = truthy?.includes('on') ? undefined : truthy?.[0]
  return reads ? { ...into, kind: 'boolean', words: { on, off: falsy?.[0] ?? 'false' } } : into
}

function fieldsOf(shape: { readonly [key: string]: $ZodType }): ReadonlyMap<string, () => Shape> {
  // Keys alone are read: a getter among them may speak of a schema that is not there yet.
  return new Map(Object.keys(shape).map((key) => [key, () => shapeOrAny(shape[key])]))
}

function restOf(catchall: $ZodType | undefined): { readonly rest?: () => Shape } {
  return catchall === undefined ? {} : { rest: () => zodShape(catchall) }
}

function shapeOrAny(schema: $ZodType | null | undefined): Shape {
  return schema === null || schema === undefined ? ANY_SHAPE : zodShape(schema)
}

function union(schemas: readonly $ZodType[], discriminator: string | undefined): Shape {
  const typeOf = (schema: $ZodType) => (schema as $ZodTypes)._zod.def.type
  const empty = schemas.some((schema) => typeOf(schema) === 'null')
    ? 'null'
    : schemas.some((schema) => typeOf(schema) === 'undefined')
      ? 'undefined'
      : 'missing'
  const options = schemas.filter((schema) => typeOf(schema) !== 'null' && typeOf(schema) !== 'undefined')
  if (options.length === 1) {
    return { ...zodShape(options[0] as $ZodType), empty }
  }
  return { kind: 'union', empty, meta: {}, rules: {}, options: options.map((option) => () => zodShape(option)), discriminator }
}

function intersection(left: Shape, right: Shape): Shape {
  if (left.kind !== 'group' || right.kind !== 'group') {
    return left
  }
  const rest = left.rest ?? right.rest
  const both: GroupShape = { ...left, fields: new Map([...left.fields, ...right.fields]) }
  return rest === undefined ? both : { ...both, rest }
}

/** Values of an enum; TypeScript's numeric enums list their names as values too. */
function enumValues(entries: { readonly [key: string]: string | number }): readonly unknown[] {
  const numbers = Object.values(entries).filter((value) => typeof value === 'number')
  return Object.entries(entries)
    .filter(([key]) => !numbers.includes(Number(key)))
    .map(([, value]) => value)
}
