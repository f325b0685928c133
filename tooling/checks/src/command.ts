/** Programs that end by themselves: run, read, judged by their exit code. */
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { ROOT } from './workspace.ts'

/** How a command is run. */
export interface CommandOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  /** It is ended after this time; two minutes by default. */
  readonly timeoutMs?: number
  /** Exit codes that are as good as 0. */
  readonly accept?: readonly number[]
  /** Whatever it has started is ended with it. */
  readonly alone?: boolean
}

/** Runs a command to its end. Resolves with what it wrote to its output. @throws Error with the end of both streams. */
export function run(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMs = 120_000, accept = [], alone = false }: CommandOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: env ?? process.env, detached: alone, stdio: ['ignore', 'pipe', 'pipe'] })
    const end = () => endAll(child.pid, alone)
    const timer = setTimeout(end, timeoutMs)
    let [output, errors] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.once('exit', () => {
      clearTimeout(timer)
      if (alone) {
        end()
      }
    })
    child.once('close', (code, signal) => {
      if (code === 0 || (code !== null && accept.includes(code))) {
        resolve(output)
      } else {
        const last = `${output}\n${errors}`.trim().split('\n').slice(-40).join('\n')
        reject(new Error(`${[command, ...args].join(' ')} ended with ${code ?? signal} in ${cwd}:\n${last}`))
      }
    })
  })
}

/** Runs a program of the repository's, or of one of its packages. */
export function runOwn(program: string, args: readonly string[], options: CommandOptions, owner = ''): Promise<string> {
  const env = { ...(options.env ?? process.env), PATH: [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter) }
  return run(join(ROOT, owner, 'node_modules/.bin', program), args, { ...options, env })
}

/** Ends a process, or all of its group. */
function endAll(pid: number | undefined, isGroup: boolean): void {
  try {
    process.kill(isGroup ? -Number(pid) : Number(pid), 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error
    }
  }
}
