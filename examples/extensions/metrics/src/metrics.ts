import { blueprint, type ConfigSchema, type Context, defineExtension, type Extension, type Member, option, options } from '@micro/core'
import { Counter, Histogram, Registry } from 'prom-client'
import { AppMetrics, type MetricsApp } from './metrics-member.ts'

/** What may be given for `config.metrics`, and to `metrics()`. */
export interface MetricsOptions {
  readonly path?: string
  readonly prefix?: string
}

/** What `config.metrics` comes to. */
export interface MetricsConfig {
  readonly path: string
  readonly prefix: string
}

/** What stands under the name. */
export interface MetricsMember extends Member<MetricsApp, MetricsApp> {}

/** The extension that `metrics()` makes. */
export interface MetricsExtension extends Extension<'metrics', MetricsMember, {}, MetricsOptions, MetricsConfig> {}

const CONFIG: ConfigSchema<MetricsOptions, MetricsConfig> = options({
  path: option.string({ default: '/metrics', pattern: /^(\/[\w-]+)+$/, description: 'Where the metrics are read.' }),
  prefix: option.string({ default: 'http_', pattern: /^[a-zA-Z_]\w*$/, description: 'Stands in front of the names of its own metrics.' }),
})

/** Upper ends of the histogram's buckets, in seconds. */
const BUCKETS: number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Counts requests by method, route and status, and how long they take; `GET /metrics` shows it in Prometheus text format. */
export function metrics(given: MetricsOptions = {}): MetricsExtension {
  return defineExtension({
    name: 'metrics',
    version: '1.0.0',
    core: '^1.0.0',
    config: CONFIG,
    options: given,
    initApp(app, { path, prefix }) {
      const registry = new Registry()
      const labelNames = ['method', 'route', 'status']
      const registers = [registry]
      const requests = new Counter({ name: `${prefix}requests_total`, help: 'Requests that were answered.', labelNames, registers })
      const seconds = new Histogram({ name: `${prefix}request_seconds`, help: 'How long requests take.', buckets: BUCKETS, registers })
      const begun = new WeakMap<Context, number>()
      app.beforeRequest((ctx) => void begun.set(ctx, performance.now()), { phase: 'limits' })
      app.afterRequest((ctx, reply) => {
        // Labels come from routes, never from what a client wrote: their number is bounded.
        requests.inc({
          method: METHODS.has(ctx.method) ? ctx.method : 'other',
          route: ctx.route?.path ?? 'none',
          status: String(reply.status),
        })
        const began = begun.get(ctx)
        if (began !== undefined) {
          seconds.observe((performance.now() - began) / 1000)
        }
      })
      const member = new AppMetrics(registry)
      const routes = blueprint('metrics', import.meta)
      routes.get(path as '/metrics', async (ctx) => {
        ctx.setHeader('Content-Type', registry.contentType)
        return Buffer.from(await member.text())
      })
      app.register(routes)
      return { app: member, context: () => member }
    },
  })
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
