/** Start and stop: start hooks in the order of installation, stop hooks in reverse, each with its own time limit. */
import { coreError } from '../errors/core-errors.ts'
import type { MicroError } from '../errors/micro-error.ts'
import { ownerInWords } from '../hooks/hooks.ts'

interface LifeHook {
  readonly owner: string
  readonly run: () => unknown
  /** Place among all hooks of the app. */
  readonly at: number
}

/** Time limits of hooks, in milliseconds. */
export interface LifeLimits {
  readonly startMs: number
  readonly stopMs: number
}

/** A stop hook that failed. */
export interface StopFailure {
  /** Whose it is, in words. */
  readonly owner: string
  readonly error: unknown
}

/** The start and stop hooks of an app. */
export class Lifecycle {
  readonly #start: LifeHook[] = []
  readonly #stop: LifeHook[] = []

  onStart(owner: string, run: () => unknown): void {
    this.#start.push({ owner, run, at: this.#count })
  }

  onStop(owner: string, run: () => unknown): void {
    this.#stop.push({ owner, run, at: this.#count })
  }

  /**
   * Runs the start hooks. If one fails, everything that was declared before it is stopped again, and what its owner declared.
   * @throws MicroError `MICRO_START_FAILED`; its cause is the reason, or an AggregateError of it and what failed while stopping.
   */
  async start(limits: LifeLimits): Promise<void> {
    for (const { owner, run, at } of this.#start) {
      try {
        await within(limits.startMs, run, () => coreError('MICRO_START_TIMEOUT', { owner: ownerInWords(owner), ms: limits.startMs }))
      } catch (error) {
        const begun = new Set(this.#start.filter((hook) => hook.at <= at).map((hook) => hook.owner))
        const failures = await this.#runStops(limits, (hook) => hook.at < at || begun.has(hook.owner))
        const reason = error instanceof Error ? error.message : String(error)
        const cause = failures.length === 0 ? error : new AggregateError([error, ...failures.map((failure) => failure.error)], reason)
        throw coreError('MICRO_START_FAILED', { owner: ownerInWords(owner), reason: reason.replace(/\.$/, '') }, { cause })
      }
    }
  }

  /** Runs every stop hook, in reverse order, also when some fail. */
  stop(limits: LifeLimits): Promise<readonly StopFailure[]> {
    return this.#runStops(limits, () => true)
  }

  async #runStops(limits: LifeLimits, chosen: (hook: LifeHook) => boolean): Promise<readonly StopFailure[]> {
    const failures: StopFailure[] = []
    for (const { owner, run } of this.#stop.filter(chosen).reverse()) {
      try {
        await within(limits.stopMs, run, () => coreError('MICRO_STOP_TIMEOUT', { owner: ownerInWords(owner), ms: limits.stopMs }))
      } catch (error) {
        failures.push({ owner: ownerInWords(owner), error })
      }
    }
    return failures
  }

  get #count(): number {
    return this.#start.length + this.#stop.length
  }
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
