import type { Agent, RequestInit } from 'undici/index.js'
import { BlockedAddressError, guardedConnector } from './address-guard.ts'
import { authError } from './auth-errors.ts'

type Undici = typeof import('undici/index.js')

/** The limits of requests to providers. */
export interface ProviderHttpOptions {
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly allowPrivateNetworks: boolean
}

/** The provider's answer was longer than is accepted. */
export class TooLongError extends Error {
  constructor(maxBytes: number) {
    super(`The answer is longer than ${maxBytes} bytes.`)
    this.name = 'TooLongError'
  }
}

/**
 * Sends requests to providers through an undici agent of its own: to public addresses only, without following redirects, within one time
 * limit for all of a request and one size limit for the decoded body. undici is loaded on first use.
 */
export class ProviderHttp {
  readonly #options: ProviderHttpOptions
  #loading: Promise<{ readonly undici: Undici; readonly agent: Agent }> | undefined

  constructor(options: ProviderHttpOptions) {
    this.#options = options
  }

  /** Like `fetch`. Rejects on a blocked address, a timeout and an over-long answer. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const { timeoutMs, maxBytes } = this.#options
    const { undici, agent } = await this.#load()
    const response = await undici.fetch(url, { ...init, dispatcher: agent, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    const body = await readAll(response.body, maxBytes)
    const headers = new Headers([...response.headers].filter(([name]) => name !== 'content-encoding' && name !== 'content-length'))
    const { status } = response
    return new Response(status === 204 || status === 205 || status === 304 ? null : body, { status, headers })
  }

  /**
   * Makes sure that the guard is in force: some runtimes put an implementation of their own in the place of undici, which never calls it.
   * @throws MicroError `MICRO_AUTH_GUARD`.
   */
  async checkGuard(): Promise<void> {
    for (const url of this.#options.allowPrivateNetworks ? [] : ['http://127.0.0.1/', 'http://localhost/']) {
      const outcome = await this.fetch(url).then(
        () => 'was answered',
        (error: unknown) => (isBlocked(error) ? undefined : 'was sent'),
      )
      if (outcome !== undefined) {
        throw authError('MICRO_AUTH_GUARD', { url, outcome })
      }
    }
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    const loading = this.#loading
    this.#loading = undefined
    await (await loading)?.agent.destroy()
  }

  #load(): Promise<{ readonly undici: Undici; readonly agent: Agent }> {
    this.#loading ??= this.#open()
    return this.#loading
  }

  async #open(): Promise<{ readonly undici: Undici; readonly agent: Agent }> {
    const { timeoutMs, allowPrivateNetworks } = this.#options
    // Not 'undici': some runtimes replace that by their own. The file itself is undici everywhere.
    const undici = await import('undici/index.js')
    const connect = allowPrivateNetworks ? { timeout: timeoutMs, allowH2: false } : guardedConnector(undici.buildConnector, timeoutMs)
    const limits = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connections: 8 }
    return { undici, agent: new undici.Agent({ connect, ...limits }) }
  }
}

/** Whether an error, or what caused it, is the guard's. */
export function isBlocked(error: unknown): boolean {
  for (let each = error, depth = 0; each instanceof Error && depth < 8; each = each.cause, depth += 1) {
    if (each instanceof BlockedAddressError) {
      return true
    }
  }
  return false
}

/** A body in memory, counted as it is decoded: a compressed one can be a thousand times as long as what was sent (CWE-409). */
async function readAll(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) {
      throw new TooLongError(maxBytes)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
