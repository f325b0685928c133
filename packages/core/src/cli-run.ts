/** `micro run`: serves the app until a signal comes. */
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
