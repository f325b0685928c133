/** `micro run`: serves the app, and starts it again when one of its files changes. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CliOutput } from './cli.ts'
import { type Servable, type ServeOptions, serve } from './node.ts'

/** Serves until a signal comes. */
export async function serveApp(app: Servable & { readonly mode: string }, options: ServeOptions, output: CliOutput): Promise<number> {
  const server = await serve(app, options)
  output.print(`Serving on ${server.url} (${app.mode}). Press Ctrl+C to stop.`)
  await new Promise((resolve) => server.server.once('close', resolve))
  await server.stop()
  return 0
}

/** Runs the same command in a child that Node watches: it starts again after a change, also after one that did not parse. */
export function reload(args: readonly string[]): Promise<number> {
  const bin = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './bin.ts' : './bin.js', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, '--watch', '--watch-preserve-output', bin, 'run', ...args, '--no-reload'], {
    stdio: 'inherit',
  })
  const pass = (signal: NodeJS.Signals) => child.kill(signal)
  process.on('SIGTERM', pass)
  process.on('SIGINT', pass)
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      process.off('SIGTERM', pass)
      process.off('SIGINT', pass)
      resolve(code ?? 0)
    })
  })
}
