/** Bytes of the longest password that is hashed. */
export const MAX_PASSWORD_BYTES = 1024

/**
 * A password as it is hashed: normalised (NFC), so that it is the same however a keyboard composes its characters. Undefined if it is no
 * text or longer than 1024 bytes; that is found out before any work is spent on it.
 */
export function preparePassword(value: unknown): string | undefined {
  // A UTF-16 unit is a byte or more in UTF-8, also after normalisation.
  if (typeof value !== 'string' || value.length > MAX_PASSWORD_BYTES) {
    return undefined
  }
  const password = value.normalize('NFC')
  return Buffer.byteLength(password) > MAX_PASSWORD_BYTES ? undefined : password
}

/** Characters (code points) of a password. */
export function passwordLength(password: string): number {
  return [...password].length
}
