import { randomBytes, timingSafeEqual } from 'node:crypto'
import { authError } from './auth-errors.ts'
import { hasCost, type KeyDerivation, keyDerivation } from './key-derivation.ts'
import { formatHash, type PasswordHash, parseHash } from './password-hash.ts'
import { WorkQueue } from './work-queue.ts'

const SALT_BYTES = 16
const KEY_BYTES = 32

/** What came of a comparison. */
export interface Verification {
  readonly matches: boolean
  /** Whether the hash ought to be made anew, by the algorithm and cost of today. */
  readonly outdated: boolean
}

/** How much may be hashed at a time. */
export interface PasswordHasherOptions {
  readonly concurrency: number
  /** How many more may wait. */
  readonly queueLimit: number
}

/** Makes and compares password hashes, a few at a time. Passwords come prepared: see `preparePassword`. */
export class PasswordHasher {
  readonly #queue: WorkQueue
  readonly #load: () => Promise<KeyDerivation>
  #derivation: Promise<KeyDerivation> | undefined

  constructor(options: PasswordHasherOptions, load: () => Promise<KeyDerivation> = keyDerivation) {
    this.#queue = new WorkQueue(options.concurrency, options.queueLimit)
    this.#load = load
  }

  /** Hashes a password with a fresh salt. @throws HttpError 503 if too many wait. */
  async hash(password: string): Promise<string> {
    const { preferred } = await this.#ready()
    const salt = randomBytes(SALT_BYTES)
    return formatHash({ ...preferred, salt, key: await this.#derive(password, { ...preferred, salt, key: new Uint8Array(KEY_BYTES) }) })
  }

  /**
   * Compares a password with a stored hash. Without one, a key is computed all the same and nothing matches, so that accounts that do
   * not exist, or have no password, take the time of others; an outdated hash alone takes the time of its own algorithm and cost.
   * @throws MicroError `MICRO_AUTH_HASH_UNKNOWN`, `MICRO_AUTH_ARGON2_MISSING`; HttpError 503 if too many wait.
   */
  async verify(password: string, stored: string | undefined): Promise<Verification> {
    const { preferred } = await this.#ready()
    if (stored === undefined) {
      await this.#derive(password, { ...preferred, salt: new Uint8Array(SALT_BYTES), key: new Uint8Array(KEY_BYTES) })
      return { matches: false, outdated: false }
    }
    const hash = parseHash(stored)
    if (hash === undefined) {
      throw authError('MICRO_AUTH_HASH_UNKNOWN', { form: /^\$[\w-]{1,20}\$/.exec(stored)?.[0] ?? 'no PHC string' })
    }
    const key = await this.#derive(password, hash)
    return { matches: timingSafeEqual(key, hash.key), outdated: !hasCost(hash, preferred) }
  }

  /** The key that a password has under the salt, cost and length of a hash. */
  #derive(password: string, hash: PasswordHash): Promise<Uint8Array> {
    return this.#queue.run(async () => {
      const { derive } = await this.#ready()
      const key = derive(Buffer.from(password), hash.salt, hash, hash.key.length)
      if (key === undefined) {
        throw authError('MICRO_AUTH_ARGON2_MISSING', {})
      }
      return key
    })
  }

  #ready(): Promise<KeyDerivation> {
    this.#derivation ??= this.#load()
    return this.#derivation
  }
}
