import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { type Context, Micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DOORS, errorsOf } from './both.ts'

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until a condition holds, at most a second. */
async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 200 && !condition(); round++) {
    await later(5)
  }
}

describe.each(DOORS)('streamed bodies through $name', ({ open }) => {
  const wrong: readonly (readonly [what: string, chunk: unknown])[] = [
    ['a value of type number', 5],
    ['a value of type object', { a: 1 }],
    ['a list', [1]],
    ['null', null],
    ['a value of type undefined', undefined],
  ]
  test.each(wrong)('%s as a part ends the body with a logged error, never the process', async (what, chunk) => {
    let isReturned = false
    const { send, lines } = await open((app) => {
      app.get('/', () =>
        (async function* () {
          try {
            yield 'a'
            yield chunk
            yield 'b'
          } finally {
            isReturned = true
          }
        })(),
      )
      app.get('/fine', () => 'fine')
    })
    await expect(send('/')).rejects.toThrow()
    expect(lines.map(({ message, fields }) => [message, (fields.error as { code?: string }).code])).toEqual([
      ['The body of GET / failed', 'MICRO_BODY_CHUNK'],
    ])
    expect(errorsOf(lines)[0]).toContain(`A streamed body gave ${what}.`)
    await until(() => isReturned)
    expect(isReturned).toBe(true)
    expect((await send('/fine')).text).toBe('fine')
  })

  test('one that fails is cut, logged, and its request ends with the error', async () => {
    const ended: unknown[] = []
    const { send, lines } = await open((app) => {
      app.teardownRequest((_, error) => ended.push((error as Error | undefined)?.message))
      app.get('/', () =>
        (async function* () {
          yield 'a'
          throw new Error('source failed')
        })(),
      )
    })
    await expect(send('/')).rejects.toThrow()
    await until(() => ended.length > 0)
    expect(errorsOf(lines)).toEqual(['source failed'])
    expect(ended).toEqual(['source failed'])
  })

  test('one that announces its length and fails at once is answered by the error handlers, once', async () => {
    const ended: unknown[] = []
    let asked = 0
    const failing = () =>
      new Response(
        new ReadableStream({
          pull() {
            throw new RangeError('no source')
          },
        }),
        { headers: { 'Content-Length': '5' } },
      )
    const { send, lines } = await open((app) => {
      app.teardownRequest((_, error) => ended.push((error as Error | undefined)?.message))
      app.get('/own', failing)
      app.get('/twice', failing)
      app.get('/locked', (ctx) => {
        const stream = new ReadableStream()
        stream.getReader()
        return ctx.reply(stream)
      })
      app.onError(RangeError, (error, ctx) => {
        asked++
        ctx.setHeader('X-Own', 'yes')
        return ctx.path === '/twice' ? failing() : ctx.text(`own page: ${error.message}`, 503)
      })
    })
    const own = await send('/own')
    expect([own.status, own.text, own.headers.get('x-own')]).toEqual([503, 'own page: no source', 'yes'])
    expect((await send('/twice')).status).toBe(500)
    expect((await send('/locked')).status).toBe(500)
    expect(asked).toBe(2)
    await until(() => ended.length === 3)
    expect(ended).toEqual(['no source', 'no source', expect.stringContaining('locked')])
    expect(errorsOf(lines)).toEqual(['no source', expect.stringContaining('locked')])
  })

  test('for HEAD nothing of it is produced, and it is let go of', async () => {
    let produced = 0
    let cancelled = 0
    const stream = () =>
      new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            produced++
            controller.enqueue(new Uint8Array([65]))
          },
          cancel() {
            cancelled++
          },
        },
        { highWaterMark: 0 },
      )
    const { send } = await open((app) => {
      app.get('/stream', () => stream())
      app.get('/native', () => new Response(stream(), { headers: { 'Content-Length': '500', 'X-Own': 'yes' } }))
      app.get('/node', () => Readable.from(['a', 'b']))
    })
    expect((await send('/stream', { method: 'HEAD' })).text).toBe('')
    const native = await send('/native', { method: 'HEAD' })
    expect([native.text, native.headers.get('content-length'), native.headers.get('x-own')]).toEqual(['', '500', 'yes'])
    expect((await send('/node', { method: 'HEAD' })).text).toBe('')
    expect((await send('/node')).text).toBe('ab')
    await until(() => cancelled === 2)
    expect([produced, cancelled]).toEqual([0, 2])
  })
})

