import type { Shape } from './shape.ts'

/** A value as the texts a form shows for it: a list has several, what is absent none. */
export function showValue(value: unknown, shape: Shape): readonly string[] {
  if (value === undefined || value === null) {
    return []
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => showValue(item, shape.kind === 'list' ? shape.item(index) : shape))
  }
  if (value instanceof Date) {
    return Number.isNaN(value.getTime())
      ? []
      : [shape.meta.type === 'datetime-local' ? value.toISOString().slice(0, 16) : value.toISOString().slice(0, 10)]
  }
  return typeof value === 'object' ? [] : [String(value)]
}

/** The value below a canonical name: own properties alone. */
export function valueAt(values: unknown, keys: readonly string[]): unknown {
  return keys
    .filter((key) => key !== '')
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as { [key: string]: unknown })[key] : undefined),
      values,
    )
}
