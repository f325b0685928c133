/** Processes of their own, for what a test cannot do to its own process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { moduleCommand } from '../../../tooling/test/src/module-command.ts'

/** A process that runs a module. */
export interface Child {
  readonly process: ChildProcess
  /** What it has written so far. */
  readonly output: { readonly stdout: string; readonly stderr: string }
  /** Waits for a line of its standard output that matches. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  /** Waits for one of its standard error. */
  complaint(pattern: RegExp): Promise<RegExpExecArray>
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
  return start(...moduleCommand(code, ...(options.nodeArgs ?? [])), HERE, options)
}

/** Runs a file, with core from source. */
export function runScript(file: string, options: ChildOptions = {}): Child {
  return start(process.execPath, ['--conditions=@micro/source', ...(options.nodeArgs ?? []), file], HERE, options)
}

/** Runs the command line in a directory. */
export function runMicro(args: readonly string[], cwd: string, options: ChildOptions = {}): Child {
  const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))
  return start(process.execPath, ['--conditions=@micro/source', ...(options.nodeArgs ?? []), bin, ...args], cwd, options)
}

/** Nothing of this process's environment but where programs are, and what makes Node start faster. */
export function plainEnv(): NodeJS.ProcessEnv {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env
  return { PATH, ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }) }
}

function start(program: string, args: readonly string[], cwd: string, { env = {} }: ChildOptions): Child {
  const child = spawn(program, args, { cwd, env: { ...plainEnv(), ...env } })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  let isOver = false
  const end = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  void end.then(() => {
    isOver = true
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const written = async (where: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const match = pattern.exec(output[where])
      if (match !== null) {
        return match
      }
      if (isOver) {
        throw new Error(`the process ended with ${child.exitCode ?? child.signalCode}: ${output.stderr}`)
      }
      await Promise.race([once(child[where], 'data'), end])
    }
  }
  return {
    process: child,
    output,
    line: (pattern) => written('stdout', pattern),
    complaint: (pattern) => written('stderr', pattern),
    async ended() {
      const began = performance.now()
      const [code, signal] = await end
      return { code, signal, afterMs: performance.now() - began }
    },
  }
}
