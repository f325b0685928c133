/** The kinds of constraint that a statement can violate. */
export type Violation = 'unique' | 'foreign-key' | 'not-null' | 'check'

// Extended result codes of SQLite (https://www.sqlite.org/rescode.html) and SQLSTATE class 23.
const SQLITE: { readonly [code: number]: Violation } = {
  275: 'check',
  787: 'foreign-key',
  1299: 'not-null',
  1555: 'unique',
  2067: 'unique',
  2579: 'unique',
}
const SQLSTATE: { readonly [code: string]: Violation } = {
  '23502': 'not-null',
  '23503': 'foreign-key',
  '23505': 'unique',
  '23514': 'check',
}

/** Which constraint a failed statement violated, whatever the database; undefined for any other error. */
export function violationOf(error: unknown): Violation | undefined {
  if (!(error instanceof Error)) {
    return undefined
  }
  const { errcode, code } = error as { readonly errcode?: unknown; readonly code?: unknown }
  return typeof errcode === 'number' ? SQLITE[errcode] : typeof code === 'string' ? SQLSTATE[code] : undefined
}
