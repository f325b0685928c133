/** `micro run`: serves the app until a signal comes. */

import { type Servable, type ServeOptions, serve } from '../node.ts'
import { findApp, modeOfApp } from './cli-app.ts'
import { UsageError } from './cli-args.ts'
import type { CliCall, OwnCommand } from './cli-call.ts'
import type { CliOutput } from './cli-output.ts'
import { reload } from './cli-reload.ts'

export const cliRun: OwnCommand = {
  options: {
    description: 'Serves the app, in development unless MICRO_MODE says otherwise. In development it starts again when a source changes.',
    flags: {
      host: { type: 'string', description: 'Address to listen on [MICRO_SERVER__HOST].', short: 'H', value: 'address' },
      port: { type: 'string', description: 'Port to listen on; 0 takes a free one [MICRO_SERVER__PORT].', short: 'p', value: 'number' },
      socket: { type: 'string', description: 'Unix socket to listen on, instead of host and port.', value: 'path' },
      workers: {
        type: 'string',
        description: 'Processes that serve the app, or auto: one for each processor [MICRO_SERVER__WORKERS]. Nothing is reloaded.',
        short: 'w',
        value: 'number',
      },
      reload: { type: 'boolean', description: 'Starts again when a source changes, in any mode.' },
      'no-reload': { type: 'boolean', description: 'Does not start again when a file changes.' },
      watch: {
        type: 'string',
        description: 'A file or directory to watch too; may be given several times.',
        multiple: true,
        value: 'path',
      },
      ignore: {
        type: 'string',
        description: 'Files whose changes start nothing, as a pattern (src/made/**, *.json); may be given several times.',
        multiple: true,
        value: 'pattern',
      },
    },
    examples: [
      'micro run --port 8000',
      'micro run --host 0.0.0.0 --mode production --workers auto',
      'micro run --app \'site.ts:createApp({"name": "site"})\'',
    ],
  },
  run: async (call) => {
    const { named, output, isTest } = call.line
    if (isTest) {
      throw new UsageError('micro run goes on until somebody ends it: a test does not run it.')
    }
    const options = serveOptions(call)
    if (typeof named !== 'object' && typeof named !== 'function') {
      if (!call.has('no-reload') && options.workers === undefined && (call.has('reload') || modeOfApp(named) === 'development')) {
        return reload(named, { ...options, watch: call.texts('watch'), ignore: call.texts('ignore') }, output)
      }
    }
    try {
      const { app } = await findApp(named, false)
      return await serveApp(app, options, output)
    } catch (error) {
      if (process.connected) {
        const { leave } = await import('../server/serve-by-workers.ts')
        leave()
      }
      throw error
    }
  },
}

function serveOptions(call: CliCall): ServeOptions {
  const [host, port, socket] = [call.text('host'), call.text('port'), call.text('socket')]
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) <= 65_535)) {
    throw new UsageError(`--port ${port}: give a number from 0 to 65535.`)
  }
  if (socket !== undefined && (host !== undefined || port !== undefined)) {
    throw new UsageError('--socket stands instead of --host and --port: leave one out.')
  }
  const workers = call.text('workers')
  if (workers !== undefined && !/^([1-9]\d*|auto)$/.test(workers)) {
    throw new UsageError(`--workers ${workers}: give a number from 1 on, or auto.`)
  }
  if (workers !== undefined && call.has('reload')) {
    throw new UsageError('--workers and --reload: leave one out.')
  }
  return {
    ...(workers === undefined ? {} : { workers: workers === 'auto' ? workers : Number(workers) }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(socket === undefined ? {} : { socket }),
  }
}

/** Serves until a signal comes. */
async function serveApp(app: Servable & { readonly mode: string }, options: ServeOptions, output: CliOutput): Promise<number> {
  const server = await serve(app, options)
  if (!server.isWorker) {
    output.print(`Serving on ${server.url} (${app.mode}). Press Ctrl+C to stop.`)
  }
  await server.ended
  return 0
}
