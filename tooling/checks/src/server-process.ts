/** A server in a process group of its own: it is stopped by a signal, as a terminal or a supervisor does it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const STOP_MS = 10_000
const PRINT_MS = 10_000

/** How a server is started. */
export interface ServerProcessOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** What it prints once it listens; the first group is its address, or its port on 127.0.0.1. */
  readonly ready?: RegExp
  /** Time to print that. */
  readonly timeoutMs?: number
}

/** A running server and all processes it consists of. */
export class ServerProcess {
  readonly url: string
  readonly #child: ChildProcess
  readonly #output: () => string

  private constructor(child: ChildProcess, url: string, output: () => string) {
    this.#child = child
    this.url = url
    this.#output = output
  }

  /** Starts a server and waits for its address. @throws Error with its output where it ends or waits too long; nothing of it is left. */
  static async start(command: string, args: readonly string[], options: ServerProcessOptions): Promise<ServerProcess> {
    const { cwd, env, ready = /Serving on (http:\/\/\S+)/, timeoutMs = 60_000 } = options
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const address = new Promise<string>((resolve, reject) => {
      const read = (text: string): void => {
        output += text
        const where = ready.exec(output)?.[1]
        if (where !== undefined) {
          resolve(/^\d+$/.test(where) ? `http://127.0.0.1:${where}` : where)
        }
      }
      child.stdout?.setEncoding('utf8').on('data', read)
      child.stderr?.setEncoding('utf8').on('data', read)
      child.once('error', reject)
      child.once('exit', (code, signal) => reject(new Error(`it ended with ${code ?? signal}`)))
      setTimeout(() => reject(new Error(`it did not listen within ${timeoutMs / 1000} s`)), timeoutMs).unref()
    })
    try {
      return new ServerProcess(child, await address, () => output)
    } catch (error) {
      end(child, 'SIGKILL')
      throw new Error(`${[command, ...args].join(' ')}: ${error instanceof Error ? error.message : error}\n${output}`)
    }
  }

  /** Everything it has printed. */
  get output(): string {
    return this.#output()
  }

  /** Waits until it has printed something. @throws Error with its output where that takes longer than ten seconds. */
  async printed(what: RegExp): Promise<void> {
    for (const limit = performance.now() + PRINT_MS; !what.test(this.output); await delay(25)) {
      if (performance.now() > limit) {
        throw new Error(`it has not printed ${what} within ${PRINT_MS / 1000} s:\n${this.output}`)
      }
    }
  }

  /** Ids of its processes. */
  get processes(): readonly number[] {
    return members(this.#child.pid)
  }

  /** Sends a signal to the first of its processes. */
  signal(signal: NodeJS.Signals): void {
    end(this.#child, signal, 'first')
  }

  /**
   * Sends SIGTERM to all its processes, or to the `first` alone, and waits until every one has ended. Resolves with the exit code of
   * the first, null if the signal itself ended it. @throws Error where one is still there after ten seconds.
   */
  async stop(whom: 'all' | 'first' = 'all'): Promise<number | null> {
    const exited = this.#child.exitCode === null && this.#child.signalCode === null ? once(this.#child, 'exit') : null
    end(this.#child, 'SIGTERM', whom)
    const limit = performance.now() + STOP_MS
    while (this.processes.length > 0) {
      if (performance.now() > limit) {
        const left = this.processes.map((pid) => `${pid} ${commandOf(pid)}`).join('\n')
        end(this.#child, 'SIGKILL')
        throw new Error(`still running ${STOP_MS / 1000} s after SIGTERM:\n${left}\n${this.output}`)
      }
      await delay(25)
    }
    await exited
    return this.#child.exitCode
  }
}

function end({ pid }: ChildProcess, signal: NodeJS.Signals, whom: 'all' | 'first' = 'all'): void {
  if (pid === undefined) {
    return
  }
  try {
    process.kill(whom === 'all' ? -pid : pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error
    }
  }
}

/** Processes of a group that have not ended; those that have, but that nobody has asked about, do not count. */
function members(group: number | undefined): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      // After the name, which may hold anything, come state, parent and group.
      const [state, , of] = procFile(pid, 'stat')
        .replace(/^.*\) /s, '')
        .split(' ')
      return Number(of) === group && state !== 'Z' && state !== 'X'
    })
    .map(Number)
}

function commandOf(pid: number): string {
  return procFile(String(pid), 'cmdline').replaceAll('\0', ' ')
}

function procFile(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1')
  } catch {
    return ''
  }
}
