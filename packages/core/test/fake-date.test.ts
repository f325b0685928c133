import { micro } from '@micro/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { MemorySessions } from './memory-sessions.ts'

describe('a fake Date', () => {
  const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)
  const made = (session: object) => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-01T00:00:00Z') })
    onTestFinished(() => void vi.useRealTimers())
    const times: string[] = []
    const logSink = ({ time }: { readonly time: Date }) => void times.push(time.toISOString())
    const app = micro(import.meta, { env: {}, mode: 'test', logSink, config: { session } })
    onTestFinished(() => app.stop())
    app.get('/in', (ctx) => {
      ctx.session.set('user', 'ada')
      return 'in'
    })
    app.get('/me', (ctx) => ctx.session.get('user') ?? 'nobody')
    app.get('/log', (ctx) => {
      ctx.log.warn('now')
      return ctx.setCookie('brief', '1', { maxAge: 10 }) ?? 'logged'
    })
    const me = async (client = app.client()) => (await client.get('/me')).text()
    return { app, times, me }
  }

  test('ends sessions: the server refuses the cookie that a browser would still send', async () => {
    const { app, me } = made({ maxAge: 60, renewAfter: 60, permanent: false })
    const client = app.client()
    await client.get('/in')
    later(60)
    expect(await me(client)).toBe('ada')
    later(120)
    expect([client.cookies.get('session') !== undefined, await me(client)]).toEqual([true, 'nobody'])
  })

  test('renews sessions, and ends the cookies of the client', async () => {
    const { app, me } = made({ maxAge: 60, renewAfter: 10 })
    const client = app.client()
    await client.get('/in')
    for (const seconds of [20, 50, 50]) {
      later(seconds)
      expect(await me(client)).toBe('ada')
    }
    later(61)
    expect([client.cookies.all(), await me(client)]).toEqual([{}, 'nobody'])
  })

  test('is the time of log lines and of what a client keeps', async () => {
    const { app, times } = made({})
    const client = app.client()
    await client.get('/log')
    expect(client.cookies.get('brief')).toBe('1')
    later(11)
    await client.get('/me')
    expect([client.cookies.get('brief'), times]).toEqual([undefined, ['2030-01-01T00:00:00.000Z']])
  })

  test('does not stop what waits: stores have their time limit', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const app = micro(import.meta, { env: {}, mode: 'test', logSink: () => {}, config: { session: { storeTimeoutMs: 20 } } })
    onTestFinished(() => app.stop())
    const store = new MemorySessions()
    store.instead.load = () => new Promise(() => {})
    app.session.store(store)
    app.get('/', (ctx) => ctx.session.keys())
    const client = app.client()
    client.cookies.set('session', 's1')
    expect((await client.get('/')).status).toBe(503)
  })
})
