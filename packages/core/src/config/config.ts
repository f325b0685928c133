/**
 * Resolves one namespace of configuration: layers are merged key by key, the schema checks the result, and every value keeps its
 * source. Precedence, lowest first: schema default, the factory's options, file, environment, `micro(import.meta, { config })`.
 */

import { coreError } from '../errors/core-errors.ts'
import { isThenable } from '../hooks/thenable.ts'
import type { ConfigSchema, StandardIssue } from '../json/standard-schema.ts'
import { MASK } from '../log/redact.ts'
import { type ConfigNode, childOf, describeSchema } from './config-node.ts'
import { fullKey, type GivenValue, invalidValue, unknownKey } from './config-problem.ts'
import type { ConfigLayer, ConfigSources, ConfigTree } from './config-sources.ts'
import { camel, fromText, frozenCopy, isTree, screaming } from './config-value.ts'

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
  /** Whether the key is deprecated. */
  readonly deprecated: boolean
}

/** The source of a value that nobody has given. */
export const DEFAULT_SOURCE = 'default'

/** A namespace, resolved. */
export interface ResolvedConfig {
  /** Deeply frozen. */
  readonly value: unknown
  readonly entries: readonly ConfigEntry[]
  /** The texts that secret keys hold. */
  readonly secrets: readonly string[]
}

/**
 * Resolves the namespace `name`, or the top level where `name` is empty.
 * @throws MicroError `MICRO_CONFIG_UNKNOWN`, `MICRO_CONFIG_INVALID`, `MICRO_CONFIG_SCHEMA`.
 */
export function resolveConfig(
  name: string,
  schema: ConfigSchema,
  factoryOptions: object,
  sources: ConfigSources,
  sourceOfOptions = (path: readonly string[]): string => `the options given to ${name}({ ${path.join('.')} })`,
): ResolvedConfig {
  const collected = new Collected(name, describeSchema(name, schema))
  collected.addTree(factoryOptions as ConfigTree, sourceOfOptions)
  collected.addLayer(sources.file)
  collected.addEnvironment(sources.environment)
  collected.addLayer(sources.overrides)
  const result = schema['~standard'].validate(collected.tree())
  if (isThenable(result)) {
    result.then(undefined, () => undefined)
    throw coreError('MICRO_CONFIG_SCHEMA', { name, problem: 'validates asynchronously' })
  }
  if (result.issues !== undefined) {
    throw invalidValue(name, collected.node, collected.values, result.issues[0] as StandardIssue)
  }
  return { value: frozenCopy(result.value), entries: collected.entries(result.value), secrets: collected.secrets(result.value) }
}

/** The values given for one namespace, by path; a later one takes the place of an earlier one. */
class Collected {
  readonly node: ConfigNode
  readonly #name: string
  readonly #given: Map<string, GivenValue> = new Map()

  constructor(name: string, node: ConfigNode) {
    this.#name = name
    this.node = node
  }

