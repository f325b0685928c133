/** Processes of their own, for what a test cannot do to its own process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** A process that runs a module. */
export interface Child {
  readonly process: ChildProcess
  /** What it has written so far. */
  readonly output: { readonly stdout: string; readonly stderr: string }
  /** Waits for a line of its standard output that matches. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  /** Waits for its end. */
  ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly afterMs: number }>
}

export interface ChildOptions {
  readonly env?: { readonly [name: string]: string }
  readonly nodeArgs?: readonly string[]
}

const HERE = fileURLToPath(new URL('..', import.meta.url))

/** Runs JavaScript as a module in this package, from source. */
export function runModule(code: string, options: ChildOptions = {}): Child {
  return start(['--input-type=module', '--eval', code], HERE, options)
}

/** Runs the command line in a directory. */
export function runMicro(args: readonly string[], cwd: string, options: ChildOptions = {}): Child {
  return start([fileURLToPath(new URL('../src/bin.ts', import.meta.url)), ...args], cwd, options)
}

function start(args: readonly string[], cwd: string, { env = {}, nodeArgs = [] }: ChildOptions): Child {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, ['--conditions=@micro/source', ...nodeArgs, ...args], { cwd, env: { PATH, ...env } })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  const end = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    process: child,
    output,
    async line(pattern) {
      for (;;) {
        const match = pattern.exec(output.stdout)
        if (match !== null) {
          return match
        }
        if (child.exitCode !== null) {
          throw new Error(`the process ended with ${child.exitCode}: ${output.stderr}`)
        }
        await Promise.race([once(child.stdout, 'data'), end])
      }
    },
    async ended() {
      const began = performance.now()
      const [code, signal] = await end
      return { code, signal, afterMs: performance.now() - began }
    },
  }
}
