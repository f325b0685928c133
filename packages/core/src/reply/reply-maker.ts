/** The half of a context that makes replies. It has no fields of its own: those of a request are all in one place, `RequestContext`. */

import { coreError } from '../errors/core-errors.ts'
import { type FileOptions, sendFile } from '../files/files.ts'
import { type CacheControl, formatCacheControl } from '../http/cache-control.ts'
import { type CookieOptions, writeCookie } from '../http/cookie.ts'
import { toTag } from '../http/entity-tag.ts'
import { type EventOptions, encodeEvents, type ServerEvent } from '../http/events.ts'
import { httpDate } from '../http/http-date.ts'
import { HttpError } from '../http/http-error.ts'
import { checkPreconditions, type ResourceVersion } from '../http/preconditions.ts'
import { Reply } from '../http/reply.ts'
import type { Source } from '../http/source.ts'
import { checkStatus } from '../http/status.ts'
import type { Context } from '../request/context.ts'
import type { ContextHost } from '../request/context-host.ts'
import { toLocation } from '../routing/url-for.ts'
import { ReplyHeaders } from './reply-headers.ts'
import { whatIs } from './to-reply.ts'

export abstract class ReplyMaker {
  abstract readonly requestSource: Source
  abstract readonly app: ContextHost
  abstract readonly method: string
  abstract readonly path: string
  abstract readonly status: number
  abstract replyHeaders: ReplyHeaders | null
  abstract readonly isAnswered: boolean

  html(body: string, status?: number): Reply {
    return new Reply(statusOr(this, status), 'text/html; charset=utf-8', body)
  }

  text(body: string, status?: number): Reply {
    return new Reply(statusOr(this, status), 'text/plain; charset=utf-8', body)
  }

  json(value: unknown, status?: number): Reply {
    return new Reply(statusOr(this, status), 'application/json', this.app['~registry'].json.stringify(value))
  }

  redirect(to: string, status?: 301 | 302 | 303 | 307 | 308): Reply {
    const isSafe = this.method === 'GET' || this.method === 'HEAD'
    return new Reply(status ?? (isSafe ? 302 : 303), null, null, ['Location', toLocation(to)])
  }

  file(path: string, options: FileOptions = {}): Promise<Reply> {
    const { rootPath } = this.app
    const { root } = options
    return root === undefined
      ? sendFile(this.requestSource, fromRoot(rootPath, path), options)
      : sendFile(this.requestSource, path, { ...options, root: fromRoot(rootPath, root) })
  }

  events(
    source: AsyncIterable<ServerEvent> | ((lastEventId: string | undefined) => AsyncIterable<ServerEvent>),
    options?: EventOptions,
  ): Reply {
    const stream = typeof source === 'function' ? source(this.requestSource.header('last-event-id')) : source
    // Proxies that collect a reply before they pass it on (nginx) are told not to.
    return new Reply(this.status, 'text/event-stream', encodeEvents(stream, options), [
      'Cache-Control',
      'no-cache',
      'X-Accel-Buffering',
      'no',
    ])
  }

  checkVersion({ etag, modified }: ResourceVersion): Reply | undefined {
    const isRead = this.method === 'GET' || this.method === 'HEAD'
    const tag = etag === undefined ? null : toTag(etag)
    if (etag !== undefined && tag === null) {
      throw coreError('MICRO_HEADER_INVALID', { name: 'ETag', problem: 'holds a quotation mark, white space or a control character' })
    }
    const modifiedMs = modified === undefined ? null : Number(modified)
    const status = checkPreconditions(this.requestSource, { etag: tag, modifiedMs }, isRead)
    if (status === 412) {
      throw new HttpError(412, 'It was changed meanwhile.')
    }
    if (isRead) {
      if (tag !== null) {
        this.setHeader('ETag', tag)
      }
      if (modifiedMs !== null) {
        this.setHeader('Last-Modified', httpDate(modifiedMs))
      }
    }
    if (status !== 304) {
      return undefined
    }
    this.replyHeaders?.dropContent()
    return new Reply(304, null, null)
  }

  reply(body: unknown, status?: number, headers?: { readonly [name: string]: string }): Reply {
    const reply = this.#replyOf(body, status)
    return headers === undefined ? reply : withHeaders(reply, headers)
  }

  #replyOf(body: unknown, status: number | undefined): Reply {
    if (body === null || body === undefined) {
      return new Reply(statusOr(this, status), null, null)
    }
    // Each object of this class is a context: the other half of it is the class that extends this one.
    const reply = this.app['~registry'].toReply(body, statusOr(this, status), this as unknown as Context)
    if (reply === null) {
      throw coreError('MICRO_HANDLER_RESULT', { method: this.method, path: this.path, where: 'ctx.reply()', what: whatIs(body) })
    }
    return status === undefined || status === reply.status ? reply : new Reply(status, reply.type, reply.body, reply.headers)
  }

  setHeader(name: string, value: string): void {
    headersOf(this, 'ctx.setHeader()').set(name, value)
  }

  appendHeader(name: string, value: string): void {
    // Who looks at a cookie or a language late, such as in a stream, asks for no change.
    if (!this.isAnswered || name.toLowerCase() !== 'vary') {
      headersOf(this, 'ctx.appendHeader()').append(name, value)
    }
  }

  removeHeader(name: string): void {
    headersOf(this, 'ctx.removeHeader()').remove(name)
  }

  setCacheControl(control: CacheControl): void {
    this.setHeader('Cache-Control', formatCacheControl(control))
  }

  setCookie(name: string, value: string, options?: CookieOptions): void {
    const line = writeCookie(name, value, options)
    const most = this.app.config.limits.cookieBytes
    // In ASCII, so that its length is its bytes.
    if (most > 0 && line.length > most) {
      throw coreError('MICRO_COOKIE_TOO_LARGE', { name, bytes: line.length, limit: most })
    }
    headersOf(this, 'ctx.setCookie()').appendValid('Set-Cookie', line)
  }

  deleteCookie(name: string, options?: CookieOptions): void {
    this.setCookie(name, '', { ...options, maxAge: 0, expires: new Date(0) })
  }
}

/** The headers take the place of those of the same name. The reply given is not written to. */
function withHeaders(reply: Reply, given: { readonly [name: string]: string }): Reply {
  const headers = new ReplyHeaders()
  for (const [name, value] of Object.entries(given)) {
    headers.set(name, value)
  }
  return headers.on(reply)
}

/** @throws MicroError `MICRO_REPLY_MADE`. */
function headersOf(ctx: ReplyMaker, method: string): ReplyHeaders {
  if (ctx.isAnswered) {
    throw coreError('MICRO_REPLY_MADE', { method })
  }
  ctx.replyHeaders ??= new ReplyHeaders()
  return ctx.replyHeaders
}

function statusOr({ status }: ReplyMaker, given: number | undefined): number {
  return given === undefined ? status : checkStatus(given)
}

/** A relative path lies in the app's own directory, wherever the process was started. */
function fromRoot(rootPath: string | undefined, path: string): string {
  return rootPath === undefined || /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path) ? path : `${rootPath}/${path}`
}
