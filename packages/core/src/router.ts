/**
 * Finds the route of a path: a map for paths without params, then a tree of segments. Literals win over params whatever the order
 * of registration, typed params over plain ones; a branch that does not match is left again.
 */
import { HttpError } from './http-error.ts'
import type { PathPattern, Segment } from './path-pattern.ts'

/** What the router needs to know of a route. */
export interface Routable {
  readonly methods: readonly string[]
  readonly pattern: PathPattern
}

/** The routes of one path, by method. */
export class Leaf<R extends Routable> {
  readonly routes: Map<string, R> = new Map()
  /** Value of `Allow`: GET brings HEAD, and OPTIONS is answered by itself. */
  get allow(): string {
    const methods = new Set(this.routes.keys())
    if (methods.has('GET')) {
      methods.add('HEAD')
    }
    methods.add('OPTIONS')
    return [...methods].sort().join(', ')
  }

  find(method: string): R | undefined {
    return this.routes.get(method) ?? (method === 'HEAD' ? this.routes.get('GET') : undefined) ?? this.routes.get('*')
  }
}

interface Edge<R extends Routable> {
  readonly key: string
  readonly segment: Extract<Segment, { kind: 'param' }>
  readonly node: Node<R>
}

class Node<R extends Routable> {
  leaf: Leaf<R> | null = null
  readonly literals: Map<string, Node<R>> = new Map()
  readonly params: Edge<R>[] = []
}

/** A path that was found: its leaf, and the values of its params in order. */
export interface Found<R extends Routable> {
  readonly leaf: Leaf<R>
  readonly values: readonly unknown[]
}

const NO_VALUES: readonly unknown[] = Object.freeze([])

/** The routes of an app. */
export class Router<R extends Routable> {
  readonly #statics: Map<string, Found<R>> = new Map()
  readonly #root: Node<R> = new Node()

  /** Adds a route; `taken` is called with the one that answers the same method and path already. */
  add(route: R, taken: (other: R, method: string) => void): void {
    const leaf = this.#leafFor(route.pattern)
    for (const method of route.methods) {
      const other = leaf.routes.get(method)
      if (other !== undefined) {
        taken(other, method)
      }
      leaf.routes.set(method, route)
    }
  }

  /** Finds the path, as it was sent: `null` where there is none. @throws HttpError 400 for broken percent-encoding. */
  find(path: string): Found<R> | null {
    const found = this.#statics.get(path)
    if (found !== undefined) {
      return found
    }
    const values: unknown[] = []
    const leaf = walk(this.#root, path, 1, path.includes('%'), values)
    return leaf === null ? null : { leaf, values }
  }

  #leafFor(pattern: PathPattern): Leaf<R> {
    let node = this.#root
    for (const segment of pattern.segments) {
      node = segment.kind === 'literal' ? literal(node, segment.text) : param(node, segment)
    }
    node.leaf ??= new Leaf()
    if (pattern.names.length === 0) {
      this.#statics.set(pattern.path, { leaf: node.leaf, values: NO_VALUES })
    }
    return node.leaf
  }
}

function literal<R extends Routable>(node: Node<R>, text: string): Node<R> {
  const known = node.literals.get(text)
  if (known !== undefined) {
    return known
  }
  const made = new Node<R>()
  node.literals.set(text, made)
  return made
}

function param<R extends Routable>(node: Node<R>, segment: Extract<Segment, { kind: 'param' }>): Node<R> {
  const key = `${segment.converterName}(${segment.args.join(',')})`
  const known = node.params.find((edge) => edge.key === key)
  if (known !== undefined) {
    return known.node
  }
  const edge = { key, segment, node: new Node<R>() }
  node.params.push(edge)
  // Typed params first, then plain ones, then the rest of the path.
  node.params.sort((one, other) => rank(one.segment) - rank(other.segment))
  return edge.node
}

function rank(segment: Extract<Segment, { kind: 'param' }>): number {
  return segment.rest ? 3 : segment.converterName === 'string' ? (segment.args.length > 0 ? 1 : 2) : 0
}

function walk<R extends Routable>(node: Node<R>, path: string, from: number, encoded: boolean, values: unknown[]): Leaf<R> | null {
  if (from > path.length) {
    return node.leaf
  }
  const slash = path.indexOf('/', from)
  const end = slash < 0 ? path.length : slash
  const raw = path.slice(from, end)
  const text = encoded ? decode(raw) : raw
  const next = node.literals.get(text)
  if (next !== undefined) {
    const leaf = walk(next, path, end + 1, encoded, values)
    if (leaf !== null) {
      return leaf
    }
  }
  for (const { segment, node: child } of node.params) {
    const part = segment.rest ? (encoded ? path.slice(from).split('/').map(decode).join('/') : path.slice(from)) : text
    const value = part === '' ? undefined : segment.converter.parse(part, segment.args)
    if (value !== undefined) {
      values.push(value)
      const leaf = segment.rest ? child.leaf : walk(child, path, end + 1, encoded, values)
      if (leaf !== null) {
        return leaf
      }
      values.pop()
    }
  }
  return null
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new HttpError(400, 'The path holds broken percent-encoding.')
  }
}
