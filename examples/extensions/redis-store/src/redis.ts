import { type ConfigSchema, defineExtension, type Extension, type KeyValueStore, type Member, option, options } from '@micro/core'
import { createClient, type RedisClientType } from 'redis'
import { redisError } from './redis-errors.ts'
import { RedisSessions } from './redis-sessions.ts'
import { RedisValues } from './redis-values.ts'

/** What may be given for `config.redis`, and to `redis()`. */
export interface RedisOptions {
  readonly url?: string
  readonly prefix?: string
  readonly sessions?: boolean
  readonly connectTimeoutMs?: number
}

/** What `config.redis` comes to. */
export interface RedisConfig {
  readonly url: string
  readonly prefix: string
  readonly sessions: boolean
  readonly connectTimeoutMs: number
}

/** `app.redis` and `ctx.redis`: the same store. */
export interface RedisMember extends Member<KeyValueStore, KeyValueStore> {}

/** The extension that `redis()` makes. */
export interface RedisExtension extends Extension<'redis', RedisMember, {}, RedisOptions, RedisConfig> {}

const CONFIG: ConfigSchema<RedisOptions, RedisConfig> = options({
  url: option.string({ default: 'redis://127.0.0.1:6379', secret: true, description: 'Where Redis is; it may hold a password.' }),
  prefix: option.string({ default: 'micro:', description: 'Stands in front of every key.' }),
  sessions: option.bool({ default: false, description: 'Keeps sessions here too, rather than in a signed cookie.' }),
  connectTimeoutMs: option.int({ default: 2000, min: 1, description: 'Time that connecting may take.' }),
})

/** Values in Redis: `app.redis` and `ctx.redis`; with `sessions`, the sessions too. Connects when the app starts, and lets go when it stops. */
export function redis(given: RedisOptions = {}): RedisExtension {
  return defineExtension({
    name: 'redis',
    version: '1.0.0',
    core: '^1.0.0',
    config: CONFIG,
    options: given,
    initApp(app, { url, prefix, sessions, connectTimeoutMs }) {
      const client = clientOf(url, connectTimeoutMs)
      const store = new RedisValues(client, `${prefix}value:`)
      if (sessions) {
        app.session.store(new RedisSessions(client, `${prefix}session:`))
      }
      let isStarted = false
      client.on('error', (error: unknown) => {
        if (isStarted) {
          app.log.warn('The connection to Redis was lost', { error })
        }
      })
      app.onStart(async () => {
        await client.connect().catch((error: Error) => {
          throw redisError('MICRO_REDIS_UNREACHABLE', {
            url: shown(url),
            reason: error.message || String((error as { code?: string }).code),
          })
        })
        isStarted = true
      })
      app.onStop(() => {
        isStarted = false
        return client.isOpen ? client.close() : undefined
      })
      app.health(async () => void (await client.ping()))
      return { app: store, context: () => store }
    },
  })
}

function clientOf(url: string, connectTimeout: number): RedisClientType {
  let isConnected = false
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout,
      // The first connection must succeed, or the app does not start; one that is lost later comes back.
      reconnectStrategy: (retries: number) => (isConnected ? Math.min(50 * 2 ** retries, 2000) : false),
    },
  }) as RedisClientType
  return client.on('ready', () => {
    isConnected = true
  })
}

/** A URL without what opens it. */
function shown(url: string): string {
  try {
    const { protocol, host } = new URL(url)
    return `${protocol}//${host}`
  } catch {
    return 'the address configured'
  }
}
