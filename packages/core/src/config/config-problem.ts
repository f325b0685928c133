/** The errors of configuration: each names the key, where its value comes from, and what is accepted. Secrets are masked. */

import { coreError } from '../errors/core-errors.ts'
import type { MicroError } from '../errors/micro-error.ts'
import { nearest } from '../errors/nearest.ts'
import type { StandardIssue } from '../json/standard-schema.ts'
import { MASK } from '../log/redact.ts'
import { accepted, type ConfigNode, childOf, isSecret } from './config-node.ts'

/** A value that was given for a key. */
export interface GivenValue {
  readonly path: readonly string[]
  readonly value: unknown
  /** Where it comes from, in words. */
  readonly source: string
}

/** `db.poolSize`; the top level has no name. */
export function fullKey(name: string, path: readonly string[]): string {
  return [...(name === '' ? [] : [name]), ...path].join('.')
}

/** The error for a key that nobody has. `known` are those that stand beside it. */
export function unknownKey(key: string, source: string, known: readonly string[]): MicroError {
  const near = nearest(key.slice(key.lastIndexOf('.') + 1), known)
  return coreError('MICRO_CONFIG_UNKNOWN', {
    key,
    source,
    hint: near === undefined ? '' : ` Did you mean '${near}'?`,
    known: known.join(', ') || 'none',
  })
}

/** The error for a value that its schema refuses. */
export function invalidValue(name: string, schema: ConfigNode, given: readonly GivenValue[], issue: StandardIssue): MicroError {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
  // An issue may lie inside of a value, such as an item of a list.
  const [from] = given
    .filter((entry) => entry.path.every((key, index) => path[index] === key))
    .sort((one, other) => other.path.length - one.path.length)
  const nodes: ConfigNode[] = [schema]
  for (const key of path) {
    const next = childOf(nodes.at(-1) as ConfigNode, key)
    if (next === undefined) {
      break
    }
    nodes.push(next)
  }
  const node = nodes.at(-1) as ConfigNode
  const secret = nodes.some((each) => each.writeOnly === true) || isSecret(node)
  return coreError('MICRO_CONFIG_INVALID', {
    key: fullKey(name, path) || 'configuration',
    value: from === undefined ? 'nothing' : secret ? MASK : print(from.value),
    source: from?.source ?? 'no source',
    problem: issue.message,
    accepted: accepted(node),
  })
}

function print(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return typeof value
  }
}
