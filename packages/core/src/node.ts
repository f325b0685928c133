/** Node's HTTP server as an edge: `serve`, and the ways in and out of other people's servers. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { coreError } from './core-errors.ts'
import type { RequestHandler } from './dispatch.ts'
import type { CoreConfig } from './core-config.ts'
import { NodeSource } from './node-source.ts'
import { writeReply } from './node-writer.ts'
import { isThenable } from './thenable.ts'

export { fromNode } from './from-node.ts'

/** What `serve` serves. */
export interface Servable extends RequestHandler {
  readonly config: CoreConfig
  start(): Promise<void>
  stop(): Promise<void>
  beforeStop(close: () => unknown): () => void
}

/** Options of `serve`; what is absent comes from `config.server`. */
export interface ServeOptions {
  readonly host?: string
  /** 0 takes a free port. */
  readonly port?: number
  /** Path of a unix socket, instead of host and port. */
  readonly socket?: string
  /** Stops gracefully on SIGTERM and SIGINT; true by default. */
  readonly signals?: boolean
}

/** A server that listens. */
export interface RunningServer {
  /** Where it listens: `http://127.0.0.1:3000`. */
  readonly url: string
  readonly port: number
  readonly server: Server
  /** Takes no new connection, waits for requests in flight, stops the app. */
  stop(): Promise<void>
}

/** `(req, res)` handler of an app, for somebody else's server. Start the app first, or let the first request do it. */
export function toNode(app: Servable): (incoming: IncomingMessage, response: ServerResponse) => void {
  let started = false
  const answer = (incoming: IncomingMessage, response: ServerResponse): void => {
    const source = new NodeSource(incoming, response)
    const ctx = app.accept(source)
    const reply = app.handle(ctx)
    if (isThenable(reply)) {
      reply.then((made) => write(app, source, () => writeReply(app, ctx, source, made)))
    } else {
      write(app, source, () => writeReply(app, ctx, source, reply))
    }
  }
  return (incoming, response) => {
    if (started) {
      answer(incoming, response)
      return
    }
    app.start().then(
      () => {
        started = true
        answer(incoming, response)
      },
      (error: unknown) => {
        app.log.error('The app did not start', { error })
        response.writeHead(503, ['Content-Length', '0', 'Connection', 'close'])
        response.end()
      },
    )
  }
}

/** What cannot be written is logged and ends the connection, never the process. */
function write(app: Servable, { incoming, response }: NodeSource, step: () => void): void {
  try {
    step()
  } catch (error) {
    app.log.error(`The reply to ${incoming.method} ${incoming.url} could not be written`, { error })
    if (response.headersSent) {
      response.destroy()
    } else {
      response.writeHead(500, ['Content-Length', '0'])
      response.end()
    }
  }
}

/** Serves an app on Node: starts it, listens, and stops it gracefully on SIGTERM and SIGINT. */
export async function serve(app: Servable, options: ServeOptions = {}): Promise<RunningServer> {
  const { createServer } = process.getBuiltinModule('node:http')
  const { server: config } = app.config
  await app.start()
  const settings: object = { optimizeEmptyRequests: true, headersTimeout: config.headersTimeoutMs, requestTimeout: config.requestTimeoutMs, keepAliveTimeout: config.keepAliveTimeoutMs }
  const server = createServer(settings, toNode(app))
  await listen(server, options, config)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const takeBack = app.beforeStop(() => close(server, config.drainTimeoutMs))
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopping ??= app.stop().finally(() => {
      takeBack()
      process.off('SIGTERM', onSignal)
      process.off('SIGINT', onSignal)
    })
    return stopping
  }
  const onSignal = (): void => {
    stop().catch((error: unknown) => {
      app.log.error('The app did not stop cleanly', { error })
      process.exitCode = 1
    })
  }
  if (options.signals !== false) {
    process.once('SIGTERM', onSignal)
    process.once('SIGINT', onSignal)
  }
  return { url: urlOf(address, options), port, server, stop }
}

function listen(server: Server, options: ServeOptions, config: CoreConfig['server']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = options.socket ?? `${options.host ?? config.host}:${options.port ?? config.port}`
      reject(coreError('MICRO_LISTEN', { where, reason: error.code === 'EADDRINUSE' ? 'something listens there already' : error.message }, { cause: error }))
    })
    if (options.socket === undefined) {
      server.listen(options.port ?? config.port, options.host ?? config.host, resolve)
    } else {
      server.listen(options.socket, resolve)
    }
  })
}

/** Ends idle connections at once, the others when their reply is sent, all of them after the drain time. */
function close(server: Server, drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), drainMs)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}

function urlOf(address: ReturnType<Server['address']>, { socket }: ServeOptions): string {
  if (typeof address === 'string' || address === null) {
    return `unix:${socket ?? address}`
  }
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}
