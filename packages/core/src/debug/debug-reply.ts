/** Answers a request that failed, in development: a page for browsers, a problem document that tells as much for other clients. */

import type { HttpError } from '../http/http-error.ts'
import { acceptedTypes } from '../http/preferences.ts'
import { Reply } from '../http/reply.ts'
import { reasonOf } from '../http/status.ts'
import type { RequestContext } from '../request/request-context.ts'
import { isLocal } from './debug-access.ts'
import { debugPage } from './debug-page.ts'
import { errorForPrograms, reportOf } from './debug-report.ts'

/** Headers of a page that nobody keeps, frames, or reads from elsewhere; it runs no script. */
export const DEBUG_HEADERS: readonly string[] = [
  ...['Vary', 'Accept'],
  ...['Cache-Control', 'no-store'],
  ...[
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
  ...['X-Content-Type-Options', 'nosniff'],
  ...['Referrer-Policy', 'no-referrer'],
]

/** The reply, or null for a client that may not see it. `http` is what the client is told anyway; `error` is what was thrown. */
export function debugReply(ctx: RequestContext, error: unknown, http: HttpError): Reply | null {
  const { debugPage: audience } = ctx.app.config.server
  if (audience === 'off' || (audience === 'local' && !isLocal(ctx.requestSource))) {
    return null
  }
  // A 500 that only wraps what was thrown says nothing itself.
  const isWrapper = error === http && http.cause !== undefined && http.message === reasonOf(http.status)
  const report = reportOf(ctx, isWrapper ? http.cause : error, http.status)
  const list = [...DEBUG_HEADERS, ...Object.entries(http.headers).flat()]
  if (acceptedTypes(ctx.requestSource.header('accept')).best('application/problem+json', 'text/html') === 'text/html') {
    return new Reply(http.status, 'text/html; charset=utf-8', debugPage(report), list)
  }
  const { error: first, owner } = report
  const problem = {
    type: 'about:blank',
    title: reasonOf(http.status),
    status: http.status,
    detail: first.message,
    ...http.problem,
    error: errorForPrograms(first),
    ...(owner === undefined ? {} : { owner }),
  }
  return new Reply(http.status, 'application/problem+json', JSON.stringify(problem), list)
}
