/** A Redis of a test's own, which may be stopped, killed and started again; and servers in processes of their own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** Whether the program is installed. */
export const hasRedisServer: boolean = spawnSync('redis-server', ['--version']).status === 0

export interface RedisProcess {
  readonly url: string
  /** Answers nothing from here on, with its connections open. */
  hold(): void
  /** Goes on. */
  release(): void
  kill(): Promise<void>
  /** Starts it again at the same place, empty. */
  restart(): Promise<void>
}

export async function startRedis(): Promise<RedisProcess> {
  const port = await freePort()
  const start = () =>
    running(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      /Ready to accept connections/,
    )
  let { child } = await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    hold: () => void child.kill('SIGSTOP'),
    release: () => void child.kill('SIGCONT'),
    async kill() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
    async restart() {
      child = (await start()).child
    },
  }
}

/** Runs `session-server.ts` over a Redis and gives its address. */
export async function startServer(url: string, prefix: string): Promise<string> {
  const file = fileURLToPath(new URL('session-server.ts', import.meta.url))
  const env = { PATH: process.env.PATH ?? '', MICRO_MODE: 'test', MICRO_REDIS__URL: url, MICRO_REDIS__PREFIX: prefix }
  const { match } = await running(process.execPath, ['--conditions=@micro/source', file], /listening on (\S+)/, env)
  return match[1] ?? ''
}

/** Starts a process and waits for what it says when it is ready. It ends with the test. */
async function running(
  command: string,
  args: readonly string[],
  ready: RegExp,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ readonly child: ChildProcess; readonly match: RegExpExecArray }> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  for (;;) {
    const match = ready.exec(output)
    if (match !== null) {
      return { child, match }
    }
    if (child.exitCode !== null) {
      throw new Error(`${command} ended with ${child.exitCode}: ${output}`)
    }
    await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), once(child, 'exit')])
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
