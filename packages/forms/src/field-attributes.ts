/** What a browser can check and help with by itself, from the shape of a field. */
import type { AttributeMap } from './html-attributes.ts'
import type { Shape } from './shape.ts'

/** The elements that a field may be. */
export type FieldElement = 'input' | 'textarea' | 'select'

const INPUT_TYPES: { readonly [format: string]: string } = { email: 'email', url: 'url', date: 'date', time: 'time', e164: 'tel' }

/** Attributes of a field's element that follow from its shape; what was typed is not among them. */
export function fieldAttributes(shape: Shape, element: FieldElement, isSecret: boolean): AttributeMap {
  const { meta, rules } = shape
  const common = { required: isRequired(shape, element), autocomplete: meta.autocomplete }
  if (element === 'select') {
    return { ...common, multiple: shape.kind === 'list' }
  }
  const lengths =
    shape.kind === 'text' ? { minlength: positive(rules.minLength), maxlength: finite(rules.maxLength), placeholder: meta.placeholder } : {}
  if (element === 'textarea') {
    return { ...common, ...lengths }
  }
  const type = meta.type ?? inputType(shape, isSecret)
  return {
    type,
    ...common,
    ...lengths,
    ...(type === 'text' ? { pattern: patternOf(rules.patterns) } : {}),
    ...bounds(shape),
    ...fileRules(shape),
  }
}

function inputType(shape: Shape, isSecret: boolean): string {
  switch (shape.kind) {
    case 'text':
      return isSecret ? 'password' : (INPUT_TYPES[shape.rules.format ?? ''] ?? 'text')
    case 'number':
    case 'bigint':
      return 'number'
    case 'boolean':
      return 'checkbox'
    case 'date':
    case 'file':
      return shape.kind
    case 'list':
      return shape.item(0).kind === 'file' ? 'file' : inputOf(isSecret)
    case 'any':
    case 'union':
      return inputOf(isSecret)
    default:
      return 'text'
  }
}

function inputOf(isSecret: boolean): string {
  return isSecret ? 'password' : 'text'
}

function isRequired(shape: Shape, element: FieldElement): boolean {
  if (shape.empty !== 'missing') {
    return false
  }
  switch (shape.kind) {
    case 'text':
      return (shape.rules.minLength ?? 0) > 0 || shape.rules.notEmpty === true
    case 'boolean':
      return shape.mustBeOn === true
    case 'list':
      // Of boxes and texts there is one for each item: each of them may be left empty.
      return (shape.rules.minLength ?? 0) > 0 && (element === 'select' || shape.item(0).kind === 'file')
    case 'choice':
      return !shape.values.includes('')
    default:
      return shape.kind === 'number' || shape.kind === 'bigint' || shape.kind === 'date' || shape.kind === 'file'
  }
}

function bounds(shape: Shape): AttributeMap {
  const { min, max, step, integer } = shape.rules
  switch (shape.kind) {
    case 'number':
      return {
        min: onGrid(finite(min), step ?? (integer === true ? 1 : undefined)),
        max: finite(max),
        step: finite(step) ?? (integer === true ? undefined : 'any'),
      }
    case 'bigint':
      return { min: onGrid(finite(min), step), max: finite(max), step: finite(step) }
    case 'date':
      return { min: day(min), max: day(max) }
    default:
      return {}
  }
}

function fileRules(shape: Shape): AttributeMap {
  const file = shape.kind === 'list' ? shape.item(0) : shape
  return file.kind === 'file' ? { accept: file.rules.mediaTypes?.join(','), multiple: shape.kind === 'list' } : {}
}

/**
 * One regular expression as HTML's `pattern`, where it means the same there: whole, without flags, and valid under the flag `v`
 * that browsers compile it with. Otherwise none, as browsers drop it silently or refuse what the schema accepts.
 */
function patternOf(patterns: readonly RegExp[] | undefined): string | undefined {
  const [pattern] = patterns ?? []
  if (pattern === undefined || patterns?.length !== 1 || pattern.flags !== '' || !/^\^.*(?<!\\)\$$/s.test(pattern.source)) {
    return undefined
  }
  const source = pattern.source.slice(1, -1)
  if (source.includes('|') && !/^\([^()]*\)$/.test(source)) {
    return undefined
  }
  try {
    return new RegExp(`^(?:${source})$`, 'v') && source
  } catch {
    return undefined
  }
}

function positive(length: number | undefined): number | undefined {
  return length === 0 ? undefined : length
}

/** Bounds of zod's integers are no bounds that a person needs to know. */
function finite(bound: number | bigint | Date | undefined): number | bigint | undefined {
  return typeof bound === 'bigint' || (typeof bound === 'number' && Number.isFinite(bound)) ? bound : undefined
}

/** The least multiple of `step` that is not below `min`: browsers count steps from there, and schemas from zero. */
function onGrid(min: number | bigint | undefined, step: number | bigint | undefined): number | bigint | undefined {
  if (typeof min === 'bigint' && typeof step === 'bigint') {
    const over = min % step
    return over > 0n ? min + step - over : min - over
  }
  const steps = Number(min) / Number(step)
  // Fifteen digits are exact: 0.3 is three steps of 0.1, and three of those are 0.3.
  return Number.isNaN(steps) || Number.isInteger(steps) ? min : exact(Math.ceil(exact(steps)) * Number(step))
}

function exact(value: number): number {
  return Number(value.toPrecision(15))
}

function day(bound: number | bigint | Date | undefined): string | undefined {
  return bound instanceof Date ? bound.toISOString().slice(0, 10) : undefined
}
