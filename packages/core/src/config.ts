/**
 * Resolves one namespace of configuration: layers are merged key by key, the schema checks the result, and every value keeps its
 * source. Precedence, lowest first: schema default, the factory's options, file, environment, `micro(import.meta, { config })`.
 */
import type { ConfigSources, ConfigTree } from './config-sources.ts'
import { coreError } from './core-errors.ts'
import { nearest } from './nearest.ts'
import type { ConfigSchema, StandardIssue, StandardResult } from './standard-schema.ts'

/** One effective value and where it comes from. */
export interface ConfigEntry {
  /** Path from the top: `db.poolSize`. */
  readonly key: string
  /** Environment variable that sets it. */
  readonly variable: string
  /** The value; `•••` for a secret that is set. */
  readonly value: unknown
  readonly source: string
  readonly description: string | undefined
}

/** A namespace, resolved. */
export interface ResolvedConfig {
  /** Deeply frozen. */
  readonly value: unknown
  readonly entries: readonly ConfigEntry[]
}

interface JsonNode {
  readonly type?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: { readonly [key: string]: JsonNode }
  readonly default?: unknown
  readonly description?: string
  readonly writeOnly?: boolean
  readonly minimum?: number
  readonly maximum?: number
}

interface Given {
  readonly path: readonly string[]
  readonly value: unknown
  readonly source: string
}

/**
 * Resolves the namespace `name`, or the top level where `name` is empty.
 * @throws MicroError `MICRO_CONFIG_UNKNOWN`, `MICRO_CONFIG_INVALID`, `MICRO_CONFIG_SCHEMA`.
 */
export function resolveConfig(name: string, schema: ConfigSchema, factoryOptions: object, sources: ConfigSources): ResolvedConfig {
  const json = describe(name, schema)
  const given = new Map<string, Given>()
  collect(factoryOptions as ConfigTree, json, [], name, (path) => `the options given to ${name}({ ${path.join('.')} })`, given)
  const top = name === '' ? [] : [name]
  const below = (tree: ConfigTree): ConfigTree => (name === '' ? pick(tree, json) : subtree(tree, name))
  collect(below(sources.file.values), json, [], name, (path) => sources.file.source([...top, ...path]), given)
  collectEnvironment(name, json, sources, given)
  collect(below(sources.overrides.values), json, [], name, (path) => sources.overrides.source([...top, ...path]), given)
  const result = schema['~standard'].validate(nest(given))
  if (result instanceof Promise) {
    throw coreError('MICRO_CONFIG_SCHEMA', { name, problem: 'validates asynchronously' })
  }
  if (result.issues !== undefined) {
    throw invalid(name, json, given, result.issues[0] as StandardIssue)
  }
  return { value: freeze(result.value), entries: entriesOf(name, json, given, result) }
}

function describe(name: string, schema: ConfigSchema): JsonNode {
  const standard = schema?.['~standard']
  if (standard?.version !== 1 || standard.jsonSchema === undefined) {
    throw coreError('MICRO_CONFIG_SCHEMA', { name, problem: 'does not implement Standard Schema and Standard JSON Schema' })
  }
  return standard.jsonSchema.input({ target: 'draft-2020-12' }) as JsonNode
}

function subtree(tree: ConfigTree, name: string): ConfigTree {
  const value = Object.hasOwn(tree, name) ? tree[name] : undefined
  return isTree(value) ? value : value === undefined ? {} : { '': value }
}

/** The top level's own keys: the others are namespaces. */
function pick(tree: ConfigTree, json: JsonNode): ConfigTree {
  return Object.fromEntries(Object.entries(tree).filter(([key]) => json.properties !== undefined && Object.hasOwn(json.properties, key)))
}

function collect(
  tree: ConfigTree,
  json: JsonNode,
  path: readonly string[],
  name: string,
  source: (path: readonly string[]) => string,
  given: Map<string, Given>,
): void {
  for (const [key, value] of Object.entries(tree)) {
    const here = [...path, key]
    const node = child(json, key)
    if (node === undefined) {
      throw unknown(name, here, source(here), json)
    }
    if (value !== undefined) {
      if (node.properties !== undefined && isTree(value)) {
        collect(value, node, here, name, source, given)
      } else {
        given.set(here.join('.'), { path: here, value, source: source(here) })
      }
    }
  }
}

