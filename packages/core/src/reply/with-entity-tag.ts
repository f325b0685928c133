import { describesContent } from '../http/header.ts'
import { Reply } from '../http/reply.ts'
import type { Context } from '../request/context.ts'
import type { RequestContext } from '../request/request-context.ts'

const VALIDATORS = ['etag', 'last-modified']

/**
 * An after hook that gives replies a tag of their content, and answers 304 where the client has it already:
 * `app.afterRequest(withEntityTag)`, for the whole app or one blueprint. It saves sending, not making; `ctx.checkVersion` saves both.
 * Replies to GET and HEAD of status 200 with a whole body get one, unless they have a tag or a date of their own.
 */
export function withEntityTag(ctx: Context, reply: Reply): Reply | undefined {
  const { body, status } = reply
  const isRead = ctx.method === 'GET' || ctx.method === 'HEAD'
  if (!isRead || status !== 200 || !(typeof body === 'string' || body instanceof Uint8Array)) {
    return undefined
  }
  const { replyHeaders } = ctx as RequestContext
  if (VALIDATORS.some((name) => replyHeaders?.get(name) !== undefined || reply.header(name) !== undefined)) {
    return undefined
  }
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256').update(body).digest('base64url')
  return ctx.checkVersion({ etag: hash.slice(0, 27) }) === undefined
    ? undefined
    : new Reply(304, null, null, withoutContent(reply.headers ?? []))
}

function withoutContent(headers: readonly string[]): string[] {
  return headers.filter((_, index) => !describesContent((headers[index - (index % 2)] as string).toLowerCase()))
}
