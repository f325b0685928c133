import type { AppRequests } from '../app/app-requests.ts'
import type { JsonProvider } from '../json/json.ts'

/** What a client talks to: an app, or a server through `fetch`. */
export interface FetchTarget {
  /** `connection` tells what no request does: the address that it comes from. */
  fetch(request: Request, connection: { readonly remoteAddress: string }): Promise<Response>
  /** Writes `json`; `JSON` if absent. */
  readonly json?: JsonProvider
}

/** The app of a client that looks into one. */
export interface ClientApp extends FetchTarget {
  start(): Promise<void>
  /** @internal */
  readonly '~requests': AppRequests
}
