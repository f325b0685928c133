import type { Server } from 'node:http'

/** Options of `serve`; what is absent comes from `config.server`. */
export interface ServeOptions {
  readonly host?: string
  /** 0 takes a free port. */
  readonly port?: number
  /** Path of a unix socket, instead of host and port. */
  readonly socket?: string
  /** Stops gracefully on SIGTERM and SIGINT; true by default. */
  readonly signals?: boolean
  /**
   * Processes that serve the app, each with one of its own; `auto` for one for each processor. More than one are started from this
   * process, which runs the same program again in each and serves nothing itself. One that dies is replaced; SIGHUP replaces all, one
   * after the other.
   */
  readonly workers?: number | 'auto'
}

/** A server that listens. */
export interface RunningServer {
  /** Where it listens: `http://127.0.0.1:3000`. */
  readonly url: string
  readonly port: number
  /** Null in the process that watches over workers. */
  readonly server: Server | null
  /** Whether it is one of several, in a process that another one watches over. */
  readonly isWorker: boolean
  /** Takes no new connection, waits for requests in flight, stops the app. */
  stop(): Promise<void>
  /** Is settled when it has been stopped, by whomever. */
  readonly ended: Promise<void>
}
