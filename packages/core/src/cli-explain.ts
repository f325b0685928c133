import { isMicroError } from './micro-error.ts'

/** An error, for a person at a terminal: code, what happened, what to do; a stack only where the error is nobody's on purpose. */
export function explain(error: unknown): string {
  if (isMicroError(error)) {
    return `${error.code}: ${error.message}${causes(error.cause)}`
  }
  if (error instanceof Error) {
    return error.name === 'UsageError' ? error.message : (error.stack ?? error.message)
  }
  return String(error)
}

function causes(cause: unknown): string {
  if (cause === undefined) {
    return ''
  }
  const errors = cause instanceof AggregateError ? (cause.errors as unknown[]) : [cause]
  return errors.map((error) => `\n  caused by: ${error instanceof Error ? error.message : String(error)}`).join('')
}
