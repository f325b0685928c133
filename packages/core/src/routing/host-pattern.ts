/**
 * The host that a route answers, read once: labels between dots, each a literal or a param: `api.example.com`, `:tenant.example.com`,
 * `:tenant<converter>.example.com`. One param may take several labels: `:domain<path>`. Compared without case and without the port.
 */
import type { Converters } from './converter.ts'
import {
  formatParam,
  isSameParam,
  type ParamSegment,
  type ParamValues,
  type Refuse,
  type RefuseValue,
  readParam,
  refuseValue,
} from './param-segment.ts'

type Label = { readonly kind: 'literal'; readonly text: string } | ParamSegment

const NO_VALUES: readonly unknown[] = Object.freeze([])

/** A host, read. */
export class HostPattern {
  /** As it was written. */
  readonly host: string
  /** Names of the params, in order. */
  readonly names: readonly string[]
  readonly #labels: readonly Label[]

  constructor(host: string, labels: readonly Label[]) {
    this.host = host
    this.#labels = labels
    this.names = labels.flatMap((label) => (label.kind === 'param' ? [label.name] : []))
  }

  /** The order in which hosts are tried: literal ones first, those that take several labels last. */
  get weight(): number {
    return this.#labels.reduce((sum, label) => sum + (label.kind === 'literal' ? 0 : label.rest ? 1_000 : 1), 0)
  }

  /** Whether both match the same hosts. */
  matchesSame(other: HostPattern): boolean {
    return (
      this.#labels.length === other.#labels.length &&
      this.#labels.every((label, at) => {
        const its = other.#labels[at] as Label
        return label.kind === 'literal'
          ? its.kind === 'literal' && label.text === its.text
          : its.kind === 'param' && isSameParam(label, its)
      })
    )
  }

  /** The values of its params for a host in lower case, or null. */
  match(hostname: string): readonly unknown[] | null {
    const labels = this.#labels
    const parts = hostname.split('.')
    const more = parts.length - labels.length
    const rest = labels.findIndex((label) => label.kind === 'param' && label.rest)
    if (more < 0 || (more > 0 && rest < 0)) {
      return null
    }
    const values: unknown[] = []
    let at = 0
    for (const [index, label] of labels.entries()) {
      const end = at + (index === rest ? more + 1 : 1)
      const text = parts.slice(at, end).join('.')
      at = end
      if (label.kind === 'literal') {
        if (label.text !== text) {
          return null
        }
      } else {
        const value = text === '' ? undefined : label.converter.parse(text, label.args)
        if (value === undefined) {
          return null
        }
        values.push(value)
      }
    }
    return values.length === 0 ? NO_VALUES : values
  }

  /** The host with these values in it; `refuse` throws for a value that is missing or not accepted. */
  build(values: ParamValues, refuse: RefuseValue): string {
    return this.#labels
      .map((label) => {
        if (label.kind === 'literal') {
          return label.text
        }
        const text = formatParam(label, values, refuse).toLowerCase()
        const form = label.rest ? /^[\w-]+(\.[\w-]+)*$/ : /^[\w-]+$/
        return form.test(text) ? text : refuseValue(label.name, values[label.name], refuse)
      })
      .join('.')
  }
}

/** Reads a host. `refuse` throws, with what is wrong with it. */
export function readHost(host: string, converters: Converters, refuse: Refuse): HostPattern {
  const labels = host.split('.').map((part) => readLabel(part, converters, refuse))
  const pattern = new HostPattern(host, labels)
  if (labels.filter((label) => label.kind === 'param' && label.rest).length > 1) {
    return refuse('two of its params take several labels')
  }
  const twice = pattern.names.find((name, index) => pattern.names.indexOf(name) !== index)
  return twice === undefined ? pattern : refuse(`two of its params are named '${twice}'`)
}

function readLabel(part: string, converters: Converters, refuse: Refuse): Label {
  if (part.startsWith(':')) {
    return readParam(part, converters, refuse)
  }
  if (/:\d*$/.test(part)) {
    return refuse('a host is compared without its port: leave it away')
  }
  const text = part === '' || /[\s:/?#@<>%\\*]/.test(part) ? '' : asciiOf(part)
  return text === ''
    ? refuse(`'${part}' is no part of a host: it is made of labels between dots, such as ':tenant.example.com'`)
    : { kind: 'literal', text }
}

/** A label as it stands in URLs: in lower case, other letters than ASCII's in Punycode (RFC 5891). */
function asciiOf(label: string): string {
  return URL.canParse(`http://${label}.x`) ? new URL(`http://${label}.x`).hostname.slice(0, -2) : ''
}
