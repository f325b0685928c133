import { Counter as PromCounter, type Registry } from 'prom-client'
import { metricsError } from './metrics-errors.ts'

/** A number that only rises. */
export interface Counter {
  /** Raises it, by 1 unless said otherwise. @throws MicroError `MICRO_METRICS_VALUE`. */
  add(value?: number): void
}

/** `app.metrics` and `ctx.metrics`. */
export interface MetricsApp {
  /** The counter of a name, made with the first call. @throws MicroError `MICRO_METRICS_NAME`. */
  counter(name: string, help?: string): Counter
  /** All metrics in Prometheus text format. */
  text(): Promise<string>
}

/** The counters of one app. */
export class AppMetrics implements MetricsApp {
  readonly #registry: Registry
  readonly #counters = new Map<string, Counter>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  counter(name: string, help: string = name): Counter {
    const made = this.#counters.get(name) ?? this.#make(name, help)
    this.#counters.set(name, made)
    return made
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #make(name: string, help: string): Counter {
    if (typeof name !== 'string' || !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) {
      throw metricsError('MICRO_METRICS_NAME', { name: JSON.stringify(name), reason: 'that is no name of a metric' })
    }
    if (this.#registry.getSingleMetric(name) !== undefined) {
      throw metricsError('MICRO_METRICS_NAME', { name: JSON.stringify(name), reason: 'there is a metric of that name' })
    }
    const counter = new PromCounter({ name, help, registers: [this.#registry] })
    return {
      add(value = 1) {
        if (!(value >= 0)) {
          throw metricsError('MICRO_METRICS_VALUE', { name: JSON.stringify(name), value })
        }
        counter.inc(value)
      },
    }
  }
}
