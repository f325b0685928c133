/**
 * The text form of a password hash: a PHC string, `$<algorithm>$<parameters>$<salt>$<key>`, salt and key in base64 without padding.
 * Source: https://github.com/P-H-C/phc-string-format; for scrypt, which it does not list, the form of passlib.
 */

/** An argon2id hash (RFC 9106), taken apart. */
export interface Argon2Hash {
  readonly algorithm: 'argon2id'
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
  readonly salt: Uint8Array
  readonly key: Uint8Array
}

/** A scrypt hash (RFC 7914), taken apart; its cost N is 2 to the power of `logCost`. */
export interface ScryptHash {
  readonly algorithm: 'scrypt'
  readonly logCost: number
  readonly blockSize: number
  readonly lanes: number
  readonly salt: Uint8Array
  readonly key: Uint8Array
}

/** A password hash, taken apart. */
export type PasswordHash = Argon2Hash | ScryptHash

const ARGON2 = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/
const SCRYPT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/** Costs above these are taken for damage: computing them would stop the server. */
const MOST = { memoryKib: 1_048_576, passes: 64, lanes: 16, logCost: 20, blockSize: 32 }

/** Takes a hash apart; undefined if it is of no known form, or asks for an absurd cost. */
export function parseHash(text: string): PasswordHash | undefined {
  const argon2 = ARGON2.exec(text)
  if (argon2 !== null) {
    const [memoryKib, passes, lanes] = numbers(argon2)
    const fits =
      memoryKib >= 8 * lanes && memoryKib <= MOST.memoryKib && passes >= 1 && passes <= MOST.passes && lanes >= 1 && lanes <= MOST.lanes
    return fits ? { algorithm: 'argon2id', memoryKib, passes, lanes, salt: bytes(argon2[4]), key: bytes(argon2[5]) } : undefined
  }
  const scrypt = SCRYPT.exec(text)
  if (scrypt !== null) {
    const [logCost, blockSize, lanes] = numbers(scrypt)
    const fits =
      logCost >= 1 && logCost <= MOST.logCost && blockSize >= 1 && blockSize <= MOST.blockSize && lanes >= 1 && lanes <= MOST.lanes
    return fits ? { algorithm: 'scrypt', logCost, blockSize, lanes, salt: bytes(scrypt[4]), key: bytes(scrypt[5]) } : undefined
  }
  return undefined
}

/** The text of a hash. */
export function formatHash(hash: PasswordHash): string {
  const tail = `$${text(hash.salt)}$${text(hash.key)}`
  return hash.algorithm === 'argon2id'
    ? `$argon2id$v=19$m=${hash.memoryKib},t=${hash.passes},p=${hash.lanes}${tail}`
    : `$scrypt$ln=${hash.logCost},r=${hash.blockSize},p=${hash.lanes}${tail}`
}

function numbers(match: RegExpExecArray): [number, number, number] {
  return [Number(match[1]), Number(match[2]), Number(match[3])]
}

function bytes(base64: string | undefined): Uint8Array {
  return Buffer.from(base64 ?? '', 'base64')
}

function text(value: Uint8Array): string {
  return Buffer.from(value).toString('base64').replace(/=+$/, '')
}