describe('a streamed body and its client', () => {
  /** An app on a socket, and a request that is open. */
  async function opened(handler: (ctx: Context) => unknown) {
    const app = new Micro(import.meta, { mode: 'test', env: {}, config: { log: { level: 'silent' } } })
    const log: string[] = []
    app.get('/', (ctx) => {
      ctx.onTeardown(() => log.push('torn down'))
      return handler(ctx) as object
    })
    const { url, stop } = await serve(app, { port: 0, signals: false })
    onTestFinished(() => stop())
    const sent = get(url, { agent: false })
    sent.on('error', () => undefined)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return { app, log, sent, response }
  }

  test('nothing is produced faster than it is taken', async () => {
    let produced = 0
    const { response } = await opened(() =>
      (async function* () {
        for (; produced < 500; produced++) {
          yield Buffer.alloc(65_536, 97)
        }
      })(),
    )
    await later(150)
    const stalled = produced
    expect(stalled).toBeLessThan(200)
    let bytes = 0
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length
    }
    expect(bytes).toBe(500 * 65_536)
  })

  test('a client that goes away: iteration stops, clean-up and teardown run once, the signal is aborted', async () => {
    const seen: string[] = []
    const { log, response } = await opened((ctx) => {
      ctx.signal.addEventListener('abort', () => seen.push('aborted'))
      return (async function* () {
        try {
          for (let part = 0; ; part++) {
            yield `part ${part}\n`
            await later(5)
          }
        } finally {
          seen.push('returned')
        }
      })()
    })
    await once(response, 'data')
    response.destroy()
    await until(() => log.length > 0)
    await later(30)
    expect(seen.sort()).toEqual(['aborted', 'returned'])
    expect(log).toEqual(['torn down'])
  })

  test('a source that waits is told at once', async () => {
    let cancelled = 0
    const { log, response } = await opened(
      () =>
        new ReadableStream({
          start: (controller) => controller.enqueue(new Uint8Array([65])),
          pull: () => new Promise(() => undefined),
          cancel: () => void cancelled++,
        }),
    )
    await once(response, 'data')
    response.destroy()
    await until(() => log.length > 0)
    expect([cancelled, log]).toEqual([1, ['torn down']])
  })

  test('a stream whose response was complete does not abort the signal', async () => {
    let isAborted = false
    const { log, response } = await opened((ctx) => {
      ctx.signal.addEventListener('abort', () => {
        isAborted = true
      })
      return 'x'
    })
    response.resume()
    await until(() => log.length > 0)
    await later(10)
    expect([isAborted, log]).toEqual([false, ['torn down']])
  })

  test('through fetch, a reader that cancels stops it as well', async () => {
    const seen: string[] = []
    const app = new Micro(import.meta, { mode: 'test', env: {} })
    app.get('/', (ctx) => {
      ctx.onTeardown(() => seen.push('torn down'))
      return (async function* () {
        try {
          for (;;) {
            yield 'part'
            await later(2)
          }
        } finally {
          seen.push('returned')
        }
      })()
    })
    const response = await app.client().get('/')
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await reader.cancel()
    await until(() => seen.length === 2)
    expect(seen).toEqual(['returned', 'torn down'])
    await app.stop()
  })

  test('the head of a stream without length goes out before its first part', async () => {
    let isProduced = false
    const { response } = await opened(() =>
      (async function* () {
        await later(100)
        isProduced = true
        yield 'x'
      })(),
    )
    expect([response.statusCode, isProduced]).toEqual([200, false])
    response.resume()
    await once(response, 'end')
  })

  test('a client that leaves before the reply: the handler ends, its reply is let go of, teardown runs once', async () => {
    const app = new Micro(import.meta, { mode: 'test', env: {} })
    const log: string[] = []
    let isLetGo = false
    app.get('/', async (ctx) => {
      ctx.onTeardown(() => log.push('torn down'))
      await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
      log.push('aborted')
      return new ReadableStream({
        cancel: () => {
          isLetGo = true
        },
      })
    })
    const { url, stop } = await serve(app, { port: 0, signals: false })
    onTestFinished(() => stop())
    const sent = get(url, { agent: false }).on('error', () => undefined)
    await later(30)
    sent.destroy()
    await until(() => log.length === 2)
    expect([log, isLetGo]).toEqual([['aborted', 'torn down'], true])
  })
})
