/**
 * One path, read once: `/literal`, `/:name` (one whole segment), `/:name<converter(arguments)>`, `/:rest<path>` at the end.
 * The router matches with it and `urlFor` builds with it, so the two cannot disagree.
 */
import type { Converter } from './converter.ts'

/** The converters that a path may name. */
export type Converters = { readonly [name: string]: Converter<unknown> }

/** A part of a path between two slashes. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'param'
      readonly name: string
      readonly converterName: string
      readonly converter: Converter<unknown>
      readonly args: readonly string[]
      /** Takes the rest of the path. */
      readonly rest: boolean
    }

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

  /** The path with these values in it, percent-encoded; `refuse` throws for a value that is missing or not accepted. */
  build(values: { readonly [name: string]: unknown }, refuse: (param: string, problem: string) => never): string {
    return this.segments
      .map((segment) => `/${segment.kind === 'literal' ? encode(segment.text) : format(segment, values, refuse)}`)
      .join('')
  }
}

function format(
  segment: Extract<Segment, { kind: 'param' }>,
  values: { readonly [name: string]: unknown },
  refuse: (param: string, problem: string) => never,
): string {
  const value = values[segment.name]
  if (value === undefined || value === null) {
    return refuse(segment.name, 'is missing')
  }
  const text = segment.converter.format(value, segment.args)
  // Clients resolve dot segments before they send a path (RFC 3986 section 5.2.4), and a lone surrogate has no encoding.
  const isSendable = text !== undefined && text !== '' && text.isWellFormed() && !(segment.rest ? text.split('/') : [text]).some(isDots)
  if (!isSendable) {
    return refuse(segment.name, `cannot be ${JSON.stringify(String(value))}`)
  }
  return segment.rest ? text.split('/').map(encode).join('/') : encode(text)
}

function isDots(text: string): boolean {
  return text === '.' || text === '..'
}

/** Percent-encodes what may not stand in one segment (RFC 3986 section 3.3). */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(3A|40|24|2C|2B|3B|3D|26)/g, (code) => decodeURIComponent(code))
}

const NAME = /^[A-Za-z_]\w*$/
const PARAM = /^:([^<>]*)(?:<([A-Za-z_][\w-]*)(?:\(([^()]*)\))?>)?$/

/** Reads a path. `refuse` throws, with what is wrong with it. */
export function readPath(path: string, converters: Converters, refuse: (problem: string) => never): PathPattern {
  if (!path.startsWith('/')) {
    return refuse(`a path starts with '/': write '/${path}'`)
  }
  const parts = path.slice(1).split('/')
  const segments = parts.map((part, index) => readSegment(part, index === parts.length - 1, converters, refuse))
  const pattern = new PathPattern(path, segments)
  const twice = pattern.names.find((name, index) => pattern.names.indexOf(name) !== index)
  return twice === undefined ? pattern : refuse(`two of its params are named '${twice}'`)
}

function readSegment(part: string, last: boolean, converters: Converters, refuse: (problem: string) => never): Segment {
  if (part === '' && !last) {
    return refuse('two of its slashes follow each other')
  }
  if (!part.startsWith(':')) {
    const colon = part.indexOf(':')
    if (colon > 0) {
      return refuse(`a param is one whole segment: write '/${part.slice(colon)}' instead of '/${part}'`)
    }
    if (/[<>*?#]/.test(part)) {
      return refuse(`'${part}' is not a literal segment: a rest is written '/:rest<path>'`)
    }
    return { kind: 'literal', text: part }
  }
  const match = PARAM.exec(part)
  if (match === null) {
    return refuse(`a param is ':name' or ':name<converter>': '${part}' is neither`)
  }
  const [, name = '', converterName = 'string', args] = match
  if (!NAME.test(name)) {
    return refuse(name === '' ? "a param needs a name: ':name'" : `'${name}' is not a name for a param: use letters, digits and '_'`)
  }
  const converter = Object.hasOwn(converters, converterName) ? converters[converterName] : undefined
  if (converter === undefined) {
    return refuse(`no converter '${converterName}' (known: ${Object.keys(converters).join(', ')})`)
  }
  const rest = converterName === 'path'
  if (rest && !last) {
    return refuse("a param with the converter 'path' takes the rest of the path: it must be the last segment")
  }
  const list = args === undefined || args.trim() === '' ? [] : args.split(',').map((arg) => arg.trim())
  const problem = converter.checkArgs?.(list)
  if (problem !== undefined) {
    return refuse(`the arguments of the converter '${converterName}' in '${part}' are not accepted: ${problem}`)
  }
  return { kind: 'param', name, converterName, converter, args: list, rest }
}
