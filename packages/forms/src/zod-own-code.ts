import type { $ZodType } from 'zod/v4/core'

const BELOW = [
  'innerType',
  'element',
  'shape',
  'catchall',
  'options',
  'left',
  'right',
  'items',
  'rest',
  'keyType',
  'valueType',
  'in',
  'out',
  'checks',
  'schema',
] as const

/**
 * Whether a zod schema runs functions of its author: refinements, transforms, codecs. Any of them may return a promise. Zod's
 * synchronous pass would call it, drop the promise, whose rejection then nobody handles, and call it again in a second pass; so
 * such schemas are never tried synchronously.
 */
export function runsOwnCode(schema: $ZodType): boolean {
  const seen = new Set<unknown>()
  const waiting: unknown[] = [schema]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next !== 'object' || next === null || seen.has(next)) {
      continue
    }
    seen.add(next)
    if ('_zod' in next) {
      const { def } = (next as $ZodType)._zod as unknown as { readonly def: Definition }
      if (isOwnCode(def)) {
        return true
      }
      waiting.push(...BELOW.map((key) => def[key]), typeof def.getter === 'function' ? def.getter() : undefined)
    } else {
      waiting.push(...Object.values(next))
    }
  }
  return false
}

interface Definition {
  readonly [key: string]: unknown
  readonly type?: string
  readonly check?: string
}

function isOwnCode(def: Definition): boolean {
  return (
    def.type === 'transform' ||
    def.type === 'custom' ||
    def.type === 'promise' ||
    def.type === 'function' ||
    def.check === 'custom' ||
    typeof def.transform === 'function' ||
    typeof def.fn === 'function'
  )
}