function collectEnvironment(name: string, json: JsonNode, { environment }: ConfigSources, given: Map<string, Given>): void {
  if (name === '') {
    for (const key of Object.keys(json.properties ?? {})) {
      const entry = environment.get(`MICRO_${screaming(key)}`)
      if (entry !== undefined) {
        given.set(key, { path: [key], value: fromText(entry.value, child(json, key) ?? {}), source: entry.source })
      }
    }
    return
  }
  const prefix = `MICRO_${screaming(name)}__`
  for (const [variable, entry] of environment) {
    if (variable.startsWith(prefix)) {
      const path: string[] = []
      let node: JsonNode = json
      for (const part of variable.slice(prefix.length).split('__')) {
        const key = Object.keys(node.properties ?? {}).find((candidate) => screaming(candidate) === part)
        if (key === undefined) {
          throw unknown(name, [...path, camel(part)], entry.source, node)
        }
        path.push(key)
        node = child(node, key) ?? {}
      }
      given.set(path.join('.'), { path, value: fromText(entry.value, node), source: entry.source })
    }
  }
}

/** An environment variable's text as the type its schema names. A text that does not fit stays one, for the schema to refuse. */
function fromText(text: string, { type }: JsonNode): unknown {
  if (type === 'integer' || type === 'number') {
    return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
  }
  if (type === 'boolean') {
    return /^(1|true|yes|on)$/i.test(text) ? true : /^(0|false|no|off)$/i.test(text) ? false : text
  }
  if (type === 'array') {
    return text.trim() === '' ? [] : text.trim().startsWith('[') ? parsed(text) : text.split(',').map((item) => item.trim())
  }
  return type === 'object' ? parsed(text) : text
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function nest(given: ReadonlyMap<string, Given>): ConfigTree {
  const tree: { [key: string]: unknown } = {}
  for (const { path, value } of given.values()) {
    let node = tree
    for (const key of path.slice(0, -1)) {
      node[key] ??= {}
      node = node[key] as { [key: string]: unknown }
    }
    node[path.at(-1) as string] = value
  }
  return tree
}

function unknown(name: string, path: readonly string[], source: string, json: JsonNode): Error {
  const known = Object.keys(json.properties ?? {})
  const near = nearest(path.at(-1) ?? '', known)
  const key = fullKey(name, path)
  return coreError('MICRO_CONFIG_UNKNOWN', { key, source, hint: near === undefined ? '' : ` Did you mean '${near}'?`, known: known.join(', ') })
}

function invalid(name: string, json: JsonNode, given: ReadonlyMap<string, Given>, issue: StandardIssue): Error {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
  const from = [...given.values()].find((entry) => entry.path.join('.') === path.join('.'))
  const node = path.reduce<JsonNode>((at, key) => child(at, key) ?? {}, json)
  const value = node.writeOnly ? '•••' : from === undefined ? 'nothing' : JSON.stringify(from.value)
  return coreError('MICRO_CONFIG_INVALID', {
    key: fullKey(name, path),
    value,
    source: from?.source ?? 'no source',
    problem: issue.message,
    accepted: accepted(node),
  })
}

/** What a schema node accepts, in words. */
function accepted(node: JsonNode): string {
  if (node.enum !== undefined) {
    return node.enum.join(', ')
  }
  const what = { integer: 'an integer', number: 'a number', boolean: 'true or false', array: 'a list', object: 'an object', string: 'a text' }
  const type = what[node.type as keyof typeof what] ?? 'what the schema says'
  const range = [node.minimum === undefined ? '' : `${node.minimum} or more`, node.maximum === undefined ? '' : `${node.maximum} or less`]
  return [type, ...range.filter((text) => text !== '')].join(', ')
}

function entriesOf(name: string, json: JsonNode, given: ReadonlyMap<string, Given>, result: StandardResult<unknown>): ConfigEntry[] {
  const value = 'value' in result ? result.value : {}
  const entries: ConfigEntry[] = []
  const visit = (node: JsonNode, path: readonly string[], at: unknown): void => {
    for (const [key, property] of Object.entries(node.properties ?? {})) {
      const here = [...path, key]
      const item = isTree(at) ? at[key] : undefined
      if (property.properties !== undefined) {
        visit(property, here, item)
      } else {
        entries.push({
          key: fullKey(name, here),
          variable: `MICRO_${[...(name === '' ? [] : [name]), ...here].map(screaming).join('__')}`,
          value: property.writeOnly && item !== undefined && !(Array.isArray(item) && item.length === 0) ? '•••' : item,
          source: given.get(here.join('.'))?.source ?? 'default',
          description: property.description,
        })
      }
    }
  }
  visit(json, [], value)
  return entries
}

function child(node: JsonNode, key: string): JsonNode | undefined {
  return node.properties !== undefined && Object.hasOwn(node.properties, key) ? node.properties[key] : undefined
}

function fullKey(name: string, path: readonly string[]): string {
  return [...(name === '' ? [] : [name]), ...path].filter((part) => part !== '').join('.')
}

/** `poolSize` as `POOL_SIZE`. */
export function screaming(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
}

function camel(part: string): string {
  return part.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function isTree(value: unknown): value is ConfigTree {
  return typeof value === 'object' && value !== null && (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
}

/** Freezes a value and what it holds. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}
