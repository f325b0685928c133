/** How a test client follows redirects: as browsers do (Fetch section 4.4), but never in silence where a test would not want it. */

import { coreError } from '../errors/core-errors.ts'
import type { ClientRequest, Outgoing } from './client-request.ts'

const MOST_REDIRECTS = 20
const OF_A_BODY = ['content-encoding', 'content-language', 'content-length', 'content-location', 'content-type']

/**
 * The request that a reply redirects to, or null where nothing is followed. 303 becomes GET, 301 and 302 do after a POST, and HEAD stays
 * HEAD; 307 and 308 keep method and body.
 * @throws MicroError `MICRO_CLIENT_REDIRECT`.
 */
export function redirected(sent: Outgoing, { status, headers }: Response, redirects: ClientRequest['redirects'] = true): Outgoing | null {
  const location = headers.get('location')
  if (redirects === false || location === null || ![301, 302, 303, 307, 308].includes(status)) {
    return null
  }
  const refuse = (problem: string): Error => coreError('MICRO_CLIENT_REDIRECT', { status, from: sent.url.href, to: location, problem })
  const url = URL.parse(location, sent.url)
  if (url === null) {
    throw refuse('that is no URL')
  }
  const isElsewhere = url.hostname !== sent.url.hostname || !/^https?:$/.test(url.protocol)
  if (isElsewhere && (redirects !== 'anywhere' || !/^https?:$/.test(url.protocol))) {
    throw refuse('it leads to another host')
  }
  const kept = new Headers(sent.headers)
  if (isElsewhere) {
    kept.delete('authorization')
    kept.delete('cookie')
  }
  const becomesGet = (status === 303 && sent.method !== 'HEAD') || (status <= 302 && sent.method === 'POST')
  if (becomesGet) {
    for (const name of OF_A_BODY) {
      kept.delete(name)
    }
    return { ...sent, method: 'GET', url, headers: kept, body: undefined }
  }
  if (sent.body instanceof ReadableStream) {
    throw refuse('its body was a stream, which cannot be sent again')
  }
  return { ...sent, url, headers: kept }
}

/** Notices redirects that lead nowhere: one that comes to the same request with the same cookies, and those that never end. */
export class RedirectChain {
  readonly #seen: Set<string> = new Set()
  readonly #urls: string[] = []

  /** @throws MicroError `MICRO_CLIENT_REDIRECT`. */
  add({ method, url, headers }: Request, status: number): void {
    const step = `${method} ${url} ${headers.get('cookie') ?? ''}`
    const from = this.#urls.at(-1) ?? url
    this.#urls.push(url)
    const isLoop = this.#seen.has(step)
    if (isLoop || this.#urls.length > MOST_REDIRECTS + 1) {
      const chain = this.#urls.join(' → ')
      const problem = isLoop ? `it is a loop, ${chain}` : `there were ${MOST_REDIRECTS} before it, ${chain}`
      throw coreError('MICRO_CLIENT_REDIRECT', { status, from, to: url, problem })
    }
    this.#seen.add(step)
  }
}
