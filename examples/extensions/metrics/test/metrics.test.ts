import { testExtension } from '@micro/compat'
import { isMicroError, micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, test } from 'vitest'
import subject from '../micro-compat.ts'
import { metrics } from '../src/index.ts'

const make = (options: object = {}) => {
  const app = micro(import.meta, { mode: 'test', env: {}, logSink: () => undefined }).use(metrics(options))
  app.get('/notes/:id', (ctx) => `note ${ctx.params.id}`)
  app.get('/fails', () => {
    throw new Error('on purpose')
  })
  return app
}

/** A metric's samples: `name{labels} value`. */
const samples = (text: string, name: string) => text.split('\n').filter((line) => line.startsWith(name))

describe('metrics', () => {
  describe('keeps the protocol', () => testExtension(subject))

  test('counts requests by method, route and status over a real server', async () => {
    const app = make()
    const server = await serve(app, { port: 0, signals: false })
    for (const path of ['/notes/1', '/notes/2', '/nowhere', '/also/nowhere', '/fails']) {
      await (await fetch(server.url + path)).text()
    }
    const reply = await fetch(`${server.url}/metrics`)
    const text = await reply.text()
    await server.stop()
    expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(samples(text, 'http_requests_total{').sort()).toEqual([
      'http_requests_total{method="GET",route="/fails",status="500"} 1',
      'http_requests_total{method="GET",route="/notes/:id",status="200"} 2',
      'http_requests_total{method="GET",route="none",status="404"} 2',
    ])
    expect(samples(text, 'http_request_seconds_count')).toEqual(['http_request_seconds_count 5'])
    expect(samples(text, 'http_request_seconds_bucket{le="+Inf"}')).toEqual(['http_request_seconds_bucket{le="+Inf"} 5'])
  })

  test("an app's own counters stand beside them, and two apps do not share any", async () => {
    const [one, other] = [make(), make({ path: '/internal/metrics' })]
    one.metrics.counter('mails_total', 'Mails.').add(3)
    one.metrics.counter('mails_total').add()
    expect(samples(await (await one.client().get('/metrics')).text(), 'mails_total')).toEqual(['mails_total 4'])
    const text = await (await other.client().get('/internal/metrics')).text()
    expect(samples(text, 'mails_total')).toEqual([])
    expect((await other.client().get('/metrics')).status).toBe(404)
    await Promise.all([one.stop(), other.stop()])
  })

  const wrong: readonly (readonly [code: string, use: (app: ReturnType<typeof make>) => unknown])[] = [
    ['MICRO_METRICS_NAME', (app) => app.metrics.counter('not a name')],
    ['MICRO_METRICS_NAME', (app) => app.metrics.counter('http_requests_total')],
    ['MICRO_METRICS_VALUE', (app) => app.metrics.counter('falling_total').add(-1)],
    ['MICRO_METRICS_VALUE', (app) => app.metrics.counter('odd_total').add(Number.NaN)],
  ]
  test.each(wrong)('%s', (code, use) => {
    let thrown: unknown
    try {
      use(make())
    } catch (error) {
      thrown = error
    }
    expect(isMicroError(thrown) && thrown.code).toBe(code)
  })
})
