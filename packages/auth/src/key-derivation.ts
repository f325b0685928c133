/**
 * Computes password hashes with what the runtime has: argon2id by `@node-rs/argon2` if it is installed (several times as fast), else by
 * `node:crypto` (Node 24.7 or later); scrypt everywhere.
 */
import * as crypto from 'node:crypto'
import type { Argon2Hash, PasswordHash, ScryptHash } from './password-hash.ts'

/** Costs of a hash, without salt and key. */
export type HashCost = Omit<Argon2Hash, 'salt' | 'key'> | Omit<ScryptHash, 'salt' | 'key'>

/** What can compute keys here. */
export interface KeyDerivation {
  /** The cost of new hashes. */
  readonly preferred: HashCost
  /** Computes a key of `length` bytes; undefined if the algorithm is not to be had here. */
  derive(password: Uint8Array, salt: Uint8Array, cost: HashCost, length: number): Promise<Uint8Array> | undefined
}

type Argon2 = (password: Uint8Array, salt: Uint8Array, cost: Omit<Argon2Hash, 'salt' | 'key'>, length: number) => Promise<Uint8Array>

/** argon2id with 19 MiB, two passes and one lane (OWASP Password Storage Cheat Sheet). */
export const ARGON2_COST: Omit<Argon2Hash, 'salt' | 'key'> = { algorithm: 'argon2id', memoryKib: 19_456, passes: 2, lanes: 1 }

/** scrypt with 16 MiB and five lanes, the equivalent in the same source. */
export const SCRYPT_COST: Omit<ScryptHash, 'salt' | 'key'> = { algorithm: 'scrypt', logCost: 14, blockSize: 8, lanes: 5 }

/** Finds the best there is. `sources` in the order they are tried. */
export async function keyDerivation(
  sources: readonly (() => Promise<Argon2 | undefined>)[] = [packagedArgon2, builtinArgon2],
): Promise<KeyDerivation> {
  let argon2: Argon2 | undefined
  for (const source of sources) {
    argon2 ??= await source()
  }
  return {
    preferred: argon2 === undefined ? SCRYPT_COST : ARGON2_COST,
    derive: (password, salt, cost, length) =>
      cost.algorithm === 'scrypt' ? scrypt(password, salt, cost, length) : argon2?.(password, salt, cost, length),
  }
}

/** Whether a hash was made with the cost given. */
export function hasCost(hash: PasswordHash, cost: HashCost): boolean {
  return Object.entries(cost).every(([key, value]) => hash[key as keyof PasswordHash] === value)
}

/** argon2id of `@node-rs/argon2`, an optional peer; undefined where it is absent or has no binary for this machine. */
export async function packagedArgon2(): Promise<Argon2 | undefined> {
  try {
    const { hashRaw } = await import('@node-rs/argon2')
    const argon2id = 2
    return (password, salt, cost, length) =>
      hashRaw(password, {
        algorithm: argon2id,
        salt,
        memoryCost: cost.memoryKib,
        timeCost: cost.passes,
        parallelism: cost.lanes,
        outputLen: length,
      })
  } catch {
    return undefined
  }
}

/** argon2id of `node:crypto`; undefined before Node 24.7. */
export async function builtinArgon2(): Promise<Argon2 | undefined> {
  const { argon2 } = crypto as Partial<typeof crypto>
  if (argon2 === undefined) {
    return undefined
  }
  return (message, nonce, cost, tagLength) =>
    new Promise((resolve, reject) => {
      const parameters = { message, nonce, parallelism: cost.lanes, tagLength, memory: cost.memoryKib, passes: cost.passes }
      argon2('argon2id', parameters, (error, key) => (error ? reject(error) : resolve(key)))
    })
}

function scrypt(password: Uint8Array, salt: Uint8Array, cost: Omit<ScryptHash, 'salt' | 'key'>, length: number): Promise<Uint8Array> {
  const N = 2 ** cost.logCost
  const maxmem = 128 * cost.blockSize * (N + cost.lanes + 2) * 2
  return new Promise((resolve, reject) => {
    crypto.scrypt(password, salt, length, { N, r: cost.blockSize, p: cost.lanes, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
