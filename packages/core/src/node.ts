/** Node's HTTP server as an edge: `serve`, and the ways in and out of other people's servers. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { RequestHandler } from './app-requests.ts'
import { answerClientError } from './client-error.ts'
import type { CoreConfig } from './core-config.ts'
import { coreError } from './core-errors.ts'
import { NodeSource } from './node-source.ts'
import { writeReply } from './node-writer.ts'
import { isThenable } from './thenable.ts'

export { fromNode } from './from-node.ts'

/** What `serve` serves. */
export interface Servable {
  readonly config: CoreConfig
  /** @internal */
  readonly '~requests': RequestHandler
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
  const requests = app['~requests']
  return (incoming, response) => {
    if (requests.isRunning) {
      answer(requests, incoming, response)
    } else {
      void answerOnceStarted(app, incoming, response)
    }
  }
}

function answer(requests: RequestHandler, incoming: IncomingMessage, response: ServerResponse): void {
  const source = new NodeSource(incoming, response)
  const ctx = requests.accept(source)
  const reply = requests.handle(ctx)
  if (isThenable(reply)) {
    void reply.then((made) => writeReply(requests, ctx, source, made))
  } else {
    writeReply(requests, ctx, source, reply)
  }
}

async function answerOnceStarted(app: Servable, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const requests = app['~requests']
  try {
    await app.start()
  } catch (error) {
    requests.log.error('A request came, but the app is not running', { error })
    response.writeHead(503, ['Content-Length', '0', 'Connection', 'close'])
    response.end()
    return
  }
  answer(requests, incoming, response)
}

/**
 * Serves an app on Node: starts it, listens, and stops it gracefully on SIGTERM and SIGINT.
 * @throws MicroError what `start` throws; `MICRO_LISTEN`, after the app has been stopped again.
 */
export async function serve(app: Servable, options: ServeOptions = {}): Promise<RunningServer> {
  const { createServer } = process.getBuiltinModule('node:http')
  const { server: config } = app.config
  const { log } = app['~requests']
  await app.start()
  const server = createServer(settingsOf(config), toNode(app))
  server.on('clientError', answerClientError)
  try {
    await listen(server, options, config)
  } catch (error) {
    await app.stop().catch((failure: unknown) => log.error('The app did not stop cleanly', { error: failure }))
    throw error
  }
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  app.beforeStop(() => close(server, config.drainTimeoutMs))
  const onSignal = (): void => {
    app.stop().catch((error: unknown) => {
      log.error('The app did not stop cleanly', { error })
      process.exitCode = 1
    })
  }
  if (options.signals !== false) {
    process.once('SIGTERM', onSignal)
    process.once('SIGINT', onSignal)
    server.once('close', () => {
      process.off('SIGTERM', onSignal)
      process.off('SIGINT', onSignal)
    })
  }
  return { url: urlOf(address, options), port, server, stop: () => app.stop() }
}

function settingsOf(config: CoreConfig['server']): object {
  return {
    // From Node 24.12 on: a request without a body gets no stream of its own.
    optimizeEmptyRequests: true,
    headersTimeout: config.headersTimeoutMs,
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: config.keepAliveTimeoutMs,
  }
}

function listen(server: Server, options: ServeOptions, config: CoreConfig['server']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = options.socket ?? `${options.host ?? config.host}:${options.port ?? config.port}`
      reject(
        coreError(
          'MICRO_LISTEN',
          { where, reason: error.code === 'EADDRINUSE' ? 'something listens there already' : error.message },
          { cause: error },
        ),
      )
    })
    if (options.socket === undefined) {
      server.listen(options.port ?? config.port, options.host ?? config.host, resolve)
    } else {
      server.listen(options.socket, resolve)
    }
  })
}

/** How often connections that have become idle are looked for while the server closes. */
const IDLE_CHECK_MS = 50

/** Ends idle connections at once, the others when their reply is sent, all of them after the drain time. */
function close(server: Server, drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
    const timer = setTimeout(() => server.closeAllConnections(), drainMs)
    server.close(() => {
      clearInterval(idle)
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
