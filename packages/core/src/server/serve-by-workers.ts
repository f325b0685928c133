import cluster from 'node:cluster'
import type { RequestHandler } from '../app/app-requests.ts'
import type { CoreConfig } from '../config/core-config.ts'
import type { RunningServer, ServeOptions } from './running-server.ts'
import { Workers } from './workers.ts'

/** What is asked of the app: it is neither started nor stopped here. */
export interface WatchedApp {
  readonly config: CoreConfig
  readonly '~requests': Pick<RequestHandler, 'log'>
}

/**
 * Watches over the workers that serve an app; in one of them, serves it by `serveHere`. SIGTERM and SIGINT stop the workers, SIGHUP
 * replaces them.
 * @throws MicroError `MICRO_WORKERS_DIE`, `MICRO_APP_STOPPED` when it is stopped before they listen, and what `serveHere` throws.
 */
export async function serveByWorkers(
  app: WatchedApp,
  options: ServeOptions,
  count: number,
  serveHere: () => Promise<RunningServer>,
): Promise<RunningServer> {
  if (!cluster.isPrimary) {
    return serveAsWorker(serveHere)
  }
  const { config } = app
  const { log } = app['~requests']
  const workers = new Workers(cluster, { config, log }, count)
  const onStop = () => void workers.stop()
  const onHangUp = () => void workers.restart().catch((error: unknown) => log.error('The workers were not replaced', { error }))
  if (options.signals !== false) {
    process.once('SIGTERM', onStop)
    process.once('SIGINT', onStop)
    process.on('SIGHUP', onHangUp)
    void workers.ended.then(() => {
      process.off('SIGTERM', onStop)
      process.off('SIGINT', onStop)
      process.off('SIGHUP', onHangUp)
    })
  }
  try {
    await workers.start()
  } catch (error) {
    await workers.stop()
    throw error
  }
  const { port } = workers
  const host = options.host ?? config.server.host
  const url = options.socket === undefined ? `http://${host.includes(':') ? `[${host}]` : host}:${port}` : `unix:${options.socket}`
  return { url, port, server: null, isWorker: false, stop: () => workers.stop(), ended: workers.ended }
}

async function serveAsWorker(serveHere: () => Promise<RunningServer>): Promise<RunningServer> {
  // A terminal sends SIGINT to every process, and SIGTERM follows from the one that watches: it must not cut short what has begun.
  process.on('SIGTERM', () => {})
  try {
    const running = await serveHere()
    running.ended.catch(() => {}).finally(leave)
    return { ...running, isWorker: true }
  } catch (error) {
    leave()
    throw error
  }
}

/** Lets the process of a worker end, such as one whose app cannot be loaded: nothing else keeps it alive. */
export function leave(): void {
  cluster.worker?.disconnect()
}
