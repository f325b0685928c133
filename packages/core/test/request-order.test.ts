/** The order in which everything of a request runs: Flask's, step by step. */
import { abort, blueprint, type Micro, middleware, onSignal } from '@micro/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DOORS } from './both.ts'

/** An app whose every step writes into `log`. */
function traced(app: Micro, log: string[]): void {
  app.session.store({
    load: async () => {
      log.push('session read')
      return { text: '{"count":1}', age: 0 }
    },
    save: async () => {
      log.push('session saved')
      return 'kept'
    },
    renew: () => 'kept',
    destroy: () => undefined,
  })
  const note =
    (text: string) =>
    (...[, reply]: unknown[]) =>
      void log.push(`${text}${typeof reply === 'object' && reply !== null && 'status' in reply ? ` ${String(reply.status)}` : ''}`)
  const teardown = (text: string) => (_: unknown, error: unknown) =>
    void log.push(`${text}${error instanceof Error ? `: ${error.message}` : ''}`)
  const inner = blueprint('inner', import.meta, { prefix: '/inner' })
  const outer = blueprint('outer', import.meta, { prefix: '/outer' })
  for (const [name, place] of [['app', app] as const, ['outer', outer] as const, ['inner', inner] as const]) {
    place.onParams(() => {
      log.push(`params ${name}`)
      return undefined
    })
    for (const count of [1, 2]) {
      place.beforeRequest(note(`before ${name} ${count}`))
      place.afterRequest(note(`after ${name} ${count}`))
      place.teardownRequest(teardown(`teardown ${name} ${count}`))
    }
  }
  app.beforeRequest((ctx) => {
    ctx.afterThisRequest((reply) => void log.push(`after this 1 ${reply.status}`))
    ctx.onTeardown(() => void log.push('own teardown 1'))
    ctx.onTeardown(() => void log.push('own teardown 2'))
  })
  const around = middleware(async (_, next) => {
    log.push('middleware in')
    const reply = await next()
    log.push('middleware out')
    return reply
  })
  inner.get('/', [around], (ctx) => {
    log.push('handler')
    ctx.session.set('count', 2)
    ctx.afterThisRequest(async (reply) => void log.push(`after this 2 ${reply.status}`))
    return (async function* () {
      log.push('body')
      yield 'x'
    })()
  })
  inner.get('/abort', () => abort(410))
  inner.get('/fail', () => {
    log.push('handler')
    throw new RangeError('boom')
  })
  inner.onError(410, (error) => {
    log.push(`error handler ${error.status}`)
    return 'gone'
  })
  outer.register(inner)
  app.register(outer)
  for (const name of ['micro:request:start', 'micro:request:finish', 'micro:request:error', 'micro:request:teardown'] as const) {
    onTestFinished(onSignal(name, () => log.push(name), { app }))
  }
}

const BEFORE = ['before app 1', 'before app 2']
const BEFORE_INNER = [
  'params app',
  'params outer',
  'params inner',
  ...BEFORE,
  'before outer 1',
  'before outer 2',
  'before inner 1',
  'before inner 2',
]
const after = (status: number) => ['inner 2', 'inner 1', 'outer 2', 'outer 1', 'app 2', 'app 1'].map((name) => `after ${name} ${status}`)
const OWN = ['own teardown 2', 'own teardown 1']
const TEARDOWN = ['inner 2', 'inner 1', 'outer 2', 'outer 1', 'app 2', 'app 1'].map((name) => `teardown ${name}`)

describe.each(DOORS)('the order of a request through $name', ({ open }) => {
  /** What one request writes, its end included. */
  async function trace(path: string, sent: { method?: string; headers?: { [name: string]: string } } = {}): Promise<readonly string[]> {
    const log: string[] = []
    const { app, send } = await open((made) => traced(made, log))
    const over = new Promise<void>((resolve) => onTestFinished(onSignal('micro:request:teardown', () => resolve(), { app })))
    await send(path, sent)
    await over
    return log
  }

  test('from the start of a request to the end of its streamed body', async () => {
    expect(await trace('/outer/inner', { headers: { cookie: 'session=x' } })).toEqual([
      'micro:request:start',
      'session read',
      ...BEFORE_INNER,
      'middleware in',
      'handler',
      'middleware out',
      'after this 1 200',
      'after this 2 200',
      ...after(200),
      'session saved',
      'micro:request:finish',
      'body',
      ...OWN,
      ...TEARDOWN,
      'micro:request:teardown',
    ])
  })

  test('an error that has a handler: the same, and the teardowns are told of none', async () => {
    expect(await trace('/outer/inner/abort')).toEqual([
      'micro:request:start',
      ...BEFORE_INNER,
      'error handler 410',
      'after this 1 410',
      ...after(410),
      'micro:request:finish',
      ...OWN,
      ...TEARDOWN,
      'micro:request:teardown',
    ])
  })

  test('an error that nobody expected is published before it is answered, and the teardowns are told of it', async () => {
    expect(await trace('/outer/inner/fail')).toEqual([
      'micro:request:start',
      ...BEFORE_INNER,
      'handler',
      'micro:request:error',
      'after this 1 500',
      ...after(500),
      'micro:request:finish',
      ...OWN,
      ...TEARDOWN.map((step) => `${step}: boom`),
      'micro:request:teardown',
    ])
  })

  test('where no route answers, the hooks of the app alone', async () => {
    for (const [path, method, status] of [
      ['/nowhere', 'GET', 404],
      ['/outer/inner', 'PUT', 405],
      ['/outer/inner', 'OPTIONS', 204],
    ] as const) {
      expect(await trace(path, { method })).toEqual([
        'micro:request:start',
        ...BEFORE,
        `after this 1 ${status}`,
        `after app 2 ${status}`,
        `after app 1 ${status}`,
        'micro:request:finish',
        ...OWN,
        'teardown app 2',
        'teardown app 1',
        'micro:request:teardown',
      ])
    }
  })
})