  get values(): readonly GivenValue[] {
    return [...this.#given.values()]
  }

  /** The namespace's part of a layer. At the top level only its own keys: the others are namespaces. */
  addLayer(layer: ConfigLayer): void {
    const name = this.#name
    if (name === '') {
      const own = Object.entries(layer.values).filter(([key]) => childOf(this.node, key) !== undefined)
      this.addTree(Object.fromEntries(own), (path) => layer.source(path))
    } else if (Object.hasOwn(layer.values, name) && layer.values[name] !== undefined) {
      const value = layer.values[name]
      const source = (path: readonly string[]): string => layer.source([name, ...path])
      if (!isTree(value)) {
        const issue = { message: 'it must be an object with the keys of this namespace' }
        throw invalidValue(name, { ...this.node, type: 'object' }, [{ path: [], value, source: source([]) }], issue)
      }
      this.addTree(value, source)
    }
  }

  addTree(tree: ConfigTree, source: (path: readonly string[]) => string): void {
    for (const [key, value] of Object.entries(tree)) {
      const node = childOf(this.node, key)
      if (node === undefined) {
        throw this.#unknown([key], source([key]), this.node)
      }
      this.#add([key], value, node, source)
    }
  }

  addEnvironment(environment: ConfigSources['environment']): void {
    if (this.#name === '') {
      for (const key of Object.keys(this.node.properties ?? {})) {
        const entry = environment.get(`MICRO_${screaming(key)}`)
        const node = childOf(this.node, key) as ConfigNode
        if (entry !== undefined) {
          this.#add([key], fromText(entry.value, node), node, () => entry.source)
        }
      }
      return
    }
    const prefix = `MICRO_${screaming(this.#name)}__`
    for (const [variable, entry] of environment) {
      if (variable.startsWith(prefix)) {
        const { path, node } = this.#locate(variable.slice(prefix.length).split('__'), entry.source)
        this.#add(path, fromText(entry.value, node), node, () => entry.source)
      }
    }
  }

  /** The values as one object, for the schema. */
  tree(): ConfigTree {
    const tree: { [key: string]: unknown } = {}
    for (const { path, value } of this.#given.values()) {
      let at = tree
      for (const key of path.slice(0, -1)) {
        at[key] ??= {}
        at = at[key] as { [key: string]: unknown }
      }
      at[path.at(-1) as string] = value
    }
    return tree
  }

  /** Every key of the schema with its effective value. */
  entries(output: unknown): readonly ConfigEntry[] {
    const entries: ConfigEntry[] = []
    const visit = (node: ConfigNode, path: readonly string[], at: unknown): void => {
      for (const [key, property] of Object.entries(node.properties ?? {})) {
        const here = [...path, key]
        const item = isTree(at) ? at[key] : undefined
        if (property.properties === undefined) {
          entries.push(this.#entry(here, property, item))
        } else {
          visit(property, here, item)
        }
      }
    }
    visit(this.node, [], output)
    return entries
  }

  /** The texts that the schema's secret keys hold. */
  secrets(output: unknown): readonly string[] {
    const found: string[] = []
    const visit = (node: ConfigNode, at: unknown, isSecret: boolean): void => {
      if (typeof at === 'string' && isSecret) {
        found.push(at, ...passwordIn(at))
      } else if (typeof at === 'object' && at !== null) {
        for (const [key, item] of Object.entries(at)) {
          visit(childOf(node, key) ?? {}, item, isSecret || childOf(node, key)?.writeOnly === true)
        }
      }
    }
    visit(this.node, output, false)
    return found
  }

  #entry(path: readonly string[], node: ConfigNode, value: unknown): ConfigEntry {
    const isSet = value !== undefined && !(Array.isArray(value) && value.length === 0)
    const names = this.#name === '' ? path : [this.#name, ...path]
    return {
      key: fullKey(this.#name, path),
      variable: `MICRO_${names.map(screaming).join('__')}`,
      value: node.writeOnly === true && isSet ? MASK : frozenCopy(value),
      source: this.#given.get(path.join('.'))?.source ?? DEFAULT_SOURCE,
      description: node.description,
      deprecated: node.deprecated === true,
    }
  }

  #add(path: readonly string[], value: unknown, node: ConfigNode, source: (path: readonly string[]) => string): void {
    if (value === undefined) {
      return
    }
    const { properties } = node
    if (properties === undefined || !isTree(value)) {
      this.#replace(path, { path, value, source: source(path) })
      return
    }
    for (const [key, item] of Object.entries(value)) {
      const here = [...path, key]
      const inner = childOf(node, key)
      if (inner === undefined) {
        throw this.#unknown(here, source(here), node)
      }
      this.#add(here, item, inner, source)
    }
  }

  /** Takes the place of what was given for the key, above it or below it. */
  #replace(path: readonly string[], given: GivenValue): void {
    const key = path.join('.')
    for (const other of this.#given.keys()) {
      if (other.startsWith(`${key}.`) || key.startsWith(`${other}.`)) {
        this.#given.delete(other)
      }
    }
    this.#given.set(key, given)
  }

  #locate(parts: readonly string[], source: string): { readonly path: readonly string[]; readonly node: ConfigNode } {
    const path: string[] = []
    let node = this.node
    for (const part of parts) {
      const key = Object.keys(node.properties ?? {}).find((candidate) => screaming(candidate) === part)
      if (key === undefined) {
        throw this.#unknown([...path, camel(part)], source, node)
      }
      path.push(key)
      node = childOf(node, key) as ConfigNode
    }
    return { path, node }
  }

  #unknown(path: readonly string[], source: string, beside: ConfigNode): Error {
    return unknownKey(fullKey(this.#name, path), source, Object.keys(beside.properties ?? {}))
  }
}

/** The password of a URL, as it stands there and as drivers decode it: they print it apart from the rest. */
function passwordIn(text: string): readonly string[] {
  const password = URL.parse(text)?.password ?? ''
  return password === '' ? [] : [password, password.replace(/(?:%[0-9a-f]{2})+/gi, decoded)]
}

function decoded(escaped: string): string {
  return new TextDecoder().decode(Uint8Array.from(escaped.slice(1).split('%'), (code) => Number.parseInt(code, 16)))
}
