import type { RedisClientType } from 'redis'
import { redisError } from './redis-errors.ts'

/** Values under keys, shared by every process that uses the same Redis and prefix. */
export interface KeyValueStore {
  /** The value of a key; undefined where there is none, or it has expired. */
  get<T = unknown>(key: string): Promise<T | undefined>
  /** Stores what JSON can say, for `ttl` seconds or for good. @throws MicroError `MICRO_REDIS_KEY`, `MICRO_REDIS_VALUE`. */
  set(key: string, value: unknown, ttl?: number): Promise<void>
  /** Stores a value only where there is none; says whether it did. */
  add(key: string, value: unknown, ttl?: number): Promise<boolean>
  /** Takes a value away and gives it: however many ask at the same time, one gets it. */
  take<T = unknown>(key: string): Promise<T | undefined>
  /** Adds to a number, from 0, and gives the sum; `ttl` seconds count from the first addition. */
  increment(key: string, by?: number, ttl?: number): Promise<number>
  /** Whether there was something to delete. */
  delete(key: string): Promise<boolean>
}

/** Adds, and sets the end only with the first addition, in one step. */
const INCREMENT = `
local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
if ARGV[2] ~= '' and redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return sum`

/** A store over a connection. */
export class RedisStore implements KeyValueStore {
  readonly #client: RedisClientType
  readonly #prefix: string

  constructor(client: RedisClientType, prefix: string) {
    this.#client = client
    this.#prefix = prefix
  }

  async get<T = unknown>(key: string): Promise<T | undefined> {
    return read<T>(await this.#ready(key).get(this.#name(key)))
  }

  async set(key: string, value: unknown, ttl?: number): Promise<void> {
    await this.#ready(key).set(this.#name(key), written(key, value), expiry(ttl))
  }

  async add(key: string, value: unknown, ttl?: number): Promise<boolean> {
    const reply = await this.#ready(key).set(this.#name(key), written(key, value), { ...expiry(ttl), condition: 'NX' })
    return reply === 'OK'
  }

  async take<T = unknown>(key: string): Promise<T | undefined> {
    return read<T>(await this.#ready(key).getDel(this.#name(key)))
  }

  async increment(key: string, by = 1, ttl?: number): Promise<number> {
    const sum = await this.#ready(key).eval(INCREMENT, {
      keys: [this.#name(key)],
      arguments: [String(by), ttl === undefined ? '' : String(ttl)],
    })
    return Number(sum)
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#ready(key).del(this.#name(key))) === 1
  }

  #ready(key: string): RedisClientType {
    if (!this.#client.isReady) {
      throw redisError('MICRO_REDIS_NOT_STARTED', { key: JSON.stringify(key) })
    }
    return this.#client
  }

  #name(key: string): string {
    if (typeof key !== 'string' || key.length === 0 || key.length > 512) {
      throw redisError('MICRO_REDIS_KEY', { key: JSON.stringify(key)?.slice(0, 80) })
    }
    return this.#prefix + key
  }
}

function read<T>(text: string | null): T | undefined {
  return text === null ? undefined : (JSON.parse(text) as T)
}

function written(key: string, value: unknown): string {
  const text: unknown = JSON.stringify(value)
  if (typeof text !== 'string') {
    throw redisError('MICRO_REDIS_VALUE', { key: JSON.stringify(key), what: typeof value })
  }
  return text
}

function expiry(ttl: number | undefined): { readonly expiration?: { readonly type: 'EX'; readonly value: number } } {
  return ttl === undefined ? {} : { expiration: { type: 'EX', value: ttl } }
}
