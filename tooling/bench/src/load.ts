import type { LoadRequest } from './scenario.ts'

/** A server under load. */
export interface Target {
  readonly port: number
  readonly request: LoadRequest
  /** Any other status is an error. */
  readonly status: number
}

/** Where load comes from: loopback alone, bounded in time and connections, one request at a time on each connection. */
export interface Load {
  readonly name: string
  /**
   * Loads all targets at once, and gives the number of answers of each when all of them are idle again.
   * @throws Error on a failed connection or an unexpected status.
   */
  run(targets: readonly Target[], seconds: number): Promise<number[]>
  close(): Promise<void>
}
