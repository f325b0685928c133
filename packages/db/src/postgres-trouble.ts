import { HttpError, isHttpError } from '@micro/core'

// Of the socket: https://nodejs.org/api/errors.html#common-system-errors. Of the server: SQLSTATE class 08 and those below
// (https://www.postgresql.org/docs/current/errcodes-appendix.html): shut down, starting, no slots left, statement time over.
const CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'ENOENT',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '53300',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '57P05',
])

/** Messages of pg for what has no code. */
const MESSAGES =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout|Cannot use a pool after)/

/** Whether a query failed because of the connection or the server, and not of itself. */
export function isConnectionTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false
  }
  const code = codeOf(error)
  return (typeof code === 'string' && (CODES.has(code) || code.startsWith('08'))) || MESSAGES.test(error.message)
}

/** SQLSTATE numeric_value_out_of_range: no row can hold such a value, so none has it. */
const OUT_OF_RANGE = '22003'

/** What the client has sent that no column can hold, by SQLSTATE; the second is a text with a NUL character. */
const REFUSED_VALUES: ReadonlyMap<unknown, string> = new Map([
  [OUT_OF_RANGE, 'A number is out of range.'],
  ['22021', 'A text holds a character that cannot be stored.'],
])

/** The answer to a client whose value no column can hold; undefined where a query failed of something else. */
export function refusedValue(error: unknown): HttpError | undefined {
  const message = REFUSED_VALUES.get(codeOf(error))
  return message === undefined ? undefined : new HttpError(400, message, { cause: error })
}

/** Whether a query failed because it asked for a number that no row can have. */
export function isOutOfRange(error: unknown): boolean {
  return isHttpError(error) && codeOf(error.cause) === OUT_OF_RANGE
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as { readonly code?: unknown }).code : undefined
}
