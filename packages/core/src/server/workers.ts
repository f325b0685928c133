/**
 * One app in several processes: Node's cluster, in which the first process takes the connections and hands them round. It serves
 * nothing itself and opens nothing of the app's: it watches over the others.
 */
import type { Cluster, Worker } from 'node:cluster'
import type { CoreConfig } from '../config/core-config.ts'
import { coreError } from '../errors/core-errors.ts'
import type { Log } from '../log/log.ts'

/** A worker that dies this soon had not begun to work. */
const EARLY_MS = 1_000

/** So many early deaths in a row, and nothing will come of it. */
const MOST_EARLY_DEATHS = 5

/** How long a new worker is waited for after the first early death; twice as long after each one more. */
const BACK_OFF_MS = 100

/** What the workers serve, as far as the process that watches over them must know. */
export interface WorkersHost {
  readonly config: CoreConfig
  readonly log: Log
}

/** The processes that serve an app. */
export class Workers {
  readonly #host: WorkersHost
  readonly #cluster: Cluster
  readonly #count: number
  /** Those that should live on, until they are replaced. */
  readonly #kept: Set<Worker> = new Set()
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers()
  #earlyDeaths = 0
  #isStopping = false
  #restarting: Promise<void> | null = null
  port = 0

  /** `count` 0 stands for one worker for each processor. */
  constructor(cluster: Cluster, host: WorkersHost, count: number) {
    this.#cluster = cluster
    this.#host = host
    this.#count = count === 0 ? process.getBuiltinModule('node:os').availableParallelism() : count
  }

  /** Starts them, and is settled when all of them listen. @throws MicroError `MICRO_WORKERS_DIE`, `MICRO_APP_STOPPED`. */
  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.#count }, () => this.#begin()))
    if (this.#isStopping) {
      throw coreError('MICRO_APP_STOPPED', {})
    }
  }

  /** Is settled when the last one has ended. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Replaces them one after the other; the next one goes when its successor listens. */
  restart(): Promise<void> {
    this.#restarting ??= this.#restart().finally(() => {
      this.#restarting = null
    })
    return this.#restarting
  }

  /** Lets each of them end what it has begun. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.#living().map((worker) => this.#end(worker)))
    this.#ended.resolve()
  }

  async #restart(): Promise<void> {
    this.#host.log.info(`Replacing ${this.#kept.size} worker(s)`)
    for (const worker of [...this.#kept]) {
      if (this.#isStopping) {
        return
      }
      // From here on its death is no accident.
      this.#kept.delete(worker)
      await this.#begin().catch((error: unknown) => this.#takeBack(worker, error))
      await this.#end(worker)
    }
    this.#host.log.info('Every worker has been replaced')
  }

  /** Nothing takes the place of one that was to be replaced: it stays. */
  #takeBack(worker: Worker, error: unknown): never {
    this.#earlyDeaths = 0
    if (!worker.isDead()) {
      this.#kept.add(worker)
    }
    throw error
  }

  /** Forks until one listens. */
  async #begin(): Promise<void> {
    while (!this.#isStopping) {
      const worker = this.#cluster.fork()
      const died = new Promise<false>((resolve) => worker.once('exit', () => resolve(false)))
      const listens = new Promise<true>((resolve) =>
        worker.once('listening', ({ port }) => {
          this.port = port
          resolve(true)
        }),
      )
      if (await Promise.race([listens, died])) {
        this.#keep(worker)
        return
      }
      await this.#afterEarlyDeath(worker)
    }
  }

  #keep(worker: Worker): void {
    this.#kept.add(worker)
    let isEarly = true
    const grown = setTimeout(() => {
      isEarly = false
      this.#earlyDeaths = 0
    }, EARLY_MS)
    worker.once('exit', (code, signal) => {
      clearTimeout(grown)
      if (!this.#kept.delete(worker) || this.#isStopping) {
        return
      }
      // One that was sent SIGTERM, by whoever wanted that, ends in order.
      const level = code === 0 ? 'info' : 'error'
      this.#host.log[level](`Worker ${worker.process.pid} has ended (${causeOf(code, signal)}); another takes its place`)
      const next = isEarly ? this.#afterEarlyDeath(worker) : Promise.resolve()
      next.then(() => this.#begin()).catch((error: unknown) => this.#giveUp(error))
    })
  }

  /** @throws MicroError `MICRO_WORKERS_DIE` when there were too many. */
  async #afterEarlyDeath({ process: { pid, exitCode, signalCode } }: Worker): Promise<void> {
    this.#earlyDeaths++
    if (this.#isStopping) {
      return
    }
    const cause = causeOf(exitCode, signalCode)
    if (this.#earlyDeaths >= MOST_EARLY_DEATHS) {
      throw coreError('MICRO_WORKERS_DIE', { count: this.#earlyDeaths, cause })
    }
    const backOffMs = BACK_OFF_MS * 2 ** (this.#earlyDeaths - 1)
    this.#host.log.warn(`Worker ${pid} died at its start (${cause}); another is tried in ${backOffMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, backOffMs))
  }

  #giveUp(error: unknown): void {
    this.#host.log.error('The workers die one after the other: the app is stopped', { error })
    process.exitCode = 1
    void this.stop()
  }

  /** One that does not end in its time is killed. */
  async #end(worker: Worker): Promise<void> {
    const { drainDelayMs, drainTimeoutMs, stopTimeoutMs } = this.#host.config.server
    const child = worker.process
    const gone = this.#gone(worker)
    child.kill('SIGTERM')
    const late = (): void => {
      this.#host.log.error(`Worker ${child.pid} did not end in its time, and is killed`)
      child.kill('SIGKILL')
    }
    const timer = setTimeout(late, drainDelayMs + drainTimeoutMs + 2 * stopTimeoutMs)
    await gone
    clearTimeout(timer)
  }

  #gone(worker: Worker): Promise<void> {
    return worker.isDead() ? Promise.resolve() : new Promise((resolve) => worker.once('exit', () => resolve()))
  }

  #living(): Worker[] {
    return Object.values(this.#cluster.workers ?? {}).filter((worker): worker is Worker => worker !== undefined && !worker.isDead())
  }
}

function causeOf(code: number | null, signal: string | null): string {
  return signal === null ? `exit code ${code}` : signal
}
