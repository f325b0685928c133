import { type ErrorFactory, errorTable } from '@micro/core'

/** Every code that this package throws at developers. */
export const REDIS_ERRORS = {
  MICRO_REDIS_UNREACHABLE: {
    message: 'There is no Redis at {url}: {reason}.',
    fix: 'Start one there, or name another with MICRO_REDIS__URL.',
  },
  MICRO_REDIS_KEY: {
    message: 'A key of the store was {key}.',
    fix: 'Give it a text of 1 to 512 characters.',
  },
  MICRO_REDIS_VALUE: {
    message: 'The value for {key} is nothing that JSON can say: {what}.',
    fix: 'Store texts, numbers, booleans, null, and lists and objects of them.',
  },
  MICRO_REDIS_NOT_READY: {
    message: 'Redis was asked for {key} while there was no connection to it.',
    fix: 'Use app.redis after app.start(). Where the app is running, see why Redis went away: the log says when.',
  },
} as const

/** One of the codes. */
export type RedisErrorCode = keyof typeof REDIS_ERRORS

export const redisError: ErrorFactory<typeof REDIS_ERRORS> = errorTable(REDIS_ERRORS)
