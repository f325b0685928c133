import { createHash, randomBytes } from 'node:crypto'
import type { SessionStore, StoredSession } from '@micro/core'
import type { RedisClientType } from 'redis'

/** Sessions in Redis. The cookie holds 256 random bits, Redis their digest: who reads its keys has no cookie. */
export class RedisSessions implements SessionStore {
  readonly #client: RedisClientType
  readonly #prefix: string

  constructor(client: RedisClientType, prefix: string) {
    this.#client = client
    this.#prefix = prefix
  }

  async load(cookie: string, maxAge: number): Promise<StoredSession | null> {
    if (!/^[\w-]{43}$/.test(cookie)) {
      return null
    }
    const key = this.#key(cookie)
    // Sent together, answered together.
    const [text, left] = await Promise.all([this.#client.get(key), this.#client.ttl(key)])
    return text === null ? null : { text, age: Math.max(0, maxAge - left) }
  }

  async save(text: string, previous: string | null, maxAge: number): Promise<string | null> {
    const cookie = previous ?? randomBytes(32).toString('base64url')
    const reply = await this.#client.set(this.#key(cookie), text, {
      expiration: { type: 'EX', value: maxAge },
      // A session that has ended meanwhile stays ended.
      ...(previous === null ? {} : { condition: 'XX' }),
    })
    return reply === null ? null : cookie
  }

  async renew(cookie: string, maxAge: number): Promise<string | null> {
    return (await this.#client.expire(this.#key(cookie), maxAge)) === 1 ? cookie : null
  }

  async destroy(cookie: string): Promise<void> {
    await this.#client.del(this.#key(cookie))
  }

  #key(cookie: string): string {
    return this.#prefix + createHash('sha256').update(cookie).digest('base64url')
  }
}
