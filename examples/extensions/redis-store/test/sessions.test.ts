import { testKeyValueStore } from '@micro/compat/key-value-store'
import { testSessionStore } from '@micro/compat/session-store'
import { type LogLine, micro } from '@micro/core'
import { createClient, type RedisClientType } from 'redis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RedisSessions, RedisValues, redis } from '../src/index.ts'
import { isThere, url } from './redis-here.ts'
import { hasRedisServer, startRedis, startServer } from './redis-process.ts'
import { sessionRoutes } from './session-routes.ts'

let count = 0
const newPrefix = () => `test-${process.pid}-${count++}:`

describe.skipIf(!isThere)('on a real Redis', () => {
  const clients = new Map<object, RedisClientType>()
  const over = async <T extends object>(make: (client: RedisClientType) => T): Promise<T> => {
    const client = (await createClient({ url, disableOfflineQueue: true }).connect()) as RedisClientType
    const store = make(client)
    clients.set(store, client)
    return store
  }
  const end = async () => {
    const open = [...clients.values()]
    clients.clear()
    await Promise.all(open.map((client) => client.close()))
  }
  describe('RedisValues', () => testKeyValueStore({ create: () => over((client) => new RedisValues(client, newPrefix())), end }))
  describe('RedisSessions', () => testSessionStore({ create: () => over((client) => new RedisSessions(client, newPrefix())), end }))

  test('what Redis holds of a session is no cookie', async () => {
    const prefix = newPrefix()
    const client = (await createClient({ url }).connect()) as RedisClientType
    const cookie = (await new RedisSessions(client, prefix).save('{}', null, 60)) as string
    const keys = await client.keys(`${prefix}*`)
    expect([keys.length, keys[0]?.includes(cookie)]).toEqual([1, false])
    await client.close()
  })

  test('two processes share a session: what one ends has ended in the other', async () => {
    const prefix = newPrefix()
    const [one, two] = await Promise.all([startServer(url, prefix), startServer(url, prefix)])
    let cookie = ''
    const get = async (at: string, path: string, sent = cookie) => {
      const response = await fetch(at + path, { headers: { cookie: sent } })
      cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
      return (await response.text()).replace(/^\{"count":(.*)\}$/, '$1')
    }
    expect([await get(one, '/count'), await get(two, '/count'), await get(one, '/peek')]).toEqual(['1', '2', '2'])
    const before = cookie
    expect(await get(two, '/regenerate')).toBe('2')
    expect(cookie).not.toBe(before)
    expect([await get(one, '/peek', before), await get(one, '/peek')]).toEqual(['null', '2'])
    const last = cookie
    expect([await get(one, '/leave'), await get(two, '/peek', last)]).toEqual(['left', 'null'])
  }, 15_000)
})

describe.skipIf(!hasRedisServer)('a Redis that goes away', () => {
  const open = async (storeTimeoutMs: number) => {
    const server = await startRedis()
    const lines: LogLine[] = []
    const app = sessionRoutes(
      micro(import.meta, {
        mode: 'test',
        env: {},
        logSink: (line) => lines.push(line),
        config: { session: { storeTimeoutMs }, redis: { url: server.url } },
      }).use(redis({ sessions: true })),
    )
    onTestFinished(() => app.stop())
    const visitor = app.client()
    await visitor.get('/count')
    const status = async (path: string, client = visitor) => (await client.get(path)).status
    return { server, lines, app, visitor, status, stranger: app.client() }
  }

  test('that is killed is 503 for who uses the session, at once; others are answered, and it comes back by itself', async () => {
    const { server, lines, status, visitor, stranger } = await open(10_000)
    await server.kill()
    const began = performance.now()
    expect([await status('/peek'), await status('/count'), await status('/untouched')]).toEqual([503, 503, 200])
    expect([await status('/untouched', stranger), await status('/peek', stranger), await status('/count', stranger)]).toEqual([
      200, 200, 503,
    ])
    expect(performance.now() - began).toBeLessThan(8000)
    const said = lines.map(({ message, fields }) => `${message} ${(fields.error as Error | undefined)?.message}`)
    expect(
      said.filter((line) => line.includes("The session store of extension 'redis' could not load a session: ")).length,
    ).toBeGreaterThan(2)
    expect(said.filter((line) => line.includes("The session store of extension 'redis' could not save a session: "))).toHaveLength(1)
    await server.restart()
    await expect.poll(() => status('/count'), { timeout: 8000, interval: 50 }).toBe(200)
    expect(await (await visitor.get('/peek')).json()).toEqual({ count: 1 })
  }, 15_000)

  test('that hangs is 503 after storeTimeoutMs, and has the session when it goes on', async () => {
    const { server, status, visitor, stranger } = await open(150)
    server.hold()
    expect([await status('/peek'), await status('/untouched'), await status('/untouched', stranger)]).toEqual([503, 200, 200])
    server.release()
    await expect.poll(() => status('/peek'), { timeout: 4000, interval: 20 }).toBe(200)
    expect(await (await visitor.get('/peek')).json()).toEqual({ count: 1 })
  }, 10_000)
})
