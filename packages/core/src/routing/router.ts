/**
 * Finds the route of a path: a map for paths without params, then a tree of segments. Literals win over params whatever the order
 * of registration, params by the weight of their converters; a branch that does not match is left again.
 */
import { routineError } from '../http/http-error.ts'
import { isSameParam, type ParamSegment, weightOf } from './param-segment.ts'
import type { PathPattern } from './path-pattern.ts'

/** What the router needs to know of a route. */
export interface Routable {
  readonly methods: readonly string[]
  readonly pattern: PathPattern
}

/** The routes of one path, by method. */
class Leaf<R extends Routable> {
  readonly routes: Map<string, Found<R>> = new Map()
  /** What answers where none of `routes` does; unknown to `at`. */
  readonly spare: Map<string, Found<R>> = new Map()

  find(method: string): Found<R> | undefined {
    return (
      this.routes.get(method) ??
      (method === 'HEAD' ? this.routes.get('GET') : undefined) ??
      this.routes.get('*') ??
      (this.spare.size === 0 ? undefined : (this.spare.get(method === 'HEAD' ? 'GET' : method) ?? this.spare.get('*')))
    )
  }
}

interface Edge<R extends Routable> {
  readonly segment: ParamSegment
  readonly node: Node<R>
}

/** From so many literals on, the one that matches is looked up: comparing with each would take longer. */
const MANY = 6

class Node<R extends Routable> {
  leaf: Leaf<R> | null = null
  readonly literals: LiteralEdge<R>[] = []
  /** The literals once more, where they are many. */
  byText: Map<string, Node<R>> | null = null
  readonly params: Edge<R>[] = []

  /** The literal between two places of a text. */
  literal(text: string, from: number, end: number): Node<R> | undefined {
    if (this.byText !== null) {
      return this.byText.get(text.slice(from, end))
    }
    const { literals } = this
    for (let index = 0; index < literals.length; index++) {
      const edge = literals[index] as LiteralEdge<R>
      if (edge.text.length === end - from && text.startsWith(edge.text, from)) {
        return edge.node
      }
    }
    return undefined
  }
}

interface LiteralEdge<R extends Routable> {
  readonly text: string
  readonly node: Node<R>
}

/** A route that was found. */
export interface Found<R> {
  readonly route: R
  /** Values of its params, in order. */
  readonly values: readonly unknown[]
}

const NO_VALUES: readonly unknown[] = Object.freeze([])

/** The routes of an app, or of one of its hosts. */
export class Router<R extends Routable> {
  readonly #statics: Map<string, Leaf<R>> = new Map()
  /** Which shapes the paths in `#statics` have: to look up one that is not there costs more than all the rest. */
  readonly #shapes: Uint8Array = new Uint8Array(SHAPES)
  readonly #root: Node<R> = new Node()

  /** Adds a route; `taken` is called with the one that answers the same method and path already. */
  add(route: R, taken: (other: R, method: string) => void): void {
    const { routes } = this.#leafFor(route.pattern)
    for (const method of route.methods) {
      const other = routes.get(method)
      if (other !== undefined) {
        taken(other.route, method)
      }
      routes.set(method, { route, values: NO_VALUES })
    }
  }

  /** Lets a route answer another path too, for the methods that no route of that path answers. */
  addBeside(route: R, pattern: PathPattern): void {
    const { routes } = this.#leafFor(pattern)
    for (const method of route.methods) {
      if (!routes.has(method)) {
        routes.set(method, { route, values: NO_VALUES })
      }
    }
  }

  /** Adds what answers where no route of the very path does. It counts for nothing in `at`. */
  addSpare(route: R): void {
    const { spare } = this.#leafFor(route.pattern)
    for (const method of route.methods) {
      spare.set(method, { route, values: NO_VALUES })
    }
  }

