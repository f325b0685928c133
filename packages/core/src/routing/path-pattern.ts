/**
 * One path, read once: `/literal`, `/:name` (one whole segment), `/:name<converter(arguments)>`, `/:rest<path>` at the end.
 * The router matches with it and `urlFor` builds with it, so the two cannot disagree.
 */
import type { Converters } from './converter.ts'
import { formatParam, type ParamSegment, type ParamValues, type Refuse, type RefuseValue, readParam, refuseValue } from './param-segment.ts'

/** A part of a path between two slashes. */
export type Segment = { readonly kind: 'literal'; readonly text: string } | ParamSegment

/** A path, read. */
export class PathPattern {
  readonly path: string
  readonly segments: readonly Segment[]
  /** Names of the params, in order. */
  readonly names: readonly string[]

  constructor(path: string, segments: readonly Segment[]) {
    this.path = path
    this.segments = segments
    this.names = segments.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : []))
  }

  /** Whether the path ends with a slash after something. */
  get isSlashed(): boolean {
    return this.path.length > 1 && this.path.endsWith('/')
  }

  /** The same path with a slash at its end, or without; null for `/`, and where the last param takes the rest. */
  get twin(): PathPattern | null {
    if (this.isSlashed) {
      return new PathPattern(this.path.slice(0, -1), this.segments.slice(0, -1))
    }
    const last = this.segments.at(-1)
    const isWhole = this.path === '/' || (last?.kind === 'param' && last.rest)
    return isWhole ? null : new PathPattern(`${this.path}/`, [...this.segments, { kind: 'literal', text: '' }])
  }

  /** The path with these values in it, percent-encoded; `refuse` throws for a value that is missing or not accepted. */
  build(values: ParamValues, refuse: RefuseValue): string {
    return this.segments
      .map((segment) => `/${segment.kind === 'literal' ? encode(segment.text) : format(segment, values, refuse)}`)
      .join('')
  }
}

function format(segment: ParamSegment, values: ParamValues, refuse: RefuseValue): string {
  const text = formatParam(segment, values, refuse)
  const parts = segment.rest ? text.split('/') : [text]
  // Clients resolve dot segments before they send a path (RFC 3986 section 5.2.4).
  return parts.some(isDots) ? refuseValue(segment.name, values[segment.name], refuse) : parts.map(encode).join('/')
}

function isDots(text: string): boolean {
  return text === '.' || text === '..'
}

/** Percent-encodes what may not stand in one segment (RFC 3986 section 3.3). */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(3A|40|24|2C|2B|3B|3D|26)/g, (code) => decodeURIComponent(code))
}

/** Reads a path. `refuse` throws, with what is wrong with it. */
export function readPath(path: string, converters: Converters, refuse: Refuse): PathPattern {
  if (!path.startsWith('/')) {
    return refuse(`a path starts with '/': write '/${path}'`)
  }
  const parts = path.slice(1).split('/')
  const segments = parts.map((part, index) => readSegment(part, index === parts.length - 1, converters, refuse))
  const pattern = new PathPattern(path, segments)
  const twice = pattern.names.find((name, index) => pattern.names.indexOf(name) !== index)
  return twice === undefined ? pattern : refuse(`two of its params are named '${twice}'`)
}

/** A param as other frameworks write one: `<int:id>`, `<id>`, `{id:int}`, `{id}`. */
const FOREIGN = /^(?:<(?:([^<>]+):)?(\w+)>|\{(\w+)(?::([^{}]+))?\})$/

function readSegment(part: string, last: boolean, converters: Converters, refuse: Refuse): Segment {
  if (part === '' && !last) {
    return refuse('two of its slashes follow each other')
  }
  if (!part.startsWith(':')) {
    const colon = part.indexOf(':')
    const [, before, first, second, after] = FOREIGN.exec(part) ?? []
    const name = first ?? second
    if (name !== undefined) {
      const converter = before ?? after
      return refuse(
        `a param starts with a colon: write '/:${name}${converter === undefined ? '' : `<${converter}>`}' instead of '/${part}'`,
      )
    }
    if (colon > 0) {
      return refuse(`a param is one whole segment: write '/${part.slice(colon)}' instead of '/${part}'`)
    }
    if (/[<>{}*?#]/.test(part)) {
      return refuse(`'${part}' is not a literal segment: a rest is written '/:rest<path>'`)
    }
    return { kind: 'literal', text: part }
  }
  const param = readParam(part, converters, refuse)
  return param.rest && !last
    ? refuse(`a param with the converter '${param.converterName}' takes the rest of the path: it must be the last segment`)
    : param
}

/** A path below a prefix: where one ends and the other begins there is one slash, and `/` is the prefix itself. */
export function joinPaths(prefix: string, path: string): string {
  if (prefix === '' || !path.startsWith('/')) {
    // What does not start with a slash is refused where it is read.
    return path
  }
  return path === '/' ? prefix : prefix.replace(/\/$/, '') + path
}

/** A prefix below another; either may be empty. */
export function joinPrefixes(outer: string, inner: string): string {
  return inner === '' ? outer : joinPaths(outer, inner)
}
