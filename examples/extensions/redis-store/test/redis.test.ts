import { testExtension } from '@micro/compat'
import { isMicroError, micro } from '@micro/core'
import { describe, expect, test } from 'vitest'
import subject from '../micro-compat.ts'
import { redis } from '../src/index.ts'
import { isThere, url } from './redis-here.ts'

const make = (config: object = {}) =>
  micro(import.meta, { mode: 'test', env: {}, logSink: () => undefined }).use(
    redis({ url, prefix: `test-${process.pid}-${Math.random()}:`, ...config }),
  )

describe.skipIf(!isThere)('redis', () => {
  describe('keeps the protocol', () => testExtension(subject))

  test('two apps share what has the same prefix', async () => {
    const prefix = `shared-${process.pid}:`
    const [one, two] = [make({ prefix }), make({ prefix })]
    await Promise.all([one.start(), two.start()])
    await one.redis.set('x', 1, { maxAge: 10 })
    expect(await two.redis.get('x')).toBe(1)
    await Promise.all([one.stop(), two.stop()])
  })

  test('one of many takes a value, one of many adds it, and no addition is lost', async () => {
    const app = make()
    app.get('/', async (ctx) => ({ sum: await ctx.redis.increment('hits', { maxAge: 10 }) }))
    const client = app.client()
    const sums = await Promise.all(Array.from({ length: 20 }, async () => ((await (await client.get('/')).json()) as { sum: number }).sum))
    expect(sums.sort((one, other) => one - other)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    const added = await Promise.all([1, 2, 3].map((value) => app.redis.add('once', value, { maxAge: 10 })))
    expect(added.filter(Boolean)).toHaveLength(1)
    const taken = await Promise.all([1, 2, 3].map(() => app.redis.take('once')))
    expect(taken.filter((value) => value !== undefined)).toHaveLength(1)
    await app.stop()
  })
})

describe('redis that is not there', () => {
  test('the app does not start, and says where it looked without the password', async () => {
    const app = make({ url: 'redis://user:hunter2@127.0.0.1:9' })
    const error: unknown = await app.start().catch((reason: unknown) => reason)
    const { cause } = error as { readonly cause: Error }
    expect(isMicroError(cause) && cause.code).toBe('MICRO_REDIS_UNREACHABLE')
    expect(cause.message).toContain('redis://127.0.0.1:9')
    expect(cause.message).not.toContain('hunter2')
    await app.stop()
  })
})
