export { type RedisConfig, type RedisExtension, type RedisMember, type RedisOptions, redis } from './redis.ts'
export { REDIS_ERRORS, type RedisErrorCode } from './redis-errors.ts'
export { RedisSessions } from './redis-sessions.ts'
export { RedisValues } from './redis-values.ts'
