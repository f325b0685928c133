import { isHttpError, isMicroError } from '@micro/core'
import { describe, expect, it, vi } from 'vitest'
import { builtinArgon2, type KeyDerivation, keyDerivation, packagedArgon2, SCRYPT_COST } from '../src/key-derivation.ts'
import { preparePassword } from '../src/password.ts'
import { PasswordHasher } from '../src/password-hasher.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const PASSWORD = 'correct horse battery staple'
const LIMITS = { concurrency: 2, queueLimit: 8 }

/** Hashers that know one way each to compute argon2id, or none. */
const HASHERS: { readonly [name: string]: PasswordHasher } = {
  '@node-rs/argon2': new PasswordHasher(LIMITS, () => keyDerivation([packagedArgon2])),
  'node:crypto': new PasswordHasher(LIMITS, () => keyDerivation([builtinArgon2])),
  scrypt: new PasswordHasher(LIMITS, () => keyDerivation([])),
}
const builtin = (await builtinArgon2()) !== undefined

describe('PasswordHasher', () => {
  it('makes argon2id hashes with 19 MiB, two passes and one lane', async () => {
    const hash = await new PasswordHasher(LIMITS).hash(PASSWORD)
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  })

  it('computes with node:crypto, where it can, what @node-rs/argon2 computes, and the reverse', async () => {
    if (!builtin) {
      expect('argon2' in (await import('node:crypto'))).toBe(false)
      return
    }
    for (const [maker, reader] of [
      ['@node-rs/argon2', 'node:crypto'],
      ['node:crypto', '@node-rs/argon2'],
    ] as const) {
      const hash = await HASHERS[maker]?.hash(PASSWORD)
      expect(await HASHERS[reader]?.verify(PASSWORD, hash)).toEqual({ matches: true, outdated: false })
      expect(await HASHERS[reader]?.verify(`${PASSWORD}!`, hash)).toEqual({ matches: false, outdated: false })
    }
  })

  it('falls back to scrypt with 16 MiB and five lanes', async () => {
    const hash = await HASHERS.scrypt?.hash(PASSWORD)
    expect(hash).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$/)
    expect(await HASHERS.scrypt?.verify(PASSWORD, hash)).toEqual({ matches: true, outdated: false })
    expect(await HASHERS.scrypt?.verify('wrong', hash)).toEqual({ matches: false, outdated: false })
  })

  it('says that a hash of another algorithm or cost is outdated', async () => {
    const scrypt = await HASHERS.scrypt?.hash(PASSWORD)
    expect(await new PasswordHasher(LIMITS).verify(PASSWORD, scrypt)).toEqual({ matches: true, outdated: true })
    const cheap = '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$lJNCXpumfuxxm7dvd9xfSA'
    expect((await new PasswordHasher(LIMITS).verify(PASSWORD, cheap)).outdated).toBe(true)
  })

  it('reads a hash that the reference implementation has made', async () => {
    // Test vector of the reference implementation of Argon2 (test.c, argon2id, m=65536, t=2, p=1).
    const reference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
    expect((await HASHERS['@node-rs/argon2']?.verify('password', reference))?.matches).toBe(true)
    expect((await HASHERS['@node-rs/argon2']?.verify('passwore', reference))?.matches).toBe(false)
  })

  it('says what to install where argon2id cannot be computed, instead of calling a password wrong', async () => {
    const hash = await new PasswordHasher(LIMITS).hash(PASSWORD)
    const error = await HASHERS.scrypt?.verify(PASSWORD, hash).catch((reason: unknown) => reason)
    expect(isMicroError(error) && error.code).toBe('MICRO_AUTH_ARGON2_MISSING')
  })

  it('refuses a stored hash of unknown form without printing it', async () => {
    const error = await new PasswordHasher(LIMITS).verify(PASSWORD, '$2b$10$secretsecret').catch((reason: unknown) => reason)
    expect(isMicroError(error) && error.code).toBe('MICRO_AUTH_HASH_UNKNOWN')
    expect(String(error)).not.toContain('secretsecret')
  })

  it('computes a key of today also where there is no hash to compare with', async () => {
    const derived: unknown[] = []
    const derivation: KeyDerivation = {
      preferred: SCRYPT_COST,
      derive: async (_password, _salt, cost, length) => {
        derived.push(cost)
        return new Uint8Array(length)
      },
    }
    const hasher = new PasswordHasher(LIMITS, async () => derivation)
    expect(await hasher.verify(PASSWORD, undefined)).toEqual({ matches: false, outdated: false })
    expect(derived).toEqual([expect.objectContaining({ algorithm: 'scrypt', logCost: 14, blockSize: 8, lanes: 5 })])
  })

  it('hashes a few at a time, lets some wait, and answers the rest 503', async () => {
    let running = 0
    let most = 0
    const derive = async (): Promise<Uint8Array> => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running -= 1
      return new Uint8Array(32)
    }
    const hasher = new PasswordHasher({ concurrency: 2, queueLimit: 3 }, async () => ({ preferred: SCRYPT_COST, derive }))
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => hasher.hash(PASSWORD)))
    const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason)
    expect(most).toBe(2)
    expect(refused).toHaveLength(3)
    expect(refused.every((error) => isHttpError(error) && error.status === 503 && error.headers['Retry-After'] === '1')).toBe(true)
    await expect(hasher.hash(PASSWORD)).resolves.toMatch(/^\$scrypt/)
  })
})

describe('preparePassword', () => {
  it('takes texts of up to 1024 bytes, in normal form', () => {
    expect(preparePassword('é'.normalize('NFD'))).toBe('é'.normalize('NFC'))
    expect(preparePassword('a'.repeat(1024))).toHaveLength(1024)
    expect(preparePassword('a'.repeat(1025))).toBeUndefined()
    expect(preparePassword('é'.repeat(600))).toBeUndefined()
  })

  it.each<[unknown]>([[undefined], [null], [1], [{ $ne: 1 }], [['a']], [new String('password')]])('takes no %j', (value) => {
    expect(preparePassword(value)).toBeUndefined()
  })

  it('refuses a megabyte before any work is done on it', () => {
    const huge = 'e\u0301'.repeat(500_000)
    const normalise = String.prototype.normalize
    let normalised = false
    String.prototype.normalize = function (this: string, form?: string): string {
      normalised = true
      return normalise.call(this, form)
    }
    try {
      expect(preparePassword(huge)).toBeUndefined()
    } finally {
      String.prototype.normalize = normalise
    }
    expect(normalised).toBe(false)
  })
})
