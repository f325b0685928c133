/** One run of an app under `micro run`, in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type DebugReport, startReport } from '../debug/debug-report.ts'
import { Redactor } from '../log/redact.ts'
import type { ChildInput, ChildMessage } from './dev-child.ts'

/** How long a process may take to end before it is made to. */
const PATIENCE_MS = 3_000

export class DevRun {
  readonly child: ChildProcess
  /** Resolves to what it says when it has started, or cannot. */
  readonly started: Promise<Exclude<ChildMessage, { kind: 'taken' }>>
  /** Resolves to the reason when it ends. */
  readonly ended: Promise<DebugReport>
  isStopping = false
  #report: DebugReport | undefined

  constructor(input: ChildInput) {
    this.child = fork(fileURLToPath(import.meta.resolve('#dev-child')), [JSON.stringify(input)])
    this.ended = once(this.child, 'exit').then(([code, signal]) => {
      const error = new Error(`The app has ended (${code === null ? signal : `exit code ${code}`}). The terminal may tell more.`)
      error.stack = ''
      return this.#report ?? startReport(error, process.cwd(), new Redactor(() => []))
    })
    this.started = new Promise((resolve) => {
      this.child.on('message', (message: ChildMessage) => {
        if (message.kind !== 'taken') {
          this.#report = message.kind === 'failed' ? message.report : undefined
          resolve(message)
        }
      })
      void this.ended.then((report) => resolve({ kind: 'failed', report }))
    })
  }

  /** Ends it, and waits until it has. */
  async stop(): Promise<void> {
    this.isStopping = true
    if (this.child.connected) {
      this.child.send('stop', () => undefined)
    }
    const timer = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE_MS)
    await this.ended
    clearTimeout(timer)
  }
}
