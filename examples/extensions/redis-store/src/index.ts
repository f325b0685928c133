export type { KeyValueStore } from './key-value-store.ts'
export { type RedisConfig, type RedisExtension, type RedisMember, type RedisOptions, redis } from './redis.ts'
export { REDIS_ERRORS, type RedisErrorCode } from './redis-errors.ts'
