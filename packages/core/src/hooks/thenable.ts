/** Whether a value is a promise, of any realm or library. */
export function isThenable<T>(value: T | Promise<T>): value is Promise<T> {
  return (
    value instanceof Promise || (typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function')
  )
}
