/** Requests of a test client and their replies, with cookies and redirects. */
import { RedirectChain, redirected } from './client-redirects.ts'
import { type ClientOptions, type ClientRequest, type Outgoing, outgoing, withDefaults } from './client-request.ts'
import type { FetchTarget } from './client-target.ts'
import type { CookieJar } from './cookie-jar.ts'

/** A native response that also tells how it was come by. Its `url` is the one that answered. */
export interface ClientReply extends Response {
  /** The request that it answers: where redirects were followed, the last. */
  readonly request: Request
  /** The replies that were followed, the first one first; without their bodies. */
  readonly history: readonly ClientReply[]
}

/** What an exchange needs of its client. */
export interface ExchangeClient {
  readonly target: FetchTarget
  readonly options: ClientOptions
  /** Null for a client that keeps no cookies. */
  readonly jar: CookieJar | null
}

/** Sends a request as native one; as `target.fetch` does. */
export type Send = (request: Request, connection: { readonly remoteAddress: string }) => Promise<Response>

/** Sends a request, and those that it is redirected to. @throws MicroError `MICRO_CLIENT_REQUEST`, `MICRO_CLIENT_REDIRECT`. */
export async function exchange(
  { target, options, jar }: ExchangeClient,
  method: string,
  path: string,
  own: ClientRequest,
  send: Send = (native, connection) => target.fetch(native, connection),
): Promise<ClientReply> {
  const request = withDefaults(options, own)
  const cookies = request.cookies === false ? null : jar
  const history: ClientReply[] = []
  const chain = new RedirectChain()
  let next = await outgoing(method, path, request, target.json)
  for (let status = 0; ; ) {
    const native = nativeRequest(next, cookies)
    chain.add(native, status)
    const response = await send(native, { remoteAddress: request.remoteAddress ?? '127.0.0.1' })
    cookies?.take(next.url, response.headers.getSetCookie())
    const reply = replyTo(native, response, [...history])
    const following = await followed(next, reply, request.redirects)
    if (following === null) {
      return reply
    }
    history.push(reply)
    status = reply.status
    next = following
  }
}

/** The native request, with the cookies for its URL. */
export function nativeRequest({ method, url, headers, body, signal }: Outgoing, jar: CookieJar | null): Request {
  const all = new Headers(headers)
  const cookies = jar?.header(url) ?? ''
  if (cookies !== '' && !all.has('cookie')) {
    all.set('Cookie', cookies)
  }
  const init: RequestInit & { duplex?: 'half' } = { method, headers: all, redirect: 'manual' }
  if (body !== undefined) {
    init.body = body
    init.duplex = 'half'
  }
  return new Request(url, signal === undefined ? init : { ...init, signal })
}

async function followed(sent: Outgoing, reply: ClientReply, redirects: ClientRequest['redirects']): Promise<Outgoing | null> {
  let next: Outgoing | null
  try {
    next = redirected(sent, reply, redirects)
  } catch (error) {
    await reply.body?.cancel()
    throw error
  }
  if (next !== null) {
    await reply.body?.cancel()
  }
  return next
}

/** The response, with what `fetch` would have said of it. */
function replyTo(request: Request, response: Response, history: readonly ClientReply[]): ClientReply {
  Object.defineProperty(response, 'url', { value: request.url })
  Object.defineProperty(response, 'redirected', { value: history.length > 0 })
  return Object.assign(response, { request, history })
}
