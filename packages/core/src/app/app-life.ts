/** Where an app is in its life: it is set up, started once, and stopped once, after the requests in flight. */

import type { CoreConfig } from '../config/core-config.ts'
import { coreError } from '../errors/core-errors.ts'
import type { Lifecycle, LifeLimits, StopFailure } from '../extension/lifecycle.ts'
import { SIGNALS } from '../hooks/signals.ts'
import type { Log } from '../log/log.ts'
import type { AppView } from '../request/context.ts'

const STARTED = SIGNALS['micro:app:start']
const STOPPED = SIGNALS['micro:app:stop']

/** What a life needs of its app. */
export interface LifeHost {
  readonly app: AppView
  readonly config: CoreConfig
  readonly log: Log
  /** Checks and assembles, before the first start hook runs. */
  prepare(): void
}

export class AppLife {
  /** Whether requests are answered. */
  isRunning = false
  /** Whether the app is being stopped: nothing new should be sent to it. */
  isStopping = false
  /** Whether connections end with the request that they carry: its servers take no new ones. */
  isClosing = false
  readonly #host: LifeHost
  readonly #hooks: Lifecycle
  readonly #closers: Set<() => unknown> = new Set()
  #starting: Promise<void> | null = null
  #stopping: Promise<void> | null = null
  #isOver = false
  #inFlight = 0
  #idle: (() => void) | null = null

  constructor(host: LifeHost, hooks: Lifecycle) {
    this.#host = host
    this.#hooks = hooks
  }

  /** Whether the app may still be set up. */
  get isOpen(): boolean {
    return this.#starting === null && this.#stopping === null
  }

  /** Once, however many ask. */
  start(): Promise<void> {
    if (this.#isOver || (this.#starting === null && this.#stopping !== null)) {
      return Promise.reject(coreError('MICRO_APP_STOPPED', {}))
    }
    this.#starting ??= this.#start()
    return this.#starting
  }

  /** Once, however many ask. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  /** A request has come. */
  enter(): void {
    this.#inFlight++
  }

  /** A request is over. */
  leave(): void {
    this.#inFlight--
    if (this.#inFlight === 0) {
      this.#idle?.()
    }
  }

  /** Something that must be closed before the stop hooks run, such as a server. Returns a function that takes it back. */
  beforeStop(close: () => unknown): () => void {
    this.#closers.add(close)
    return () => this.#closers.delete(close)
  }

  async #start(): Promise<void> {
    this.#host.prepare()
    await this.#hooks.start(this.#limits)
    this.isRunning = true
    if (STARTED.hasSubscribers) {
      STARTED.publish({ app: this.#host.app })
    }
  }

  async #stop(): Promise<void> {
    const started = this.#starting
    const hasStarted =
      started !== null &&
      (await started.then(
        () => true,
        () => false,
      ))
    if (!hasStarted) {
      this.#isOver = true
      return
    }
    this.isStopping = true
    const { drainDelayMs, drainTimeoutMs } = this.#host.config.server
    if (drainDelayMs > 0 && this.#closers.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, drainDelayMs))
    }
    this.isClosing = true
    const deadline = Date.now() + drainTimeoutMs
    const closed = await Promise.allSettled([...this.#closers].map(async (close) => close()))
    await this.#drained(deadline)
    this.isRunning = false
    this.#isOver = true
    const failures: StopFailure[] = closed.flatMap((outcome) =>
      outcome.status === 'rejected' ? [{ owner: 'a server', error: outcome.reason as unknown }] : [],
    )
    failures.push(...(await this.#hooks.stop(this.#limits)))
    if (STOPPED.hasSubscribers) {
      STOPPED.publish({ app: this.#host.app })
    }
    if (failures.length > 0) {
      const owners = [...new Set(failures.map(({ owner }) => owner))].join(', ')
      const cause = new AggregateError(
        failures.map(({ error }) => error),
        'stop hooks failed',
      )
      throw coreError('MICRO_STOP_FAILED', { count: failures.length, owners }, { cause })
    }
  }

  /** Waits until no request is in flight, or until the deadline. */
  async #drained(deadline: number): Promise<void> {
    if (this.#inFlight === 0) {
      return
    }
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve) => {
      this.#idle = resolve
      timer = setTimeout(
        () => {
          this.#host.log.warn(`${this.#inFlight} request(s) were still in flight when the app stopped`)
          resolve()
        },
        Math.max(0, deadline - Date.now()),
      )
    })
    clearTimeout(timer)
  }

  get #limits(): LifeLimits {
    const { startTimeoutMs, stopTimeoutMs } = this.#host.config.server
    return { startMs: startTimeoutMs, stopMs: stopTimeoutMs }
  }
}
