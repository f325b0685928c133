/** Start and stop: start hooks in the order of installation, stop hooks in reverse, each with its own time limit. */
import { coreError } from './core-errors.ts'
import type { MicroError } from './micro-error.ts'

interface LifeHook {
  readonly owner: string
  readonly run: () => unknown
}

/** Time limits of hooks, in milliseconds. */
export interface LifeLimits {
  readonly startMs: number
  readonly stopMs: number
}

/** The start and stop hooks of an app. */
export class Lifecycle {
  readonly #start: LifeHook[] = []
  readonly #stop: LifeHook[] = []

  onStart(owner: string, run: () => unknown): void {
    this.#start.push({ owner, run })
  }

  onStop(owner: string, run: () => unknown): void {
    this.#stop.push({ owner, run })
  }

  /** Runs the start hooks. If one fails, the owners started before it are stopped again, and it too. */
  async start(limits: LifeLimits): Promise<void> {
    const begun = new Set<string>()
    for (const { owner, run } of this.#start) {
      begun.add(owner)
      try {
        await within(limits.startMs, run, () => coreError('MICRO_START_TIMEOUT', { owner: named(owner), ms: limits.startMs }))
      } catch (error) {
        const failures = await this.#runStops(limits, (hook) => begun.has(hook.owner))
        const reason = error instanceof Error ? error.message : String(error)
        const cause = failures.length === 0 ? error : new AggregateError([error, ...failures], reason)
        throw coreError('MICRO_START_FAILED', { owner: named(owner), reason }, { cause })
      }
    }
  }

  /** Runs every stop hook, in reverse order, also when some fail. */
  async stop(limits: LifeLimits): Promise<void> {
    const failures = await this.#runStops(limits, () => true)
    if (failures.length > 0) {
      const owners = [...new Set(failures.map((failure) => failure.owner))].join(', ')
      const cause = new AggregateError(failures.map(({ error }) => error), 'stop hooks failed')
      throw coreError('MICRO_STOP_FAILED', { count: failures.length, owners }, { cause })
    }
  }

  async #runStops(limits: LifeLimits, chosen: (hook: LifeHook) => boolean): Promise<{ owner: string; error: unknown }[]> {
    const failures: { owner: string; error: unknown }[] = []
    for (const { owner, run } of this.#stop.filter(chosen).reverse()) {
      try {
        await within(limits.stopMs, run, () => coreError('MICRO_STOP_TIMEOUT', { owner: named(owner), ms: limits.stopMs }))
      } catch (error) {
        failures.push({ owner: named(owner), error })
      }
    }
    return failures
  }
}

function named(owner: string): string {
  return owner === 'app' ? 'the app' : `extension '${owner}'`
}

async function within(ms: number, run: () => unknown, late: () => MicroError): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    await Promise.race([
      Promise.resolve().then(run),
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(late()), ms)
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}
