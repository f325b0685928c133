/** Node's HTTP server as an edge: `serve`, and the ways in and out of other people's servers. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { RequestHandler } from './app/app-requests.ts'
import type { CoreConfig } from './config/core-config.ts'
import { checkOptions, type OptionNames } from './errors/check-options.ts'
import { isThenable } from './hooks/thenable.ts'
import type { RequestContext } from './request/request-context.ts'
import { answerClientError } from './server/client-error.ts'
import { ExpectingSource } from './server/expecting-source.ts'
import { ForeignSource } from './server/foreign-source.ts'
import { type ListenPlace, listenAt, placeOf } from './server/listen-at.ts'
import { refusalOf, refuse } from './server/node-gate.ts'
import { NodeSource } from './server/node-source.ts'
import { giveUp, writeReply } from './server/node-writer.ts'
import { ownMessage } from './server/read-incoming.ts'
import type { RunningServer, ServeOptions } from './server/running-server.ts'

export { fromNode } from './server/from-node.ts'
export { instancePath, type ResourceOwner, resourcePath } from './server/resources.ts'
export type { RunningServer, ServeOptions } from './server/running-server.ts'

/** What `serve` serves. */
export interface Servable {
  readonly config: CoreConfig
  /** @internal */
  readonly '~requests': RequestHandler
  start(): Promise<void>
  stop(): Promise<void>
  beforeStop(close: () => unknown): () => void
}

/** `(req, res)` handler of an app, for somebody else's server. Start the app first, or let the first request do it. */
export function toNode(app: Servable): (incoming: IncomingMessage, response: ServerResponse) => void {
  return handlerOf(app, ForeignSource)
}

function handlerOf(app: Servable, SourceClass: typeof NodeSource): (incoming: IncomingMessage, response: ServerResponse) => void {
  const requests = app['~requests']
  return (incoming, response) => {
    const source = new SourceClass(incoming, response)
    const refusal = refusalOf(source)
    if (refusal !== 0) {
      refuse(source, refusal)
    } else if (requests.isRunning) {
      answer(requests, source)
    } else {
      void answerOnceStarted(app, source)
    }
  }
}

function answer(requests: RequestHandler, source: NodeSource): void {
  let ctx: RequestContext
  try {
    ctx = requests.accept(source)
  } catch (error) {
    requests.log.error(`The context of ${source.method} ${source.target} could not be made`, { error })
    refuse(source, 500)
    return
  }
  try {
    const reply = requests.handle(ctx)
    if (isThenable(reply)) {
      reply.then(
        (made) => writeReply(requests, ctx, source, made),
        (error: unknown) => giveUp(requests, ctx, source, error),
      )
    } else {
      writeReply(requests, ctx, source, reply)
    }
  } catch (error) {
    // An error that cannot even be looked at.
    giveUp(requests, ctx, source, error)
  }
}

async function answerOnceStarted(app: Servable, source: NodeSource): Promise<void> {
  const requests = app['~requests']
  try {
    await app.start()
  } catch (error) {
    requests.log.error('A request came, but the app is not running', { error })
    refuse(source, 503)
    return
  }
  answer(requests, source)
}

const SERVE_OPTIONS: OptionNames<ServeOptions> = { host: true, port: true, socket: true, signals: true, workers: true }

/**
 * Serves an app on Node: starts it, listens, and stops it gracefully on SIGTERM and SIGINT.
 * @throws MicroError what `start` throws; `MICRO_LISTEN`, after the app has been stopped again; `MICRO_WORKERS_DIE`.
 */
export async function serve(app: Servable, options: ServeOptions = {}): Promise<RunningServer> {
  checkOptions('serve()', options, SERVE_OPTIONS)
  const workers = options.workers === 'auto' ? 0 : (options.workers ?? app.config.server.workers)
  if (workers === 1) {
    return serveHere(app, options)
  }
  const { serveByWorkers } = await import('./server/serve-by-workers.ts')
  return serveByWorkers(app, options, workers, () => serveHere(app, options))
}

