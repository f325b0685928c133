/** Whether a value is a promise, of any realm or library. */
export function isThenable(value: unknown): value is Promise<unknown> {
  return (
    value instanceof Promise || (typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function')
  )
}
