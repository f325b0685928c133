/** The sessions of an app: read before a request where the store may have to be waited for, opened on first use, saved with the reply. */

import { coreError } from '../errors/core-errors.ts'
import { ownerInWords } from '../hooks/hooks.ts'
import { isThenable } from '../hooks/thenable.ts'
import { HttpError, isHttpError } from '../http/http-error.ts'
import type { Log } from '../log/log.ts'
import { ReplyHeaders } from '../reply/reply-headers.ts'
import type { Context } from '../request/context.ts'
import { OpenSession } from './open-session.ts'
import type { SessionStore, StoredSession } from './session.ts'
import { type SessionCookie, SessionCookieLines, type SessionCookieSettings } from './session-cookie.ts'

/** Chooses the cookie of a request's session. */
export type ChooseSessionCookie = (ctx: Context) => SessionCookie

/** What is had of a session before it is used: itself, or why it could not be read. */
export type ReadSession = OpenSession | { readonly failure: unknown }

/** A request's context, as its session sees it. */
export interface SessionCarrier extends Context {
  /** Set once the session has been used. */
  openSession: OpenSession | null
  readSession: ReadSession | null
  /** No reply can carry a cookie any more. */
  readonly isAnswered: boolean
  replyHeaders: ReplyHeaders | null
}

/** What the sessions of an app consist of. */
export interface SessionParts extends SessionCookieSettings {
  readonly store: SessionStore
  /** Who set the store, as hooks name their owner. */
  readonly owner: string
  readonly chooseCookie: ChooseSessionCookie | null
  readonly log: Log
}

export class SessionKeeper {
  /** Whether a session is read before its request begins. */
  readonly isPreloaded: boolean
  readonly #parts: SessionParts
  readonly #lines: SessionCookieLines

  /** @throws MicroError `MICRO_COOKIE_INVALID` for a name, path or domain that no cookie has. */
  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#lines = new SessionCookieLines(parts)
    this.isPreloaded = parts.store.isSynchronous !== true
  }

  /** Reads the session of a request that carries the cookie. It does not fail: a failure waits for who uses the session. */
  preload(ctx: SessionCarrier): void | Promise<void> {
    const cookie = ctx.cookies[this.#linesFor(ctx).name]
    if (cookie === undefined) {
      return
    }
    const { store, config } = this.#parts
    const failed = (failure: unknown): void => {
      this.#parts.log.warn(messageOf(failure), { requestId: ctx.id, error: failure })
      ctx.readSession = { failure }
    }
    const read = (stored: StoredSession | null): void => {
      ctx.readSession = new OpenSession(cookie, stored, config.permanent)
    }
    try {
      const loading = this.#ask('load', () => store.load(cookie, config.maxAge))
      return isThenable(loading) ? loading.then(read).catch(failed) : read(loading)
    } catch (failure) {
      failed(failure)
    }
  }

  /** The session of a request that uses it. @throws HttpError 503 if it could not be read. */
  open(ctx: SessionCarrier): OpenSession {
    ctx.readSession ??= this.#read(ctx)
    if (ctx.readSession instanceof OpenSession) {
      if (ctx.isAnswered) {
        ctx.readSession.state = 'saved'
      }
      return ctx.readSession
    }
    headersOf(ctx).append('Vary', 'Cookie')
    throw ctx.readSession.failure
  }

  /**
   * Puts what the session has come to into store and headers, once. The reply varies by cookie wherever the session was used.
   * @throws HttpError 503 if the store fails; MicroError `MICRO_SESSION_TOO_LARGE`, `MICRO_SESSION_VALUE`.
   */
  save(ctx: SessionCarrier, session: OpenSession): void | Promise<void> {
    headersOf(ctx).append('Vary', 'Cookie')
    if (session.state === 'open') {
      session.state = 'lost'
      return after(this.#settle(ctx, session), () => {
        session.state = 'saved'
      })
    }
  }

  #settle(ctx: SessionCarrier, session: OpenSession): void | Promise<void> {
    const { store, config } = this.#parts
    const outcome = session.outcome(config.renewAfter)
    const send = (value: string | null): void => {
      if (value !== null) {
        headersOf(ctx).appendValid('Set-Cookie', this.#linesFor(ctx).set(value, session.isPermanent))
      }
    }
    switch (outcome.kind) {
      case 'untouched':
        return
      case 'renew':
        return after(
          this.#ask('renew', () => store.renew(outcome.cookie, config.maxAge)),
          send,
        )
      case 'end':
        return after(
          this.#ask('end', () => store.destroy(outcome.cookie)),
          () => headersOf(ctx).appendValid('Set-Cookie', this.#linesFor(ctx).remove),
        )
      case 'save': {
        const { text, previous, ended } = outcome
        return after(
          this.#ask('save', () => store.save(text, previous, config.maxAge)),
          (value) => after(ended === null ? undefined : this.#ask('end', () => store.destroy(ended)), () => send(value)),
        )
      }
    }
  }

  #read(ctx: SessionCarrier): ReadSession {
    const { store, owner, config } = this.#parts
    const cookie = ctx.cookies[this.#linesFor(ctx).name] ?? null
    try {
      const stored = cookie === null ? null : this.#ask('load', () => store.load(cookie, config.maxAge))
      if (!isThenable(stored)) {
        return new OpenSession(cookie, stored, config.permanent)
      }
      stored.catch(() => undefined)
      return { failure: coreError('MICRO_SESSION_STORE_ASYNC', { owner: ownerInWords(owner) }) }
    } catch (failure) {
      return { failure }
    }
  }

  #linesFor(ctx: Context): SessionCookieLines {
    const { chooseCookie } = this.#parts
    return chooseCookie === null ? this.#lines : new SessionCookieLines(this.#parts, chooseCookie(ctx))
  }

  /** Asks the store. Whatever it throws, or no answer in time, is an error for the client that says nothing, and for the log all. */
  #ask<T>(verb: string, call: () => T | Promise<T>): T | Promise<T> {
    try {
      const answer = call()
      return isThenable(answer) ? this.#answerInTime(verb, answer) : answer
    } catch (error) {
      throw this.#failure(verb, error)
    }
  }

  async #answerInTime<T>(verb: string, answer: Promise<T>): Promise<T> {
    const { storeTimeoutMs } = this.#parts.config
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`it gave no answer within ${storeTimeoutMs} ms`)), storeTimeoutMs)
    })
    try {
      return await Promise.race([answer, late])
    } catch (error) {
      throw this.#failure(verb, error)
    } finally {
      clearTimeout(timer)
    }
  }

  #failure(verb: string, error: unknown): unknown {
    if (isHttpError(error)) {
      return error
    }
    const reason = error instanceof Error ? error.message || error.name : String(error)
    const cause = coreError('MICRO_SESSION_STORE_FAILED', { owner: ownerInWords(this.#parts.owner), verb, reason }, { cause: error })
    return new HttpError(503, cause.message, { cause, headers: { 'Retry-After': '5' } })
  }
}

function headersOf(ctx: SessionCarrier): ReplyHeaders {
  ctx.replyHeaders ??= new ReplyHeaders()
  return ctx.replyHeaders
}

/** Goes on with an answer: now, or when it is there. */
function after<T, R>(answer: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return isThenable(answer) ? answer.then(next) : next(answer)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
