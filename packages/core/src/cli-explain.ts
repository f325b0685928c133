import { isMicroError } from './micro-error.ts'

/** An error, for a person at a terminal: code, what happened, what to do; a stack only where the error is nobody's on purpose. */
export function explain(error: unknown): string {
  if (isMicroError(error)) {
    const cause = error.cause === undefined ? '' : `\n  caused by: ${error.cause instanceof Error ? error.cause.message : String(error.cause)}`
    return `${error.code}: ${error.message}${cause}`
  }
  if (error instanceof Error) {
    return error.constructor.name === 'UsageError' ? error.message : (error.stack ?? error.message)
  }
  return String(error)
}
