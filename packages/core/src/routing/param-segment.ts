/** A param of a path or a host: `:name`, `:name<converter>`, `:name<converter(arguments)>`. */
import type { Converter, Converters } from './converter.ts'

/** A param, read. */
export interface ParamSegment {
  readonly kind: 'param'
  readonly name: string
  readonly converterName: string
  readonly converter: Converter<unknown>
  readonly args: readonly string[]
  /** Takes the rest of the path, or several labels of a host. */
  readonly rest: boolean
}

/** Throws, with what is wrong. */
export type Refuse = (problem: string) => never

/** Throws for a value that is missing or not accepted. */
export type RefuseValue = (param: string, problem: string) => never

/** Values by the names of params. */
export type ParamValues = { readonly [name: string]: unknown }

const NAME = /^[A-Za-z_]\w*$/
const PARAM = /^:([^<>]*)(?:<([A-Za-z_][\w-]*)(?:\(([^()]*)\))?>)?$/

/** Reads one param. */
export function readParam(part: string, converters: Converters, refuse: Refuse): ParamSegment {
  const match = PARAM.exec(part)
  if (match === null) {
    return refuse(`a param is ':name' or ':name<converter>': '${part}' is neither`)
  }
  const [, name = '', converterName = 'string', list] = match
  // An object with a member of that name would get another prototype.
  if (!NAME.test(name) || name === '__proto__') {
    return refuse(name === '' ? "a param needs a name: ':name'" : `'${name}' is not a name for a param: use letters, digits and '_'`)
  }
  const converter = Object.hasOwn(converters, converterName) ? converters[converterName] : undefined
  if (converter === undefined) {
    return refuse(`no converter '${converterName}' (known: ${Object.keys(converters).join(', ')})`)
  }
  const args = readArgs(list ?? '')
  const problem = converter.checkArgs?.(args)
  if (problem !== undefined) {
    return refuse(`the arguments of the converter '${converterName}' in '${part}' are not accepted: ${problem}`)
  }
  return { kind: 'param', name, converterName, converter, args, rest: converter.rest === true }
}

/** Arguments between commas; one in double quotes may hold commas itself. */
function readArgs(list: string): readonly string[] {
  return list.trim() === '' ? [] : (list.match(/\s*(?:"[^"]*"|[^,]+)\s*/g) ?? []).map((arg) => arg.trim().replace(/^"(.*)"$/, '$1'))
}

/** The text of a param's value, not yet encoded. */
export function formatParam({ name, converter, args }: ParamSegment, values: ParamValues, refuse: RefuseValue): string {
  const value = values[name]
  if (value === undefined || value === null) {
    return refuse(name, 'is missing')
  }
  const text = converter.format(value, args)
  // A lone surrogate has no encoding.
  return text === undefined || text === '' || !text.isWellFormed() ? refuseValue(name, value, refuse) : text
}

/** Refuses a value that is there. */
export function refuseValue(name: string, value: unknown, refuse: RefuseValue): never {
  return refuse(name, `cannot be ${JSON.stringify(String(value))}`)
}

/** Whether two params match the same texts. */
export function isSameParam(one: ParamSegment, other: ParamSegment): boolean {
  return one.converter === other.converter && one.args.length === other.args.length && one.args.every((arg, at) => arg === other.args[at])
}

/** The order in which params of one place are tried: the lower first. */
export function weightOf({ converter, rest, args }: ParamSegment): number {
  return (converter.weight ?? (rest ? 200 : 75)) - (args.length > 0 ? 1 : 0)
}
