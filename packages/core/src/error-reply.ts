import { checkHeader, preferred } from './header.ts'
import { escapeHtml } from './html.ts'
import { HttpError, isHttpError } from './http-error.ts'
import { isMicroError } from './micro-error.ts'
import { Reply } from './reply.ts'
import type { RequestContext } from './request-context.ts'
import { reasonOf } from './status.ts'

/**
 * The reply to an error that nobody handles: a page for those who prefer HTML, an RFC 9457 problem document otherwise.
 * A failure of the server says nothing of its reason, except in development.
 */
export function errorReply(ctx: RequestContext, error: unknown): Reply {
  const http = isHttpError(error) ? error : new HttpError(500, undefined, { cause: error })
  const title = reasonOf(http.status)
  const open = http.status < 500 || ctx.mode === 'development'
  const detail = open && http.message !== title ? http.message : undefined
  const list = ['Vary', 'Accept']
  for (const [name, value] of Object.entries(http.headers)) {
    checkHeader(name, value)
    list.push(name, value)
  }
  if (preferred(ctx.requestSource.header('accept'), ['application/problem+json', 'text/html']) === 'text/html') {
    const cause = ctx.mode === 'development' && http.status >= 500 ? trace(isHttpError(error) ? (error.cause ?? error) : error) : ''
    return new Reply(http.status, 'text/html; charset=utf-8', page(http.status, title, detail, cause), list)
  }
  const problem = {
    type: 'about:blank',
    title,
    status: http.status,
    ...(detail === undefined ? {} : { detail }),
    ...http.problem,
    ...development(ctx, error),
  }
  return new Reply(http.status, 'application/problem+json', JSON.stringify(problem), list)
}

function development(ctx: RequestContext, error: unknown): object {
  if (ctx.mode !== 'development' || isHttpError(error) || !(error instanceof Error)) {
    return {}
  }
  return {
    error: {
      name: error.name,
      message: error.message,
      ...(isMicroError(error) ? { code: error.code } : {}),
      stack: error.stack
        ?.split('\n')
        .slice(1)
        .map((line) => line.trim()),
    },
  }
}

function trace(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error)
  }
  return `${error.stack ?? error.message}${error.cause === undefined ? '' : `\n\ncaused by: ${trace(error.cause)}`}`
}

function page(status: number, title: string, detail: string | undefined, cause: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${status} ${escapeHtml(title)}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;margin:3rem auto;max-width:60rem;padding:0 1rem}pre{overflow:auto;padding:1rem;background:#8882}</style>
<h1>${escapeHtml(title)}</h1>
${detail === undefined ? '' : `<p>${escapeHtml(detail)}</p>\n`}${cause === '' ? '' : `<pre>${escapeHtml(cause)}</pre>\n`}</html>
`
}
