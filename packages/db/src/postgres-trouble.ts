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
  const { code } = error as { readonly code?: unknown }
  return (typeof code === 'string' && (CODES.has(code) || code.startsWith('08'))) || MESSAGES.test(error.message)
}
