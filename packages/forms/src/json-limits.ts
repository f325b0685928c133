/** Bounds what a JSON document may hold before a schema sees it: validation costs time for every value, and more for every wrong one. */
import { HttpError } from '@micro/core'
import { longerThan } from './field-tree.ts'
import type { FormLimits } from './forms-config.ts'
import type { Issue } from './issue.ts'
import { type Shape, shapeBelow } from './shape.ts'

/** A walk through one document. `path` leads to the value at hand. */
interface Walk {
  readonly limits: FormLimits
  readonly path: PropertyKey[]
  readonly issues: Issue[]
  count: number
}

/**
 * What is too long for its list or its regular expression, by the schema's shape. Whole lists are skipped, not walked.
 * @throws HttpError 400 for a key that reaches a prototype and for a document too deep; 413 for too many values or a text too long.
 */
export function limitValue(value: unknown, schema: { readonly shape: Shape }, limits: FormLimits): readonly Issue[] {
  if (countPlain(value, limits) <= limits.maxValues) {
    return NONE
  }
  const walk: Walk = { limits, path: [], issues: [], count: 0 }
  visit(value, schema.shape, walk)
  return walk.issues
}

const NONE: readonly Issue[] = []

/**
 * How many values a document holds, or Infinity where it comes near any other limit. Most documents are far from all of them: those
 * are counted, and neither their places nor their schema looked up.
 */
function countPlain(value: unknown, limits: FormLimits): number {
  const longest = Math.min(limits.maxPatternLength, limits.maxValueBytes / 3)
  if (typeof value === 'object' && value !== null) {
    return countBelow(value, limits, longest, 0, false)
  }
  return isLong(value, longest) ? Infinity : 1
}

/** `longest` is how long a text may be without a closer look, in UTF-16 units. */
function countBelow(value: object, limits: FormLimits, longest: number, depth: number, isConstructor: boolean): number {
  let count = 1
  if (Array.isArray(value)) {
    if (depth >= limits.maxJsonDepth || value.length > limits.maxItems) {
      return Infinity
    }
    for (let index = 0; index < value.length && count <= limits.maxValues; index++) {
      const item: unknown = value[index]
      if (typeof item === 'object' && item !== null) {
        count += countBelow(item, limits, longest, depth + 1, false)
      } else {
        count += isLong(item, longest) ? Infinity : 1
      }
    }
  } else {
    if (depth >= limits.maxJsonDepth) {
      return Infinity
    }
    // Objects of classes are counted like others here: the closer look leaves them out.
    for (const key in value) {
      if (key === '__proto__' || (isConstructor && key === 'prototype') || count > limits.maxValues) {
        return Infinity
      }
      const item = (value as { readonly [key: string]: unknown })[key]
      if (typeof item === 'object' && item !== null) {
        count += countBelow(item, limits, longest, depth + 1, key === 'constructor')
      } else {
        count += isLong(item, longest) ? Infinity : 1
      }
    }
  }
  return count
}

function isLong(value: unknown, longest: number): boolean {
  return typeof value === 'string' && value.length > longest
}

function visit(value: unknown, shape: Shape | undefined, walk: Walk): void {
  walk.count++
  if (walk.count > walk.limits.maxValues) {
    throw new HttpError(413, `There are more than ${walk.limits.maxValues} values.`)
  }
  // Numbers and the like have no bound here, and are counted alone.
  if (typeof value === 'string') {
    visitText(value, shape, walk)
  } else if (Array.isArray(value)) {
    visitList(value, shape, walk)
  } else if (isRecord(value)) {
    enter(walk)
    for (const key of Object.keys(value)) {
      if (key === '__proto__' || (key === 'prototype' && walk.path.at(-1) === 'constructor')) {
        throw new HttpError(400, 'A key of the document is not accepted: it holds a reserved word.')
      }
      walk.path.push(key)
      visit(value[key], shape === undefined ? undefined : shapeBelow(shape, key), walk)
      walk.path.pop()
    }
  }
}

function visitList(list: readonly unknown[], shape: Shape | undefined, walk: Walk): void {
  const most = Math.max(walk.limits.maxItems, shape?.kind === 'list' ? (shape.rules.maxLength ?? 0) : 0)
  if (list.length > most) {
    complain(walk, `Too many items: at most ${most} are accepted.`)
    return
  }
  enter(walk)
  for (let index = 0; index < list.length; index++) {
    walk.path.push(index)
    visit(list[index], shape?.kind === 'list' ? shape.item(index) : shape && shapeBelow(shape, String(index)), walk)
    walk.path.pop()
  }
}

function visitText(text: string, shape: Shape | undefined, walk: Walk): void {
  const { maxValueBytes, maxPatternLength } = walk.limits
  if (longerThan(text, maxValueBytes)) {
    throw new HttpError(413, `A text is longer than ${maxValueBytes} bytes.`)
  }
  const most = Math.max(maxPatternLength, shape?.rules.maxLength ?? 0)
  if (text.length > most && shape?.rules.patterns !== undefined) {
    complain(walk, `Too long: at most ${most} characters are accepted.`)
  }
}

function enter({ path, limits }: Walk): void {
  if (path.length >= limits.maxJsonDepth) {
    throw new HttpError(400, `The document is nested deeper than ${limits.maxJsonDepth} levels.`)
  }
}

function complain(walk: Walk, message: string): void {
  walk.issues.push({ path: [...walk.path], message })
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== 'object' || value === null) {
    return false
  }
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
