import { isMicroError } from '../errors/micro-error.ts'

/**
 * An error, for a person at a terminal: code, what happened, what to do. A stack, without Node's own frames, only where the error is
 * nobody's on purpose; with `stack` always, also those of causes.
 */
export function explain(error: unknown, stack = false): string {
  if (!(error instanceof Error || isMicroError(error))) {
    return String(error)
  }
  if (error.name === 'UsageError' && !stack) {
    return error.message
  }
  const head = isMicroError(error) ? `${error.code}: ${error.message}` : undefined
  if (stack) {
    const trace = head === undefined ? (error.stack ?? error.message) : `${head}${framesOf(error)}`
    return `${trace}${causes(error.cause, (cause) => explain(cause, true).replaceAll('\n', '\n  '))}`
  }
  const plain = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
  return `${head ?? withoutNode(error)}${causes(error.cause, plain)}`
}

function framesOf({ stack = '' }: Error): string {
  const at = stack.search(/\n {4}at /)
  return at < 0 ? '' : stack.slice(at)
}

function withoutNode({ stack, message }: Error): string {
  return (stack ?? message)
    .split('\n')
    .filter((line) => !/^ {4}at .*\(?node:/.test(line))
    .join('\n')
    .trimEnd()
}

function causes(cause: unknown, inWords: (cause: unknown) => string): string {
  if (cause === undefined) {
    return ''
  }
  const errors = cause instanceof AggregateError ? (cause.errors as unknown[]) : [cause]
  return errors.map((error) => `\n  caused by: ${inWords(error)}`).join('')
}
