import type { IncrementOptions, KeepOptions, KeyValueStore } from '@micro/core'
import type { RedisClientType } from 'redis'
import { redisError } from './redis-errors.ts'

/** Adds, and sets the end with the first addition alone, in one step. */
const INCREMENT = `
local isThere = redis.call('EXISTS', KEYS[1]) == 1
local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
if ARGV[2] ~= '' and not isThere then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return sum`

/** Values in Redis, as JSON. */
export class RedisValues implements KeyValueStore {
  readonly #client: RedisClientType
  readonly #prefix: string

  constructor(client: RedisClientType, prefix: string) {
    this.#client = client
    this.#prefix = prefix
  }

  async get<T = unknown>(key: string): Promise<T | undefined> {
    return read<T>(await this.#ready(key).get(this.#name(key)))
  }

  async set(key: string, value: unknown, options?: KeepOptions): Promise<void> {
    await this.#ready(key).set(this.#name(key), written(key, value), expiry(options))
  }

  async add(key: string, value: unknown, options?: KeepOptions): Promise<boolean> {
    const reply = await this.#ready(key).set(this.#name(key), written(key, value), { ...expiry(options), condition: 'NX' })
    return reply === 'OK'
  }

  async take<T = unknown>(key: string): Promise<T | undefined> {
    return read<T>(await this.#ready(key).getDel(this.#name(key)))
  }

  async increment(key: string, { by = 1, maxAge }: IncrementOptions = {}): Promise<number> {
    const sum = await this.#ready(key).eval(INCREMENT, {
      keys: [this.#name(key)],
      arguments: [String(by), maxAge === undefined ? '' : String(maxAge)],
    })
    return Number(sum)
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#ready(key).del(this.#name(key))) === 1
  }

  #ready(key: string): RedisClientType {
    if (!this.#client.isReady) {
      throw redisError('MICRO_REDIS_NOT_READY', { key: JSON.stringify(key) })
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
  const refuse = (what: string): Error => redisError('MICRO_REDIS_VALUE', { key: JSON.stringify(key), what })
  let text: unknown
  try {
    text = JSON.stringify(value)
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error))
  }
  if (typeof text !== 'string') {
    throw refuse(`it is ${typeof value}`)
  }
  return text
}

function expiry({ maxAge }: KeepOptions = {}): { readonly expiration?: { readonly type: 'EX'; readonly value: number } } {
  return maxAge === undefined ? {} : { expiration: { type: 'EX', value: maxAge } }
}
