import { type Micro, micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, test } from 'vitest'
import { rawSocket } from './raw-socket.ts'

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** A server with a connection that was used once and is idle, and what stops it. */
async function drained(drainDelayMs: number, prepare: (app: Micro) => unknown = () => undefined) {
  const app = micro(import.meta, { mode: 'test', env: {}, config: { server: { drainDelayMs } } })
  app.get('/', () => 'here')
  prepare(app)
  const { port, stop } = await serve(app, { port: 0, signals: false })
  const idle = await rawSocket(port)
  idle.socket.write(GET)
  expect(await idle.until(/here$/)).toContain('Connection: keep-alive')
  return { app, port, idle, stop }
}

/** Waits until nobody listens any more. */
async function untilClosed(port: number): Promise<void> {
  for (;;) {
    try {
      ;(await rawSocket(port)).socket.destroy()
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('the end of a server', () => {
  test('an idle connection is closed at once where nobody balances', async () => {
    const { idle, stop } = await drained(0)
    const stopping = stop()
    expect(await idle.closed()).toMatch(/here$/)
    await stopping
  })

  test('one that a balancer may be about to use answers once more, and says that it ends', async () => {
    const { port, idle, stop } = await drained(400)
    const stopping = stop()
    await untilClosed(port)
    idle.socket.write(GET)
    const [, second = ''] = (await idle.closed()).split('here')
    expect(second).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\nConnection: close\r\n/)
    await stopping
  })

  test('one that nobody uses is closed all the same', async () => {
    const { idle, stop } = await drained(20)
    await stop()
    expect(await idle.closed()).toMatch(/here$/)
  })

  test.each([0, 20])('one whose first request is on its way is answered, after a delay of %i ms too', async (drainDelayMs) => {
    const { port, stop } = await drained(drainDelayMs)
    const fresh = await rawSocket(port)
    await new Promise((resolve) => setTimeout(resolve, 50)) // Until it is accepted.
    const stopping = stop()
    await untilClosed(port)
    await new Promise((resolve) => setTimeout(resolve, 100))
    fresh.socket.write(GET)
    expect(await fresh.closed()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\nConnection: close\r\n[\s\S]*here$/)
    await stopping
  })

  test('a connection that was taken over by an upgrade ends with the drain time', async () => {
    const app = micro(import.meta, { mode: 'test', env: {}, config: { server: { drainTimeoutMs: 100 } } })
    const { port, server, stop } = await serve(app, { port: 0, signals: false })
    server?.on('upgrade', (_, socket) => {
      socket.on('error', () => undefined)
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: talk\r\n\r\n')
    })
    const raw = await rawSocket(port)
    raw.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: talk\r\n\r\n')
    await raw.until(/talk\r\n\r\n$/)
    await stop()
    expect(await raw.closed()).toContain('101 Switching Protocols')
  }, 2_000)

  test('a request that is on its way is answered, and its connection ends with it', async () => {
    const begun = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<string>()
    const { port, stop } = await drained(0, (app) =>
      app.get('/slow', () => {
        begun.resolve()
        return answer.promise
      }),
    )
    const raw = await rawSocket(port)
    raw.socket.write(GET.replace('/ ', '/slow '))
    await begun.promise
    const stopping = stop()
    await untilClosed(port)
    answer.resolve('done')
    expect(await raw.closed()).toMatch(/Connection: close\r\n[\s\S]*done$/)
    await stopping
  })
})
