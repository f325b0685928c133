/** Transaction status of PostgreSQL's ReadyForQuery message: no transaction is open. */
export const IDLE = 'I'
