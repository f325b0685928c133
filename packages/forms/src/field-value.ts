/** One text of a field as the value that its shape stands for. */
import { readBigint, readBoolean, readDate, readNumber } from './scalar.ts'
import { isSecret } from './secret-field.ts'
import type { Shape } from './shape.ts'

/**
 * The value of a text, or the text itself where it cannot be read: the schema says what is wrong. White space at its ends is
 * dropped, except from secrets.
 */
export function readText(given: string, shape: Shape, key: string): unknown {
  const trims = shape.kind !== 'text' || (shape.meta.trim !== false && !isSecret(shape, key))
  const text = trims ? given.trim() : given
  if (text === '' && !(shape.kind === 'choice' && shape.values.includes(''))) {
    return readEmpty(shape)
  }
  switch (shape.kind) {
    case 'number':
      return readNumber(text) ?? text
    case 'bigint':
      return readBigint(text) ?? text
    case 'date':
      return readDate(text) ?? text
    case 'boolean':
      return shape.words === undefined ? (readBoolean(text) ?? text) : text
    case 'choice':
      return shape.values.find((value) => String(value) === text) ?? text
    default:
      return text
  }
}

/** What an absent field is; `isOff` where an absent switch is one that is off. */
export function readAbsent(shape: Shape, isOff: boolean): unknown {
  if (shape.kind === 'boolean' && (shape.empty === 'missing' || (isOff && shape.mustBeOn !== true))) {
    return shape.words?.off ?? false
  }
  if (shape.empty === 'missing') {
    return shape.kind === 'text' && shape.coerced === true ? '' : undefined
  }
  return shape.empty === 'null' ? null : undefined
}

/** Whether a text can be read as a value of a shape. */
export function isReadable(text: string, shape: Shape): boolean {
  const value = readText(text, shape, '')
  switch (shape.kind) {
    case 'text':
    case 'any':
      return true
    case 'choice':
      return shape.values.includes(value)
    case 'boolean':
      return shape.words === undefined ? typeof value === 'boolean' : readBoolean(text.trim()) !== undefined
    default:
      return value !== undefined && value !== null && typeof value !== 'string'
  }
}

/** Whether a value is the part of a multipart form for which no file was chosen. */
export function isNoFile(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'size' in value && value.size === 0 && (!('name' in value) || value.name === '')
}

function readEmpty(shape: Shape): unknown {
  if (shape.empty !== 'missing') {
    return shape.empty === 'null' ? null : undefined
  }
  // A text that must be there stays empty, so that the schema's own minimum speaks.
  return shape.kind === 'number' || shape.kind === 'bigint' || shape.kind === 'date' || shape.kind === 'file' ? undefined : ''
}
