import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startReport } from '../src/debug/debug-report.ts'
import { DevServer } from '../src/dev/dev-server.ts'
import { Redactor } from '../src/log/redact.ts'
import { rawSocket } from './raw-socket.ts'
import { directory } from './template-site.ts'

const REPORT = startReport(new Error('not today'), '/', new Redactor(() => []))
const PAGE = 'GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n'

async function listening(audience = 'local') {
  const server = new DevServer(audience)
  onTestFinished(() => server.close())
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  return { server, port: Number(new URL(url).port) }
}

/** A process that is handed connections and does nothing with them. */
function idleChild(): ChildProcess & { readonly sent: unknown[] } {
  const sent: unknown[] = []
  const child = Object.assign(new EventEmitter(), { connected: true, sent, send: (message: unknown) => sent.push(message) })
  return child as unknown as ChildProcess & { readonly sent: unknown[] }
}

describe('DevServer', () => {
  test('a connection waits while nothing runs', async () => {
    const { server, port } = await listening()
    const { socket, until } = await rawSocket(port)
    socket.write(PAGE)
    server.become(REPORT)
    expect(await until(/<\/html>/)).toMatch(/^HTTP\/1\.1 503 [\s\S]*not today/)
  })

  test('tells a program as much as a person, as a problem document', async () => {
    const { server, port } = await listening()
    server.become(startReport(new Error('not today', { cause: new Error('behind it') }), '/', new Redactor(() => [])))
    const { socket, closed } = await rawSocket(port)
    socket.write(PAGE.replace('text/html', 'application/json'))
    expect(JSON.parse(/\{.*\}/.exec(await closed())?.[0] as string)).toMatchObject({
      status: 503,
      detail: 'not today',
      error: {
        name: 'Error',
        message: 'not today',
        stack: expect.arrayContaining([expect.stringMatching(/dev-server\.test\.ts:\d+:\d+$/)]),
        source: expect.arrayContaining([expect.stringContaining("new Error('not today'")]),
        cause: { message: 'behind it' },
      },
    })
  })

  test('a connection handed to a process that ends before it takes it is not lost', async () => {
    const { server, port } = await listening()
    const child = idleChild()
    server.become(child)
    const { socket, until } = await rawSocket(port)
    socket.write(PAGE)
    while (child.sent.length === 0) {
      await new Promise(setImmediate)
    }
    child.emit('exit')
    server.become(REPORT)
    expect(await until(/<\/html>/)).toContain('not today')
  })

  test('one that was taken is its business', async () => {
    const { server, port } = await listening()
    const child = idleChild()
    server.become(child)
    const { closed } = await rawSocket(port)
    while (child.sent.length === 0) {
      await new Promise(setImmediate)
    }
    child.emit('message', { kind: 'taken', connection: 0 })
    // Nobody holds it now: here, where no process has a copy, it is closed.
    expect(await closed()).toBe('')
  })

  test.each([
    ['a stranger', 'local', 'X-Forwarded-For: 203.0.113.9\r\n', false],
    ['a stranger, where anyone may look', 'anyone', 'X-Forwarded-For: 203.0.113.9\r\n', true],
    ['a client on this machine, where nobody may', 'off', '', false],
  ] as const)('%s is told the reason: %s', async (_, audience, header, told) => {
    const { server, port } = await listening(audience)
    server.become(REPORT)
    const { socket, closed } = await rawSocket(port)
    socket.write(PAGE.replace('Accept', `${header}Accept`))
    expect((await closed()).includes('not today')).toBe(told)
  })

  test('pages that wait for news hear of every start', async () => {
    const { server, port } = await listening()
    server.become(REPORT)
    const { socket, until, closed } = await rawSocket(port)
    socket.write(PAGE.replace('text/html', 'text/event-stream'))
    await until(/text\/event-stream[\s\S]*\r\n\r\n/)
    server.become(idleChild())
    expect(await closed()).toContain('data: changed\n\n')
  })

  test('listens on a unix socket', async () => {
    const server = new DevServer('local')
    onTestFinished(() => server.close())
    const path = join(directory({}), 'dev.sock')
    expect(await server.listen({ path })).toBe(`unix:${path}`)
  })
})
