/** A test client: it talks to `app.fetch` without a socket, keeps cookies and follows redirects. */

import { coreError } from '../errors/core-errors.ts'
import type { Context } from '../request/context.ts'
import type { Session } from '../session/session.ts'
import { baseUrlOf } from './client-base-url.ts'
import type { ClientReply, ExchangeClient } from './client-exchange.ts'
import type { ClientOptions, ClientRequest } from './client-request.ts'
import type { ClientApp, FetchTarget } from './client-target.ts'
import { CookieJar } from './cookie-jar.ts'

/** A browser without a screen, for tests. `C` are the context members of the app's extensions. */
export class Client<C = {}> {
  readonly #target: FetchTarget | ClientApp
  readonly #options: ClientOptions
  readonly #jar: CookieJar | null

  constructor(target: FetchTarget | ClientApp, options: ClientOptions = {}) {
    this.#target = target
    this.#options = options
    this.#jar = options.cookies === false ? null : new CookieJar(baseUrlOf(options))
  }

  /** The cookies it keeps. @throws MicroError `MICRO_CLIENT_COOKIES` if it keeps none. */
  get cookies(): CookieJar {
    if (this.#jar === null) {
      throw coreError('MICRO_CLIENT_COOKIES', {})
    }
    return this.#jar
  }

  get(path: string, request?: ClientRequest): Promise<ClientReply> {
    return this.request('GET', path, request)
  }

  post(path: string, request?: ClientRequest): Promise<ClientReply> {
    return this.request('POST', path, request)
  }

  put(path: string, request?: ClientRequest): Promise<ClientReply> {
    return this.request('PUT', path, request)
  }

  patch(path: string, request?: ClientRequest): Promise<ClientReply> {
    return this.request('PATCH', path, request)
  }

  delete(path: string, request?: ClientRequest): Promise<ClientReply> {
    return this.request('DELETE', path, request)
  }

  head(path: string, request?: ClientRequest): Promise<ClientReply> {
    return this.request('HEAD', path, request)
  }

  options(path: string, request?: ClientRequest): Promise<ClientReply> {
    return this.request('OPTIONS', path, request)
  }

  /**
   * Sends a request of any method that a native `Request` may have, follows redirects, and gives the last reply.
   * @throws MicroError `MICRO_CLIENT_REQUEST`; `MICRO_CLIENT_REDIRECT` for a redirect to another host, and for those that never end.
   */
  async request(method: string, path: string, request: ClientRequest = {}): Promise<ClientReply> {
    const { exchange } = await import('./client-exchange.ts')
    return exchange(this.#exchangeClient, method, path, request)
  }

  /**
   * Sends a request, and gives its context and reply to a function before the request's teardowns run: `ctx.session`, `ctx.route` and the
   * members of extensions are as the handler left them. Where redirects were followed, it is the last request. Gives what the function gives.
   * @throws what `request` throws, and what the function throws; MicroError `MICRO_CLIENT_APP`.
   */
  async inspect<T>(
    method: string,
    path: string,
    look: (ctx: Context & C, reply: ClientReply) => T | Promise<T>,
    request: ClientRequest = {},
  ): Promise<T> {
    const { inspect } = await import('./client-context.ts')
    return inspect(this.#exchangeClient, this.#app('inspect'), method, path, request, look as never)
  }

  /**
   * Reads and changes the session that the client's cookie stands for, with whatever store the app has; changes are saved, and the cookie
   * kept, when the function has ended. `request` says where, if that matters: a path or URL whose requests get the cookie. Gives what the
   * function gives.
   * @throws what the function throws, and MicroError: that of the store that fails, `MICRO_CLIENT_SESSION` where what was written is lost,
   * `MICRO_CLIENT_COOKIES`, `MICRO_CLIENT_APP`.
   */
  async session<T>(edit: (session: Session) => T | Promise<T>, path: string = '/'): Promise<T> {
    const { editSession } = await import('./client-context.ts')
    return editSession(this.cookies, this.#app('session'), path, this.#options, edit)
  }

  get #exchangeClient(): ExchangeClient {
    return { target: this.#target, options: this.#options, jar: this.#jar }
  }

  #app(method: string): ClientApp {
    if ('~requests' in this.#target) {
      return this.#target
    }
    throw coreError('MICRO_CLIENT_APP', { method })
  }
}
