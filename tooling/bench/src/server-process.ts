import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { askForAnswer } from './answer.ts'
import { onCore, SERVER_CORE } from './cores.ts'
import { cpuTimeNs, residentBytes } from './cpu-time.ts'
import type { LoadRequest } from './scenario.ts'

const START_TIMEOUT_MS = 20_000
const STOP_TIMEOUT_MS = 5_000
const POLL_MS = 1

/** How a server is started. */
export interface ServerOptions {
  /** Path of the Node binary. */
  readonly node: string
  /** Path of a compiled module that listens on `process.env.PORT` at 127.0.0.1. */
  readonly program: string
  /** Asked until it answers. */
  readonly request: LoadRequest
}

/** A server in a process of its own, on the servers' core. */
export class ServerProcess {
  readonly port: number
  /** Milliseconds from the start of the process to its first answer. */
  readonly startMs: number
  readonly #child: ChildProcess
  readonly #pid: number

  private constructor(child: ChildProcess, pid: number, port: number, startMs: number) {
    this.#child = child
    this.#pid = pid
    this.port = port
    this.startMs = startMs
  }

  /** @throws Error with what the process wrote to standard error, if it ends or does not answer in 20 s. */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const port = await freePort()
    const began = performance.now()
    const [command, args] = onCore(SERVER_CORE, options.node, [options.program])
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: environment(port) })
    let problems = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      problems = (problems + text).slice(-4_000)
    })
    const [pid] = await Promise.race([
      once(child, 'spawn').then(() => [child.pid]),
      once(child, 'error').then(([error]) => Promise.reject(error)),
    ])
    const answered = await untilAnswer(child, port, options.request)
    if (pid === undefined || !answered) {
      child.kill('SIGKILL')
      throw new Error(
        `${options.program} ${child.exitCode === null ? 'does not answer' : `ended with ${child.exitCode}`}\n${problems}`.trim(),
      )
    }
    return new ServerProcess(child, pid, port, performance.now() - began)
  }

  cpuTimeNs(): number {
    return cpuTimeNs(this.#pid)
  }

  residentBytes(): number {
    return residentBytes(this.#pid)
  }

  /** Ends the process, by force if it does not end by itself. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return
    }
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await ended
    clearTimeout(timer)
  }
}

/**
 * Everything a server may read from its environment: nothing of the caller's settings gets in. Micro's security headers are left off:
 * no other contestant sends any by itself, and `headers` measures them.
 */
function environment(port: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    PORT: String(port),
    NODE_ENV: 'production',
    MICRO_MODE: 'production',
    MICRO_SECRET_KEY: 'a key for the bench alone, 32 characters and more',
    MICRO_HEADERS__CONTENT_TYPE_OPTIONS: 'false',
    MICRO_HEADERS__FRAME_OPTIONS: 'off',
  }
}

async function untilAnswer(child: ChildProcess, port: number, request: LoadRequest): Promise<boolean> {
  const deadline = performance.now() + START_TIMEOUT_MS
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    try {
      await askForAnswer(port, request)
      return true
    } catch {
      await sleep(POLL_MS)
    }
  }
  return false
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') {
    throw new Error('a TCP server has no port')
  }
  return address.port
}
