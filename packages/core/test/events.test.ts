import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { type Context, Micro, type ServerEvent } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { encodeEvents } from '../src/http/events.ts'
import { DOORS } from './both.ts'

async function* some(...events: readonly ServerEvent[]): AsyncGenerator<ServerEvent> {
  yield* events
}

async function textOf(stream: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const part of stream) {
    text += part
  }
  return text
}

describe('encodeEvents', () => {
  const rows: readonly (readonly [event: ServerEvent, text: string])[] = [
    [{ data: 'one' }, 'data: one\n\n'],
    [{ data: 'two\nlines\r\nthree\rfour' }, 'data: two\ndata: lines\ndata: three\ndata: four\n\n'],
    [{ data: '' }, 'data: \n\n'],
    [{ data: { a: 1 } }, 'data: {"a":1}\n\n'],
    [{ data: null }, 'data: null\n\n'],
    [{ data: undefined }, 'data: \n\n'],
    [{ data: 'x', event: 'tick', id: '5', retry: 1500.7 }, 'event: tick\nid: 5\nretry: 1500\ndata: x\n\n'],
    [{ data: 'x', event: 'a\nb', id: 'c\r\0d' }, 'event: a b\nid: c  d\ndata: x\n\n'],
  ]
  test.each(rows)('%j', async (event, text) => {
    expect(await textOf(encodeEvents(some(event)))).toBe(text)
  })

  test('says first how long a browser waits before it comes back', async () => {
    expect(await textOf(encodeEvents(some({ data: 'x' }), { retryMs: 3000 }))).toBe('retry: 3000\n\ndata: x\n\n')
  })

  test('sends comments while it waits, asks for one event once, and stops its clock', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    let asked = 0
    let arrive: (result: IteratorResult<ServerEvent>) => void = () => undefined
    const source: AsyncIterable<ServerEvent> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          asked++
          return new Promise((resolve) => {
            arrive = resolve
          })
        },
      }),
    }
    const iterator = encodeEvents(source, { heartbeatMs: 1000 })[Symbol.asyncIterator]()
    for (let beat = 0; beat < 3; beat++) {
      const next = iterator.next()
      await vi.advanceTimersByTimeAsync(1000)
      expect(await next).toEqual({ done: false, value: ': \n\n' })
    }
    const next = iterator.next()
    arrive({ done: false, value: { data: 'x' } })
    expect([await next, asked, vi.getTimerCount()]).toEqual([{ done: false, value: 'data: x\n\n' }, 1, 0])
  })

  test('an event that came between two parts does not wait for the next heartbeat', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    let arrive: (result: IteratorResult<ServerEvent>) => void = () => undefined
    const next = () =>
      new Promise<IteratorResult<ServerEvent>>((resolve) => {
        arrive = resolve
      })
    const iterator = encodeEvents({ [Symbol.asyncIterator]: () => ({ next }) }, { heartbeatMs: 1000 })[Symbol.asyncIterator]()
    const beat = iterator.next()
    await vi.advanceTimersByTimeAsync(1000)
    await beat
    arrive({ done: false, value: { data: 'x' } })
    await vi.advanceTimersByTimeAsync(0)
    const taken = iterator.next()
    expect([vi.getTimerCount(), await taken]).toEqual([0, { done: false, value: 'data: x\n\n' }])
  })

  test('sends none where heartbeatMs is 0', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const iterator = encodeEvents(some(), { heartbeatMs: 0 })[Symbol.asyncIterator]()
    const next = iterator.next()
    expect([vi.getTimerCount(), await next]).toEqual([0, { done: true, value: undefined }])
  })

  test('ending it ends its source at once, and leaves no timer', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    let isReturned = false
    const source: AsyncIterable<ServerEvent> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        async return() {
          isReturned = true
          return { done: true, value: undefined }
        },
      }),
    }
    const iterator = encodeEvents(source)[Symbol.asyncIterator]()
    void iterator.next()
    await iterator.return?.()
    expect([isReturned, vi.getTimerCount()]).toEqual([true, 0])
  })

  test('an error of the source is an error of the stream', async () => {
    const failing = (async function* (): AsyncGenerator<ServerEvent> {
      yield { data: 1 }
      throw new Error('source failed')
    })()
    await expect(textOf(encodeEvents(failing))).rejects.toThrow('source failed')
  })
})

describe.each(DOORS)('ctx.events through $name', ({ open }) => {
  test('is a stream of events that nobody keeps or collects', async () => {
    const { send } = await open((app) => app.get('/', (ctx) => ctx.events(some({ data: 1 }, { data: 2 }))))
    const { text, headers } = await send('/')
    expect(text).toBe('data: 1\n\ndata: 2\n\n')
    expect([
      headers.get('content-type'),
      headers.get('cache-control'),
      headers.get('x-accel-buffering'),
      headers.get('content-length'),
    ]).toEqual(['text/event-stream', 'no-cache', 'no', null])
  })

  test('a function gets the id of the last event that the client has seen', async () => {
    const { send } = await open((app) =>
      app.get('/', (ctx) =>
        ctx.events(async function* (lastEventId) {
          yield { data: lastEventId ?? 'from the beginning' }
        }),
      ),
    )
    expect((await send('/')).text).toBe('data: from the beginning\n\n')
    expect((await send('/', { headers: { 'last-event-id': '17' } })).text).toBe('data: 17\n\n')
  })
})

describe('events and their client', () => {
  async function opened(events: (ctx: Context) => AsyncIterable<ServerEvent>) {
    const log: string[] = []
    const app = new Micro(import.meta, { mode: 'test', env: {}, logSink: ({ message }) => log.push(message) })
    app.get('/', (ctx) => {
      ctx.onTeardown(() => log.push('torn down'))
      return ctx.events(events(ctx), { heartbeatMs: 20 })
    })
    const { url, stop } = await serve(app, { port: 0, signals: false })
    onTestFinished(() => stop())
    const sent = get(url, { agent: false })
    sent.on('error', () => undefined)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    response.on('error', () => undefined)
    return { log, response }
  }
  const until = (condition: () => boolean) => vi.waitFor(() => expect(condition()).toBe(true), { timeout: 3000, interval: 5 })

  test('a quiet source keeps its connection by comments', async () => {
    const { response } = await opened(async function* (ctx) {
      await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
      yield { data: 'never' }
    })
    response.setEncoding('utf8')
    let text = ''
    response.on('data', (chunk) => {
      text += chunk
    })
    await until(() => text.length > 8)
    expect(text).toMatch(/^(: \n\n){2,}$/)
    response.destroy()
  })

  test('a client that goes away: the source is ended and teardown runs, also while an event is waited for', async () => {
    const { log, response } = await opened(async function* (ctx) {
      try {
        yield { data: 'first' }
        await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
      } finally {
        log.push('returned')
      }
    })
    await once(response, 'data')
    response.destroy()
    await until(() => log.length > 1)
    expect(log).toEqual(['returned', 'torn down'])
  })

  test('a source that ends for nobody does not keep teardown from running, and the log says so', async () => {
    const { log, response } = await opened(async function* () {
      yield { data: 'first' }
      await new Promise(() => undefined)
    })
    await once(response, 'data')
    response.destroy()
    await until(() => log.length > 1)
    expect(log).toEqual(['The body of GET / goes on though nobody takes it: let what it waits for end with ctx.signal', 'torn down'])
  })
})
