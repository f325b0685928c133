/** Random tokens of 256 bits: what the browser keeps is the token, what is stored is its hash, so that a copy of the store opens nothing. */
import { createHash, randomBytes } from 'node:crypto'

const FORM = /^[A-Za-z0-9_-]{43}$/

/** A fresh token: 43 characters of base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Whether a text has the form of a token. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && FORM.test(value)
}

/** The key under which what belongs to these texts is stored: SHA-256 in base64url. */
export function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('base64url')
}
