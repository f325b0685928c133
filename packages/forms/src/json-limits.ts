/** Bounds what a JSON document may hold before a schema sees it: validation costs time for every value, and more for every wrong one. */
import { HttpError } from '@micro/core'
import { longerThan } from './field-tree.ts'
import type { FormLimits } from './forms-config.ts'
import type { Issue } from './issue.ts'
import { type Shape, shapeBelow } from './shape.ts'

interface Visit {
  readonly value: unknown
  readonly shape: Shape | undefined
  readonly key: string | number
  readonly parent: Visit | undefined
  readonly depth: number
}

/**
 * What is too long for its list or its regular expression, by the schema's shape. Whole lists are skipped, not walked.
 * @throws HttpError 400 for a key that reaches a prototype and for a document too deep; 413 for too many values or a text too long.
 */
export function limitValue(value: unknown, shape: Shape, limits: FormLimits): readonly Issue[] {
  const issues: Issue[] = []
  const waiting: Visit[] = [{ value, shape, key: '', parent: undefined, depth: 0 }]
  let count = 0
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    count++
    if (count > limits.maxValues) {
      throw new HttpError(413, `There are more than ${limits.maxValues} values.`)
    }
    const problem = typeof visit.value === 'string' ? textProblem(visit.value, visit.shape, limits) : visitBelow(visit, visit.value, waiting, limits)
    if (problem !== undefined) {
      issues.push({ path: pathOf(visit), message: problem })
    }
  }
  return issues
}

function visitBelow(visit: Visit, value: unknown, waiting: Visit[], limits: FormLimits): string | undefined {
  if (!isContainer(value)) {
    return undefined
  }
  if (visit.depth >= limits.maxJsonDepth) {
    throw new HttpError(400, `The document is nested deeper than ${limits.maxJsonDepth} levels.`)
  }
  const most = Math.max(limits.maxItems, visit.shape?.kind === 'list' ? (visit.shape.rules.maxLength ?? 0) : 0)
  if (Array.isArray(value) && value.length > most) {
    return `Too many items: at most ${most} are accepted.`
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__' || (key === 'prototype' && visit.key === 'constructor')) {
      throw new HttpError(400, 'A key of the document is not accepted: it holds a reserved word.')
    }
    waiting.push({ value: item, shape: visit.shape && shapeBelow(visit.shape, key), key, parent: visit, depth: visit.depth + 1 })
  }
  return undefined
}

function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) {
    return false
  }
  const prototype = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === null || prototype === Object.prototype
}

function textProblem(text: string, shape: Shape | undefined, limits: FormLimits): string | undefined {
  if (longerThan(text, limits.maxValueBytes)) {
    throw new HttpError(413, `A text is longer than ${limits.maxValueBytes} bytes.`)
  }
  const most = Math.max(limits.maxPatternLength, shape?.rules.maxLength ?? 0)
  return shape?.rules.patterns !== undefined && text.length > most ? `Too long: at most ${most} characters are accepted.` : undefined
}

function pathOf(visit: Visit): readonly PropertyKey[] {
  const path: PropertyKey[] = []
  for (let at: Visit | undefined = visit; at?.parent !== undefined; at = at.parent) {
    path.unshift(Array.isArray(at.parent.value) ? Number(at.key) : at.key)
  }
  return path
}
