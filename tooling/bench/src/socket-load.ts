import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { LOAD_CORE, onCore } from './cores.ts'
import type { Load, Target } from './load.ts'

/** What the load process is told. */
export interface LoadOrder {
  readonly targets: readonly Target[]
  readonly seconds: number
  readonly connections: number
  readonly answersPerConnection: number
}

/** What it says when it is done. */
export interface LoadReport {
  readonly answers?: number[]
  readonly problem?: string
}

/** Bounds a run by count as well as by time. */
const ANSWERS_PER_CONNECTION = 1_000_000

/** Load by the generator of `socket-load-process.ts`, for machines without `wrk`. */
export class SocketLoad implements Load {
  readonly name = 'own'
  readonly #connections: number
  readonly #child: ChildProcess
  readonly #ended: Promise<never>

  /** @param program Path of the compiled `socket-load-process`. */
  constructor(connections: number, program: string) {
    this.#connections = connections
    const [command, args] = onCore(LOAD_CORE, process.execPath, [program])
    this.#child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#ended = once(this.#child, 'exit').then(() => Promise.reject(new Error('the load process has ended')))
    this.#ended.catch(() => undefined)
  }

  async run(targets: readonly Target[], seconds: number): Promise<number[]> {
    const order: LoadOrder = { targets, seconds, connections: this.#connections, answersPerConnection: ANSWERS_PER_CONNECTION }
    const answer = once(this.#child, 'message')
    this.#child.send(order)
    const [report] = (await Promise.race([answer, this.#ended])) as [LoadReport]
    if (report.answers === undefined) {
      throw new Error(report.problem ?? 'the load process gave no report')
    }
    return report.answers
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.disconnect()
      await once(this.#child, 'exit')
    }
  }
}
