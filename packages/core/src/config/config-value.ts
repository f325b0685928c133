/** Values of configuration: from text, and frozen. */
import type { ConfigNode } from './config-node.ts'

/** An environment variable's text as the type its schema names. A text that does not fit stays one, for the schema to refuse. */
export function fromText(text: string, { type }: ConfigNode): unknown {
  switch (type) {
    case 'integer':
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
    case 'boolean':
      return /^(1|true|yes|on)$/i.test(text) ? true : /^(0|false|no|off)$/i.test(text) ? false : text
    case 'array':
      return text.trim() === '' ? [] : text.trim().startsWith('[') ? parsed(text) : text.split(',').map((item) => item.trim())
    case 'object':
      return parsed(text)
    default:
      return text
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** `poolSize` as `POOL_SIZE`. */
export function screaming(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
}

/** `POOL_SIZE` as `poolSize`. */
export function camel(part: string): string {
  return part.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** Whether a value is a plain object, whose keys are keys of configuration. */
export function isTree(value: unknown): value is { readonly [key: string]: unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
  )
}

/** A frozen copy of plain objects and lists, deeply. Anything else, such as a store or a function, is left as it is. */
export function frozenCopy(value: unknown): unknown {
  if (Array.isArray(value)) {
    return Object.freeze(value.map(frozenCopy))
  }
  return isTree(value) ? Object.freeze(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, frozenCopy(item)]))) : value
}
