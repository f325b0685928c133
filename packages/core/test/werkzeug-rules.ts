/** Werkzeug's rules, as far as a path here can say them. */
import type { Micro } from '@micro/core'

/** A rule as the vectors write it. */
export interface WerkzeugRule {
  readonly rule: string
  readonly endpoint: string
  readonly strict_slashes: boolean
  readonly merge_slashes: boolean
  readonly methods?: readonly string[]
  readonly defaults?: { readonly [name: string]: unknown }
  readonly host?: string
  readonly subdomain?: string
  readonly websocket?: boolean
  readonly alias?: boolean
  readonly build_only?: boolean
}

/** Why a rule cannot be said. */
export class Unsaid extends Error {}

const CONVERTERS: { readonly [name: string]: string } = {
  default: 'string',
  string: 'string',
  any: 'any',
  path: 'path',
  int: 'int',
  float: 'float',
  uuid: 'uuid',
}
const ARGUMENTS: { readonly [name: string]: string } = {
  length: 'length',
  minlength: 'min',
  maxlength: 'max',
  fixed_digits: 'digits',
  min: 'min',
  max: 'max',
}

/** The path, or Unsaid. */
export function pathOf(rule: string): string {
  const path = rule.replace(/<(?:([\w]+)(?:\((.*?)\))?:)?(\w+)>/g, (_, converter = 'default', args = '', name = '') =>
    paramOf(name, converter, args),
  )
  const parts = path.slice(1).split('/')
  if (parts.slice(0, -1).includes('')) {
    throw new Unsaid('two slashes follow each other in the rule')
  }
  if (parts.some((part) => (part.startsWith(':') ? /[^>\w]$|>./.test(part) : part.includes(':')))) {
    throw new Unsaid('a param here is one whole segment')
  }
  if (parts.some((part, at) => part.includes('<path>') && at < parts.length - 1)) {
    throw new Unsaid('what takes the rest of a path is its last segment here')
  }
  return path
}

/** The host: `<x>` takes several labels there. */
export function hostOf(host: string): string {
  return host.replace(/<(\w+)>/g, (_, name, at: number) => (at === 0 ? `:${name}` : `:${name}<path>`))
}

function paramOf(name: string, converter: string, args: string): string {
  const own = CONVERTERS[converter]
  if (own === undefined) {
    throw new Unsaid(`its converter '${converter}' is written in Python`)
  }
  const list = own === 'any' ? args : numberArgs(own, args)
  return `:${name}${own === 'string' && list === '' ? '' : `<${own}${list === '' ? '' : `(${list})`}>`}`
}

/** Numbers here have a sign unless `min=0` says otherwise. */
function numberArgs(converter: string, args: string): string {
  const given = args
    .split(',')
    .map((arg) => arg.trim().split('='))
    .filter(([name]) => name !== '')
  const signed = given.some(([name, value]) => name === 'signed' && value === 'True')
  const kept = given.filter(([name]) => name !== 'signed').map(([name = '', value]) => `${ARGUMENTS[name] ?? name}=${value}`)
  const isNumber = converter === 'int' || converter === 'float'
  return [...kept, ...(isNumber && !signed && !kept.some((arg) => arg.startsWith('min=')) ? ['min=0'] : [])].join(', ')
}

/** Declares the rules; each answers with its endpoint and params. Returns why some could not be said, by rule. */
export function declareRules(app: Micro, rules: readonly WerkzeugRule[], named: boolean): Map<string, string> {
  const unsaid = new Map<string, string>()
  const said = rules.flatMap((rule) => {
    try {
      if (rule.websocket === true) {
        throw new Unsaid('routes here know no protocol but HTTP')
      }
      return [{ ...rule, path: pathOf(rule.rule) }]
    } catch (error) {
      if (!(error instanceof Unsaid)) {
        throw error
      }
      unsaid.set(rule.rule, error.message)
      return []
    }
  })
  for (const { path, alias, build_only, endpoint, methods, ...rule } of said) {
    const options = {
      strictSlashes: rule.strict_slashes,
      mergeSlashes: rule.merge_slashes,
      ...(named ? { name: endpoint } : {}),
      ...(rule.defaults === undefined ? {} : { defaults: rule.defaults }),
      ...(rule.host === undefined ? {} : { host: hostOf(rule.host) }),
      ...(rule.subdomain === undefined ? {} : { subdomain: hostOf(rule.subdomain) }),
    }
    if (alias === true) {
      continue
    }
    if (build_only === true) {
      app.nameUrl(endpoint, path)
      continue
    }
    const mine = (one: (typeof said)[number]): boolean =>
      one.alias === true && one.endpoint === endpoint && sameParams(one, { path, ...rule })
    const aliases = said.filter(mine).map((one) => one.path)
    const verbs = methods?.filter((method) => method !== 'HEAD' && method !== 'OPTIONS') ?? ['GET', 'POST']
    app.route(path, { ...options, aliases }).on(verbs, (ctx) => ctx.json({ endpoint, args: ctx.params }))
  }
  return unsaid
}

function sameParams(
  one: { readonly path: string; readonly defaults?: object | undefined },
  other: { readonly path: string; readonly defaults?: object | undefined },
): boolean {
  const params = ({ path, defaults = {} }: typeof one): string => [...(path.match(/:\w+/g) ?? []), JSON.stringify(defaults)].join(' ')
  return params(one) === params(other)
}
