/** The JSON Schema of a configuration namespace, as far as configuration reads it. */
import { coreError } from '../errors/core-errors.ts'
import type { ConfigSchema } from '../json/standard-schema.ts'

/** One schema node: a group of options, or one option. */
export interface ConfigNode {
  readonly type?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: { readonly [key: string]: ConfigNode }
  readonly default?: unknown
  readonly description?: string
  readonly writeOnly?: boolean
  readonly deprecated?: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
}

/** The schema's description of what it accepts. @throws MicroError `MICRO_CONFIG_SCHEMA` where it cannot describe itself. */
export function describeSchema(name: string, schema: ConfigSchema): ConfigNode {
  const standard = schema?.['~standard']
  if (standard?.version !== 1 || standard.jsonSchema === undefined) {
    throw coreError('MICRO_CONFIG_SCHEMA', { name, problem: 'does not implement Standard Schema and Standard JSON Schema' })
  }
  return standard.jsonSchema.input({ target: 'draft-2020-12' }) as ConfigNode
}

/** The node of a key, or undefined where the schema knows none. */
export function childOf(node: ConfigNode, key: string): ConfigNode | undefined {
  return node.properties !== undefined && Object.hasOwn(node.properties, key) ? node.properties[key] : undefined
}

/** Whether a value of this node may hold a secret: by itself, or in what lies below it. */
export function isSecret(node: ConfigNode): boolean {
  return node.writeOnly === true || Object.values(node.properties ?? {}).some(isSecret)
}

const KINDS: { readonly [type: string]: string } = {
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  string: 'a text',
}

/** What a node accepts, in words. */
export function accepted(node: ConfigNode): string {
  if (node.enum !== undefined) {
    return node.enum.join(', ')
  }
  const kind = (typeof node.type === 'string' ? KINDS[node.type] : undefined) ?? 'what the schema says'
  const limits = [
    node.minimum === undefined ? [] : [`${node.minimum} or more`],
    node.maximum === undefined ? [] : [`${node.maximum} or less`],
    node.minLength === undefined ? [] : [`${node.minLength} characters or more`],
  ]
  return [kind, ...limits.flat()].join(', ')
}
