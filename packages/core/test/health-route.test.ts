import { defineExtension, type HealthCheck, type MicroOptions, micro, options } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'

const checked = <const N extends string>(name: N, check: HealthCheck) =>
  defineExtension({
    name,
    version: '1.0.0',
    core: '*',
    config: options({}),
    initApp(app) {
      app.health(check)
      return {}
    },
  })

const at = (more: object = {}): MicroOptions => ({ config: { health: { path: '/health', cacheMs: 0, ...more } } })

describe.each(DOORS)('health routes through $name', ({ open }) => {
  test('are nowhere unless there is a path', async () => {
    const { send } = await open(() => {})
    expect([(await send('/health')).status, (await send('/health/ready')).status]).toEqual([404, 404])
  })

  test('say that the app answers, and that its extensions work', async () => {
    const { send } = await open((app) => app.use(checked('one', () => undefined)), at())
    for (const path of ['/health', '/health/ready']) {
      const { status, headers, text } = await send(path)
      expect([status, headers.get('cache-control'), text]).toEqual([200, 'no-store', '{"status":"ok"}'])
    }
  })

  test('readiness is 503 while an extension does not work; the app answers all the same, and nobody learns why', async () => {
    let isUp = false
    const { send, lines } = await open((app) => app.use(checked('one', () => (isUp ? undefined : 'password of 10.0.0.7 is wrong'))), at())
    expect([(await send('/health')).status, (await send('/health/ready')).text]).toEqual([200, '{"status":"failing"}'])
    expect((await send('/health/ready')).status).toBe(503)
    expect(JSON.stringify(lines)).toContain('password of 10.0.0.7')
    isUp = true
    expect((await send('/health/ready')).status).toBe(200)
  })

  test('name the extensions where that is allowed', async () => {
    const { send } = await open(
      (app) => app.use(checked('one', () => undefined)).use(checked('two', () => Promise.reject(new Error('x')))),
      at({ details: true }),
    )
    expect((await send('/health/ready')).json).toEqual({ status: 'failing', extensions: { one: true, two: false } })
  })

  test('no hook, session, error handler or trusted host of the app stands before them', async () => {
    const { send } = await open(
      (app) => {
        app.beforeRequest((ctx) => ctx.redirect('/login'))
        app.afterRequest((ctx) => ctx.setHeader('X-Hook', 'ran'))
      },
      { config: { health: { path: '/health' }, server: { trustedHosts: ['example.com'] } } },
    )
    const { status, headers } = await send('/health', { headers: { host: '10.1.2.3:3000' } })
    expect([status, headers.get('x-hook')]).toEqual([200, null])
  })

  test('ask the extensions once, however many want to know', async () => {
    let asked = 0
    const slow = async () => {
      asked++
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const { send } = await open((app) => app.use(checked('one', slow)), at({ cacheMs: 60_000 }))
    await Promise.all([1, 2, 3].map(() => send('/health/ready')))
    await send('/health/ready')
    expect(asked).toBe(1)
  })

  test('say that the app is being stopped, while it ends what it has begun', async () => {
    const begun = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<string>()
    const { app, send } = await open((app) => {
      app.get('/slow', () => {
        begun.resolve()
        return gate.promise
      })
    }, at())
    const slow = send('/slow')
    await begun.promise
    const stopping = app.stop()
    await new Promise(setImmediate)
    const during = await app.fetch(new Request('http://localhost/health/ready'))
    expect([during.status, await during.text()]).toEqual([503, '{"status":"stopping"}'])
    gate.resolve('done')
    expect((await slow).text).toBe('done')
    await stopping
  })
})

describe('a server that waits before it closes', () => {
  test('takes new connections meanwhile, answers them, and says that it is not ready', async () => {
    const app = micro(import.meta, { mode: 'test', env: {}, config: { health: { path: '/health' }, server: { drainDelayMs: 300 } } })
    app.get('/', () => 'still here')
    const { url, stop } = await serve(app, { port: 0, signals: false })
    const stopping = stop()
    await new Promise(setImmediate)
    const [page, ready, alive] = await Promise.all(['/', '/health/ready', '/health'].map((path) => fetch(url + path)))
    expect([page?.status, ready?.status, alive?.status]).toEqual([200, 503, 200])
    // Whoever balances keeps its connections: new ones would be lost in the moment that none is taken.
    expect(page?.headers.get('connection')).toBe('keep-alive')
    await stopping
    await expect(fetch(url)).rejects.toThrow()
  })
})
