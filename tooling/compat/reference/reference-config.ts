/** The configuration of the reference extension, and the faults that lie in it. */
import { option, options } from '@micro/core'
import type { Fault } from './faults.ts'

const SHAPE = {
  greeting: option.string({ default: 'Hello', minLength: 1 }),
  token: option.string({ secret: true }),
  nested: options({ depth: option.int({ default: 1, min: 0 }) }),
}

const CONFIG = options(SHAPE)

/** What it comes to. */
export interface ReferenceConfig {
  readonly greeting: string
  readonly token: string | undefined
}

/** The schema, with a fault if one is named. */
export function schemaOf(fault: Fault | undefined): typeof CONFIG {
  if (fault === 'uses what is deprecated') {
    const tone = option.string({ deprecated: true, description: 'Since 1.0.0: use greeting.' })
    return options({ ...SHAPE, tone }) as unknown as typeof CONFIG
  }
  const standard = CONFIG['~standard']
  const validate = (value: unknown) => {
    const given = { ...(value as { readonly [key: string]: unknown }) }
    if (fault === 'accepts wrong values') {
      return { value: { greeting: 'Hello', token: undefined, nested: { depth: 1 }, ...given } }
    }
    const result = standard.validate(value)
    if (fault === 'error shows a secret' && !(result instanceof Promise) && result.issues !== undefined) {
      return { issues: result.issues.map((issue) => ({ ...issue, message: `${issue.message} (given: ${JSON.stringify(given)})` })) }
    }
    if (fault === 'configuration can be changed' && !(result instanceof Promise) && result.issues === undefined) {
      return { value: { ...(result.value as object), nested: new Map([['depth', 1]]) } }
    }
    return result
  }
  return { '~standard': { ...standard, validate } } as typeof CONFIG
}