async function serveHere(app: Servable, options: ServeOptions): Promise<RunningServer> {
  const { createServer } = process.getBuiltinModule('node:http')
  const { server: config } = app.config
  const { log } = app['~requests']
  await app.start()
  const server = createServer({ IncomingMessage: ownMessage(), ...settingsOf(config) }, handlerOf(app, NodeSource))
  server.on('checkContinue', handlerOf(app, ExpectingSource))
  server.on('clientError', answerClientError)
  const sockets = openSockets(server)
  try {
    await listenAt(placeOf(options, config), (place) => listen(server, place))
  } catch (error) {
    await app.stop().catch((failure: unknown) => log.error('The app did not stop cleanly', { error: failure }))
    throw error
  }
  server.on('error', (error) => log.error('The server failed, and goes on', { error }))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  app.beforeStop(() => close(server, sockets, config))
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
  const ended = new Promise<void>((resolve) => void server.once('close', () => resolve(app.stop())))
  ended.catch(() => {}) // Whoever stops it is told of its failure.
  return { url: urlOf(address, options), port, server, isWorker: false, stop: () => app.stop(), ended }
}

/** The connections that are open: Node itself forgets one that was taken over by an upgrade. */
function openSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

function settingsOf(config: CoreConfig['server']): object {
  return {
    // As native headers have it: the second line of a header that may stand once is not dropped without a word.
    joinDuplicateHeaders: true,
    headersTimeout: Math.min(config.headersTimeoutMs, config.requestTimeoutMs),
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: config.keepAliveTimeoutMs,
    // How often Node looks whether the first two are over.
    connectionsCheckingInterval: Math.min(5_000, config.headersTimeoutMs, config.requestTimeoutMs),
  }
}

function listen(server: Server, place: ListenPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(place, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** How often connections that have become idle are looked for while the server closes. */
const IDLE_CHECK_MS = 50

/** How long an idle connection may be about to be used, where somebody balances. */
const IDLE_PATIENCE_MS = 500

/**
 * Takes no new connection. The others end when their reply is sent, all of them after the drain time, upgraded ones too. Idle ones end
 * at once, unless a delay says that there is a balancer: it may have sent a request down one of them in this moment, and repeats none
 * that changes anything.
 */
function close(server: Server, sockets: ReadonlySet<Socket>, { drainTimeoutMs, drainDelayMs }: CoreConfig['server']): Promise<void> {
  return new Promise((resolve) => {
    let idle: ReturnType<typeof setInterval> | undefined
    const leaveIdle = (): void => closeIdle(server, sockets)
    const patience = setTimeout(
      () => {
        leaveIdle()
        idle = setInterval(leaveIdle, IDLE_CHECK_MS)
      },
      Math.min(drainDelayMs, IDLE_PATIENCE_MS),
    )
    const timer = setTimeout(() => {
      for (const socket of sockets) {
        socket.destroy()
      }
    }, drainTimeoutMs)
    const closed = (): void => {
      clearTimeout(patience)
      clearInterval(idle)
      clearTimeout(timer)
      resolve()
    }
    const listenNoMore = (): void => {
      const { closeIdleConnections } = server
      server.closeIdleConnections = () => undefined
      server.close(closed)
      server.closeIdleConnections = closeIdleConnections
    }
    if (drainDelayMs === 0) {
      listenNoMore()
    } else {
      // Right after connections were accepted: those that wait to be would be reset.
      setImmediate(listenNoMore)
    }
  })
}

/**
 * Ends the connections that wait for their next request. From Node 26 on, one that has sent nothing yet is taken for idle too: its first
 * request may be on its way, and nobody repeats that.
 */
function closeIdle(server: Server, sockets: ReadonlySet<Socket>): void {
  const fresh = [...sockets].filter(({ bytesRead }) => bytesRead === 0)
  for (const socket of fresh) {
    socket.destroy = () => socket
  }
  server.closeIdleConnections()
  for (const socket of fresh) {
    Reflect.deleteProperty(socket, 'destroy')
  }
}

function urlOf(address: ReturnType<Server['address']>, { socket }: ServeOptions): string {
  if (typeof address === 'string' || address === null) {
    return `unix:${socket ?? address}`
  }
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}
