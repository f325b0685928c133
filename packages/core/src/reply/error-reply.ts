import { checkHeader } from '../http/header.ts'
import { HttpError, isHttpError } from '../http/http-error.ts'
import { acceptedTypes } from '../http/preferences.ts'
import { Reply } from '../http/reply.ts'
import { reasonOf } from '../http/status.ts'
import type { RequestContext } from '../request/request-context.ts'
import { escapeHtml } from '../templates/html.ts'

/**
 * The reply to an error that nobody handles: a page for those who prefer HTML, an RFC 9457 problem document otherwise.
 * A failure of the server says nothing of its reason, except in development to those who may see the debug page.
 */
export function errorReply(ctx: RequestContext, error: unknown): Reply | Promise<Reply> {
  const http = isHttpError(error) ? error : new HttpError(500, undefined, { cause: error })
  return ctx.mode === 'development' && http.status >= 500 ? inDevelopment(ctx, error, http) : clientErrorReply(ctx, http)
}

/** Loaded when it is needed: an app in production never imports it. */
async function inDevelopment(ctx: RequestContext, error: unknown, http: HttpError): Promise<Reply> {
  try {
    const { debugReply } = await import('../debug/debug-reply.ts')
    return debugReply(ctx, error, http) ?? clientErrorReply(ctx, http)
  } catch (failure) {
    ctx.app.log.error('The debug page could not be made', { error: failure })
    return clientErrorReply(ctx, http)
  }
}

/** The reply to an error for the client. A failure of the server's own says nothing of its reason here. */
export function clientErrorReply(ctx: RequestContext, http: HttpError): Reply {
  const title = reasonOf(http.status)
  const detail = http.status < 500 && http.message !== title ? http.message : undefined
  const list = ['Vary', 'Accept']
  for (const [name, value] of Object.entries(http.headers)) {
    checkHeader(name, value)
    list.push(name, value)
  }
  if (acceptedTypes(ctx.requestSource.header('accept')).best('application/problem+json', 'text/html') === 'text/html') {
    return new Reply(http.status, 'text/html; charset=utf-8', page(http.status, title, detail), list)
  }
  const problem: object = { type: 'about:blank', title, status: http.status, detail, ...http.problem }
  return new Reply(http.status, 'application/problem+json', JSON.stringify(problem), list)
}

function page(status: number, title: string, detail: string | undefined): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${status} ${escapeHtml(title)}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;margin:3rem auto;max-width:60rem;padding:0 1rem}</style>
<h1>${escapeHtml(title)}</h1>
${detail === undefined ? '' : `<p>${escapeHtml(detail)}</p>\n`}</html>
`
}
