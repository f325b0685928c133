/** From what a client sent to what the schema makes of it. */
import type { Context, StandardIssue, StandardResult } from '@micro/core'
import { coerce } from './coerce.ts'
import type { CompiledSchema } from './compiled-schema.ts'
import { namingKey } from './field-name.ts'
import { emptyTree, type Fields, gatherFields } from './field-tree.ts'
import type { FormLimits } from './forms-config.ts'
import { type Issue, issuesOf, MOST_ISSUES, pathOf } from './issue.ts'
import { limitValue } from './json-limits.ts'
import { NOT_ACCEPTED, plainMessage } from './plain-message.ts'
import type { ReadBody } from './read-body.ts'
import { repeatsValue } from './repeated-value.ts'
import { isSecret } from './secret-field.ts'
import { ANY_SHAPE, shapeAt } from './shape.ts'
import { valueAt } from './show-value.ts'

/** A value that the schema accepts, or what is wrong with it. */
export type Outcome<O> = { readonly ok: true; readonly data: O } | { readonly ok: false; readonly issues: readonly Issue[] }

/** A value at once, or a promise of it: a promise only where a schema or a check of its author gives one. */
export type Soon<T> = T | Promise<T>

/** Holds a body against a schema. */
export function checkBody<O>(body: ReadBody, schema: CompiledSchema<O>, limits: FormLimits): Soon<Outcome<O>> {
  if (body.kind === 'value') {
    return check(body.value, schema, limits, (issue) => issue.message)
  }
  const value = coerce(body.fields.tree, schema.shape, { absentIsOff: true, duplicates: limits.duplicates, maxDepth: limits.maxDepth })
  return check(value, schema, limits, (issue) => plainMessage(issue, shapeAt(schema.shape, pathOf(issue).map(String))))
}

/** Holds the query of a request against a schema. */
export function checkQuery<O>(ctx: Context, schema: CompiledSchema<O>, limits: FormLimits): Soon<Outcome<O>> {
  return checkFields(gatherFields(ctx.query, limits, 414), schema, limits)
}

/** Holds the params of the route against a schema. Those that a converter has read are taken as they are. */
export function checkParams<O>(ctx: Context, schema: CompiledSchema<O>, limits: FormLimits): Soon<Outcome<O>> {
  const tree = emptyTree()
  for (const [name, value] of Object.entries(ctx.params)) {
    tree.children.set(name, { ...emptyTree(), values: [value] })
  }
  return checkFields({ tree, texts: new Map() }, schema, limits)
}

function checkFields<O>(fields: Fields, schema: CompiledSchema<O>, limits: FormLimits): Soon<Outcome<O>> {
  const value = coerce(fields.tree, schema.shape, { absentIsOff: false, duplicates: limits.duplicates, maxDepth: limits.maxDepth })
  return check(value, schema, limits, (issue) => issue.message)
}

function check<O>(value: unknown, schema: CompiledSchema<O>, limits: FormLimits, say: (issue: StandardIssue) => string): Soon<Outcome<O>> {
  const issues = limitValue(value, schema, limits)
  if (issues.length > 0) {
    return { ok: false, issues: issues.slice(0, MOST_ISSUES) }
  }
  const result = schema.validate(value)
  const told = schema.isZod ? say : discreetly(value, schema, say)
  return isPromise(result) ? result.then((settled) => outcomeOf(settled, told)) : outcomeOf(result, told)
}

/** Other libraries print what was sent in their messages, and of a secret even its length is too much. */
function discreetly(value: unknown, schema: CompiledSchema<unknown>, say: (issue: StandardIssue) => string): typeof say {
  return (issue) => {
    const keys = pathOf(issue).map(String)
    const isTold = isSecret(shapeAt(schema.shape, keys) ?? ANY_SHAPE, namingKey(keys)) || repeatsValue(issue.message, valueAt(value, keys))
    return isTold ? NOT_ACCEPTED : say(issue)
  }
}

function outcomeOf<O>(result: StandardResult<O>, say: (issue: StandardIssue) => string): Outcome<O> {
  return result.issues === undefined ? { ok: true, data: result.value } : { ok: false, issues: issuesOf(result.issues, say) }
}

/** Whether a value must be waited for. */
export function isPromise<T>(value: Soon<T>): value is Promise<T> {
  return value instanceof Promise || (typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function')
}