  /**
   * Finds the route of a path, as it was sent, for a method: a path that only has routes for other methods is left for another one
   * that matches too. @throws HttpError 400 for broken percent-encoding.
   */
  find(path: string, method: string): Found<R> | null {
    const found = this.#shapes[shapeOf(path)] === 0 ? undefined : this.#statics.get(path)?.find(method)
    if (found !== undefined) {
      return found
    }
    const search: Search<R> = { path, method, isEncoded: isEncoded(path), values: [], seen: null }
    const route = walk(search, this.#root, 1)
    return route === null ? null : { route, values: search.values }
  }

  /** The routes of a path, whatever their methods. */
  at(path: string): readonly R[] {
    const seen: R[] = []
    walk({ path, method: '', isEncoded: isEncoded(path), values: [], seen }, this.#root, 1)
    return seen
  }

  #leafFor(pattern: PathPattern): Leaf<R> {
    let node = this.#root
    for (const segment of pattern.segments) {
      node = segment.kind === 'literal' ? literal(node, segment.text) : param(node, segment)
    }
    node.leaf ??= new Leaf()
    if (pattern.names.length === 0) {
      this.#statics.set(pattern.path, node.leaf)
      this.#shapes[shapeOf(pattern.path)] = 1
    }
    return node.leaf
  }
}

const SHAPES = 4096

/** Length and last character of a path, as far as there is room for them. */
function shapeOf(path: string): number {
  return ((path.length & 31) << 7) | (path.charCodeAt(path.length - 1) & 127)
}

function literal<R extends Routable>(node: Node<R>, text: string): Node<R> {
  const known = node.literal(text, 0, text.length)
  if (known !== undefined) {
    return known
  }
  const made = new Node<R>()
  node.literals.push({ text, node: made })
  if (node.literals.length === MANY) {
    node.byText = new Map(node.literals.map((edge) => [edge.text, edge.node]))
  } else {
    node.byText?.set(text, made)
  }
  return made
}

function param<R extends Routable>(node: Node<R>, segment: ParamSegment): Node<R> {
  const known = node.params.find((edge) => isSameParam(edge.segment, segment))
  if (known !== undefined) {
    return known.node
  }
  const edge = { segment, node: new Node<R>() }
  node.params.push(edge)
  node.params.sort((one, other) => weightOf(one.segment) - weightOf(other.segment))
  return edge.node
}

interface Search<R extends Routable> {
  readonly path: string
  readonly method: string
  readonly isEncoded: boolean
  readonly values: unknown[]
  /** Where the routes of all matching paths are gathered; null where the first is looked for. */
  readonly seen: R[] | null
}

/** Goes on below a node with the segment that begins at `from`. */
function walk<R extends Routable>(search: Search<R>, node: Node<R>, from: number): R | null {
  const { path, isEncoded, values } = search
  const slash = path.indexOf('/', from)
  const end = slash < 0 ? path.length : slash
  const decoded = isEncoded ? decodeURIComponent(path.slice(from, end)) : null
  const next = decoded === null ? node.literal(path, from, end) : node.literal(decoded, 0, decoded.length)
  if (next !== undefined) {
    const route = slash < 0 ? arrive(search, next) : walk(search, next, slash + 1)
    if (route !== null) {
      return route
    }
  }
  const { params } = node
  for (let index = 0; index < params.length; index++) {
    const { segment, node: child } = params[index] as Edge<R>
    const part = segment.rest ? restOf(path.slice(from), isEncoded) : (decoded ?? path.slice(from, end))
    const value = part === '' ? undefined : segment.converter.parse(part, segment.args)
    if (value !== undefined) {
      values.push(value)
      const route = slash < 0 || segment.rest ? arrive(search, child) : walk(search, child, slash + 1)
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
  if (search.seen !== null) {
    for (const { route } of leaf.routes.values()) {
      search.seen.push(route)
    }
    return null
  }
  return leaf.find(search.method)?.route ?? null
}

function restOf(text: string, isEncoded: boolean): string {
  return isEncoded ? decodeURIComponent(text) : text
}

/** @throws HttpError 400. */
function isEncoded(path: string): boolean {
  if (path.indexOf('%') < 0) {
    return false
  }
  try {
    // What it gives is asked for, since a bundler leaves out what is not, and so its error.
    return decodeURIComponent(path) !== ''
  } catch {
    throw routineError(400, 'The path holds broken percent-encoding.')
  }
}
