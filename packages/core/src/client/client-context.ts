/** A test client's looks into its app: the context of a request, and the session of a cookie. */
import type { AppRequests, RequestHandler } from '../app/app-requests.ts'
import { coreError } from '../errors/core-errors.ts'
import { isMicroError } from '../errors/micro-error.ts'
import { Reply } from '../http/reply.ts'
import type { Source } from '../http/source.ts'
import type { Log } from '../log/log.ts'
import type { SecurityHeader } from '../reply/security-headers.ts'
import { FetchSource } from '../request/fetch-source.ts'
import type { RequestContext } from '../request/request-context.ts'
import { answerFetch } from '../server/fetch-adapter.ts'
import type { Session } from '../session/session.ts'
import { type ClientReply, type ExchangeClient, exchange, nativeRequest } from './client-exchange.ts'
import { type ClientOptions, type ClientRequest, outgoing } from './client-request.ts'
import type { ClientApp } from './client-target.ts'
import type { CookieJar } from './cookie-jar.ts'

/** What `client.inspect` does. */
export async function inspect<T>(
  client: ExchangeClient,
  app: ClientApp,
  method: string,
  path: string,
  request: ClientRequest,
  look: (ctx: RequestContext, reply: ClientReply) => T | Promise<T>,
): Promise<T> {
  await app.start()
  let held: HeldRequest | undefined
  try {
    const reply = await exchange(client, method, path, request, async (native, connection) => {
      await held?.release()
      held = new HeldRequest(app['~requests'])
      return answerFetch(held, native, connection)
    })
    const { ctx } = held as HeldRequest
    const result = await app['~requests'].within(ctx, () => look(ctx, reply))
    if (!held?.isOver && !reply.bodyUsed) {
      await reply.body?.cancel()
    }
    return result
  } finally {
    await held?.release()
  }
}

/** The requests of an app, one of which is not over before it is released. */
class HeldRequest implements RequestHandler {
  readonly log: Log
  readonly securityHeaders: readonly SecurityHeader[]
  /** Whether the response is over, and the context would have ended. */
  isOver = false
  readonly #requests: AppRequests
  #ctx: RequestContext | undefined

  constructor(requests: AppRequests) {
    this.log = requests.log
    this.securityHeaders = requests.securityHeaders
    this.#requests = requests
  }

  get ctx(): RequestContext {
    return this.#ctx as RequestContext
  }

  get isRunning(): boolean {
    return this.#requests.isRunning
  }

  get isStopping(): boolean {
    return this.#requests.isStopping
  }

  get isClosing(): boolean {
    return this.#requests.isClosing
  }

  accept(source: Source): RequestContext {
    this.#ctx = this.#requests.accept(source)
    return this.#ctx
  }

  handle(ctx: RequestContext): Reply | Promise<Reply> {
    return this.#requests.handle(ctx)
  }

  fail(ctx: RequestContext, error: unknown): Promise<Reply> {
    return this.#requests.fail(ctx, error)
  }

  end(ctx: RequestContext, error?: unknown): void {
    this.isOver = true
    ctx.failedWith ??= error
  }

  hasTeardown(): boolean {
    return true
  }

  within<T>(ctx: RequestContext, run: () => T): T {
    return this.#requests.within(ctx, run)
  }

  release(): void | Promise<void> {
    return this.#ctx === undefined ? undefined : this.#requests.end(this.#ctx)
  }
}

/** What `client.session` does. */
export async function editSession<T>(
  jar: CookieJar,
  app: ClientApp,
  path: string,
  options: ClientOptions,
  edit: (session: Session) => T | Promise<T>,
): Promise<T> {
  await app.start()
  const sent = await outgoing('GET', path, options)
  const requests = app['~requests']
  const ctx = requests.accept(new FetchSource(nativeRequest(sent, jar)))
  try {
    const { sessions } = ctx.app['~registry']
    await (sessions.isPreloaded ? sessions.preload(ctx) : undefined)
    const session = sessions.open(ctx)
    ctx.openSession = session
    const result = await requests.within(ctx, () => edit(session))
    await sessions.save(ctx, session)
    const lines = ctx.replyHeaders?.on(new Reply(204, null, null)).headers?.filter((_, index, list) => list[index - 1] === 'Set-Cookie')
    const problem = keep(lines ?? [], jar, sent.url) ?? (session.isNew && session.keys().length > 0 && !lines?.length ? NOTHING_KEPT : null)
    if (problem !== null) {
      throw coreError('MICRO_CLIENT_SESSION', { url: sent.url.href, problem })
    }
    return result
  } catch (error) {
    // Clients are told nothing of a store that fails; this one is a developer's.
    throw error instanceof Error && isMicroError(error.cause) ? error.cause : error
  } finally {
    await requests.end(ctx)
  }
}

const NOTHING_KEPT = 'the session store kept nothing'

/** Puts cookies in the jar. Gives what is wrong if one is then not sent to the URL. */
function keep(lines: readonly string[], jar: CookieJar, url: URL): string | null {
  jar.take(url, lines)
  const sent = jar.header(url).split('; ')
  const lost = lines.find((line) => !/;\s*max-age=0/i.test(line) && !sent.includes(line.split(';')[0] as string))
  return lost === undefined ? null : `no request there gets its cookie, ${lost.replace(/=[^;]*/, '=…')}`
}
