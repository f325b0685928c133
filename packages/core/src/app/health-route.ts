import type { CoreConfig } from '../config/core-config.ts'
import type { HealthReport } from '../extension/health.ts'
import { Reply } from '../http/reply.ts'
import { type RouteRecord, routeRecord } from '../routing/route.ts'

/** What the routes ask. */
export interface HealthHost {
  /** Whether the app is being stopped: what it has begun it ends, but nothing new should be sent to it. */
  readonly isStopping: boolean
  check(): Promise<HealthReport>
}

const HEADERS: string[] = ['Cache-Control', 'no-store']

/**
 * The routes `health` and `health.ready` at `config.health.path` and below it, for whoever watches the process: whether it answers at
 * all, and whether it should be sent requests. None where there is no path.
 */
export function healthRoutes({ path, cacheMs, details }: CoreConfig['health'], host: HealthHost): readonly RouteRecord[] {
  if (path === undefined) {
    return []
  }
  const checks = new BriefReport(host, cacheMs)
  const ready: RouteRecord['handler'] = async () => {
    if (host.isStopping) {
      return reply('stopping', false)
    }
    const { isHealthy, extensions } = await checks.report()
    return reply(isHealthy ? 'ok' : 'failing', isHealthy, details ? extensions : undefined)
  }
  const route = (name: string, at: string, handler: RouteRecord['handler']) =>
    routeRecord({ methods: ['GET'], path: at, name, handler, isSessionless: true, where: 'core' })
  return [route('health', path, () => reply('ok', true)), route('health.ready', `${path}/ready`, ready)]
}

function reply(status: 'ok' | 'failing' | 'stopping', isFit: boolean, extensions?: HealthReport['extensions']): Reply {
  return new Reply(isFit ? 200 : 503, 'application/json', JSON.stringify({ status, extensions }), HEADERS)
}

/** Asks the extensions once, however many ask at the same time or soon after: they may be anybody. */
class BriefReport {
  readonly #host: HealthHost
  readonly #cacheMs: number
  #last: { readonly until: number; readonly report: Promise<HealthReport> } | undefined

  constructor(host: HealthHost, cacheMs: number) {
    this.#host = host
    this.#cacheMs = cacheMs
  }

  report(): Promise<HealthReport> {
    if (this.#last === undefined || performance.now() > this.#last.until) {
      const report = this.#host.check()
      this.#last = { until: Number.POSITIVE_INFINITY, report }
      void report.then(() => {
        this.#last = { until: performance.now() + this.#cacheMs, report }
      })
    }
    return this.#last.report
  }
}
