/**
 * Finds the route of a path: a map for paths without params, then a tree of segments. Literals win over params whatever the order
 * of registration, typed params over plain ones; a branch that does not match is left again.
 */
import { routineError } from './http-error.ts'
import type { PathPattern, Segment } from './path-pattern.ts'

/** What the router needs to know of a route. */
export interface Routable {
  readonly methods: readonly string[]
  readonly pattern: PathPattern
}

/** The routes of one path, by method. */
class Leaf<R extends Routable> {
  readonly routes: Map<string, Found<R>> = new Map()

  find(method: string): Found<R> | undefined {
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

/** A path that was found. */
export interface Found<R extends Routable> {
  /** The route; null where the path has routes, but none for the method. */
  readonly route: R | null
  /** Values of its params, in order. */
  readonly values: readonly unknown[]
  /** Value of `Allow` where there is no route. */
  readonly allow: string
}

const NO_VALUES: readonly unknown[] = Object.freeze([])

/** The routes of an app. */
export class Router<R extends Routable> {
  readonly #statics: Map<string, Leaf<R>> = new Map()
  readonly #root: Node<R> = new Node()

  /** Adds a route; `taken` is called with the one that answers the same method and path already. */
  add(route: R, taken: (other: R, method: string) => void): void {
    const leaf = this.#leafFor(route.pattern)
    for (const method of route.methods) {
      const other = leaf.routes.get(method)
      if (other !== undefined) {
        taken(other.route as R, method)
      }
      leaf.routes.set(method, { route, values: NO_VALUES, allow: '' })
    }
  }

  /**
   * Finds the route of a path, as it was sent, for a method: a path that only has routes for other methods is left for another one
   * that matches too. Null where no path matches. @throws HttpError 400 for broken percent-encoding.
   */
  find(path: string, method: string): Found<R> | null {
    const found = this.#statics.get(path)?.find(method)
    if (found !== undefined) {
      return found
    }
    const isEncoded = path.includes('%')
    if (isEncoded) {
      checkEncoding(path)
    }
    const search: Search<R> = { path, method, isEncoded, values: [], others: null }
    const route = walk(search, this.#root, 1)
    if (route !== null) {
      return { route, values: search.values, allow: '' }
    }
    return search.others === null ? null : { route: null, values: NO_VALUES, allow: allowOf(search.others) }
  }

  #leafFor(pattern: PathPattern): Leaf<R> {
    let node = this.#root
    for (const segment of pattern.segments) {
      node = segment.kind === 'literal' ? literal(node, segment.text) : param(node, segment)
    }
    node.leaf ??= new Leaf()
    if (pattern.names.length === 0) {
      this.#statics.set(pattern.path, node.leaf)
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

interface Search<R extends Routable> {
  readonly path: string
  readonly method: string
  readonly isEncoded: boolean
  readonly values: unknown[]
  /** Paths that match, but have no route for the method. */
  others: Leaf<R>[] | null
}

function walk<R extends Routable>(search: Search<R>, node: Node<R>, from: number): R | null {
  const { path, isEncoded, values } = search
  if (from > path.length) {
    return arrive(search, node)
  }
  const slash = path.indexOf('/', from)
  const end = slash < 0 ? path.length : slash
  const raw = path.slice(from, end)
  const text = isEncoded ? decodeURIComponent(raw) : raw
  const next = node.literals.get(text)
  if (next !== undefined) {
    const route = walk(search, next, end + 1)
    if (route !== null) {
      return route
    }
  }
  for (const { segment, node: child } of node.params) {
    const part = segment.rest ? restOf(path.slice(from), isEncoded) : text
    const value = part === '' ? undefined : segment.converter.parse(part, segment.args)
    if (value !== undefined) {
      values.push(value)
      const route = segment.rest ? arrive(search, child) : walk(search, child, end + 1)
      if (route !== null) {
        return route
      }
      values.pop()
    }
  }
  return null
}

function arrive<R extends Routable>(search: Search<R>, { leaf }: Node<R>): R | null {
  if (leaf === null) {
    return null
  }
  const found = leaf.find(search.method)
  if (found !== undefined) {
    return found.route
  }
  search.others ??= []
  search.others.push(leaf)
  return null
}

/** GET brings HEAD, and OPTIONS is answered by itself. */
function allowOf(leaves: readonly Leaf<Routable>[]): string {
  const methods = new Set(leaves.flatMap((leaf) => [...leaf.routes.keys()]))
  if (methods.has('GET')) {
    methods.add('HEAD')
  }
  methods.add('OPTIONS')
  return [...methods].sort().join(', ')
}

function restOf(text: string, isEncoded: boolean): string {
  return isEncoded ? decodeURIComponent(text) : text
}

function checkEncoding(path: string): void {
  try {
    decodeURIComponent(path)
  } catch {
    throw routineError(400, 'The path holds broken percent-encoding.')
  }
}
