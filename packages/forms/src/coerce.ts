/** From fields to the value a schema expects. What no rule covers is handed on as it came: the schema says what is wrong. */
import { HttpError } from '@micro/core'
import { namingKey } from './field-name.ts'
import { emptyTree, type FieldTree } from './field-tree.ts'
import { isNoFile, isReadable, readAbsent, readText } from './field-value.ts'
import { ANY_SHAPE, type GroupShape, type ListShape, type Shape, type UnionShape } from './shape.ts'

/** How fields are read. */
export interface CoerceOptions {
  /** A form leaves out what is not ticked: an absent switch is off, an absent list empty. A query just does not mention it. */
  readonly absentIsOff: boolean
  readonly duplicates: 'refuse' | 'last'
  readonly maxDepth: number
}

/**
 * The value of a tree of fields for a shape.
 * @throws HttpError 400 for a value sent twice and for a list with gaps.
 */
export function coerce(tree: FieldTree | undefined, shape: Shape, options: CoerceOptions, path: readonly string[] = []): unknown {
  switch (shape.kind) {
    case 'group':
      return coerceGroup(tree, shape, options, path)
    case 'list':
      return coerceList(tree, shape, options, path)
    case 'union':
      return coerce(tree, chosen(tree, shape), options, path)
    default:
      return coerceValue(tree, shape, options, path)
  }
}

function coerceValue(tree: FieldTree | undefined, shape: Shape, options: CoerceOptions, path: readonly string[]): unknown {
  if (tree === undefined) {
    return readAbsent(shape, options.absentIsOff)
  }
  const { values } = tree
  if (values.length === 0 || (values.length > 1 && shape.kind === 'any')) {
    return plain(tree, path)
  }
  if (values.length > 1 && options.duplicates === 'refuse') {
    throw new HttpError(400, `The field '${path.join('.')}' was sent more than once.`)
  }
  const value = values.at(-1)
  if (isNoFile(value)) {
    return readAbsent(shape, options.absentIsOff)
  }
  return typeof value === 'string' && shape.kind !== 'any' ? readText(value, shape, namingKey(path)) : value
}

function coerceList(tree: FieldTree | undefined, shape: ListShape, options: CoerceOptions, path: readonly string[]): unknown {
  const items = tree === undefined ? [] : itemsOf(tree, path)
  const takesNone = (tree !== undefined || options.absentIsOff) && (shape.rules.minLength ?? 0) === 0
  if (items.length === 0 && shape.empty !== 'missing' && !takesNone) {
    return readAbsent(shape, false)
  }
  return items.map((item, index) => coerce(item, shape.item(index), options, [...path, String(index)]))
}

/** What was sent for the items of a list: a single empty text, and no file, are none. */
function itemsOf(tree: FieldTree, path: readonly string[]): readonly FieldTree[] {
  if (tree.values.length === 0) {
    return inOrder(tree, path)
  }
  const sent = tree.values.filter((value) => !isNoFile(value))
  return sent.length === 1 && sent[0] === '' ? [] : sent.map((value) => ({ ...emptyTree(), values: [value] }))
}

/** The children of a list by index. Gaps are refused before anything of that length is made. */
function inOrder(tree: FieldTree, path: readonly string[]): readonly FieldTree[] {
  return Array.from({ length: tree.children.size }, (_, index) => {
    const child = tree.children.get(String(index))
    if (child === undefined) {
      throw new HttpError(400, `The items of '${path.join('.')}' are not numbered 0, 1, 2 and so on.`)
    }
    return child
  })
}

function coerceGroup(tree: FieldTree | undefined, shape: GroupShape, options: CoerceOptions, path: readonly string[]): unknown {
  if (tree !== undefined && tree.values.length > 0) {
    return plain(tree, path)
  }
  if (shape.empty !== 'missing' && path.length > 0 && (tree === undefined || isBlankTree(tree))) {
    return shape.empty === 'null' ? null : undefined
  }
  const value: { [key: string]: unknown } = Object.create(null)
  if (path.length > options.maxDepth) {
    return value
  }
  for (const [key, field] of shape.fields) {
    const found = coerce(tree?.children.get(key), field(), options, [...path, key])
    if (found !== undefined) {
      value[key] = found
    }
  }
  for (const [key, child] of shape.rest === undefined ? [] : (tree?.children ?? [])) {
    if (!shape.fields.has(key)) {
      value[key] = coerce(child, shape.rest?.() ?? ANY_SHAPE, options, [...path, key])
    }
  }
  return value
}

/** Whether nothing was typed in any field of a group. */
function isBlankTree(tree: FieldTree): boolean {
  return tree.values.every((value) => value === '' || isNoFile(value)) && [...tree.children.values()].every(isBlankTree)
}

/** The option that fits what was sent: of groups the one that the discriminator or most names speak for, of values the first that can be read. */
function chosen(tree: FieldTree | undefined, shape: UnionShape): Shape {
  const options = shape.options.map((option) => option())
  const best = options.reduce(
    (most, option) => {
      const score = scoreOf(tree, option, shape.discriminator)
      return score > most.score ? { option, score } : most
    },
    { option: options[0] ?? ANY_SHAPE, score: 0 },
  )
  return shape.empty === 'missing' ? best.option : { ...best.option, empty: shape.empty }
}

function scoreOf(tree: FieldTree | undefined, option: Shape, discriminator: string | undefined): number {
  if (tree === undefined) {
    return 0
  }
  if (option.kind === 'list') {
    return tree.values.length > 1 || tree.children.has('0') ? 1 : 0
  }
  if (option.kind !== 'group') {
    const sent = tree.values.at(-1)
    return sent !== undefined && (typeof sent === 'string' ? isReadable(sent, option) : option.kind === 'file') ? 1 : 0
  }
  if (discriminator === undefined) {
    return [...tree.children.keys()].filter((key) => option.fields.has(key)).length
  }
  const field = option.fields.get(discriminator)?.()
  const named = tree.children.get(discriminator)?.values.at(-1)
  return typeof named === 'string' && field !== undefined && isReadable(named, field) ? 1 : 0
}

/** Fields of which no schema speaks: one value as it came, several as a list, groups as objects without a prototype. */
function plain(tree: FieldTree, path: readonly string[]): unknown {
  if (tree.children.size === 0) {
    return tree.values.length > 1 ? tree.values : isNoFile(tree.values[0]) ? undefined : tree.values[0]
  }
  if ([...tree.children.keys()].every((key) => /^(0|[1-9]\d*)$/.test(key))) {
    return inOrder(tree, path).map((child, index) => plain(child, [...path, String(index)]))
  }
  const value: { [key: string]: unknown } = Object.create(null)
  for (const [key, child] of tree.children) {
    value[key] = plain(child, [...path, key])
  }
  return value
}
