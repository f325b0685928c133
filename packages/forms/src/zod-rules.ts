import type { $ZodCheck, $ZodChecks, $ZodType } from 'zod/v4/core'
import type { FieldRules } from './shape.ts'

type Draft = { -readonly [K in keyof FieldRules]: FieldRules[K] }

/** The bounds that the checks of a zod schema set; of two, the narrower one. Taken from the checks, never from zod's own patterns. */
export function zodRules(schema: $ZodType): FieldRules {
  const rules: Draft = {}
  const { def } = schema._zod as { readonly def: { readonly checks?: readonly $ZodCheck[]; readonly check?: string } }
  // A format such as z.email() is its own first check.
  for (const check of [...(def.check === undefined ? [] : [schema as unknown as $ZodCheck]), ...(def.checks ?? [])]) {
    apply(rules, (check as $ZodChecks)._zod.def)
  }
  return rules
}

function apply(rules: Draft, check: $ZodChecks['_zod']['def']): void {
  switch (check.check) {
    case 'min_length':
    case 'min_size':
      rules.minLength = Math.max(rules.minLength ?? 0, check.minimum)
      break
    case 'max_length':
    case 'max_size':
      rules.maxLength = Math.min(rules.maxLength ?? Number.POSITIVE_INFINITY, check.maximum)
      break
    case 'length_equals':
      rules.minLength = check.length
      rules.maxLength = check.length
      break
    case 'greater_than':
      rules.min = larger(rules.min, bound(check.value, check.inclusive, 1, rules.integer))
      break
    case 'less_than':
      rules.max = smaller(rules.max, bound(check.value, check.inclusive, -1, rules.integer))
      break
    case 'multiple_of':
      rules.step = check.value
      break
    case 'number_format':
      rules.integer = check.format.includes('int')
      break
    case 'string_format':
      addFormat(rules, check.format, check.pattern)
      break
    case 'mime_type':
      rules.mediaTypes = check.mime
      break
    default:
  }
}

function addFormat(rules: Draft, format: string, pattern: RegExp | undefined): void {
  // A copy: a global or sticky expression of the author keeps a place between calls.
  const takesEmpty = pattern === undefined ? format !== 'url' : new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).test('')
  rules.notEmpty = rules.notEmpty === true || !takesEmpty
  if (format === 'regex' && pattern !== undefined) {
    rules.patterns = [...(rules.patterns ?? []), pattern]
  } else {
    rules.format = format
  }
}

type Bound = number | bigint | Date | undefined

/** HTML knows inclusive bounds alone: an exclusive one is the next integer, or none where fractions are allowed. */
function bound(value: number | bigint | Date, inclusive: boolean, towards: 1 | -1, integer: boolean | undefined): Bound {
  if (inclusive) {
    return value
  }
  if (typeof value === 'bigint') {
    return value + BigInt(towards)
  }
  return typeof value === 'number' && integer === true && Number.isInteger(value) ? value + towards : undefined
}

function larger(one: Bound, other: Bound): Bound {
  return one === undefined || (other !== undefined && other > one) ? other : one
}

function smaller(one: Bound, other: Bound): Bound {
  return one === undefined || (other !== undefined && other < one) ? other : one
}
