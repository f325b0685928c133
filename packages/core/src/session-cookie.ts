import type { RequestContext } from './request-context.ts'
import type { OpenSession, SessionStore } from './session.ts'

/** Sets or deletes the session's cookie where the session has changed. The reply varies by cookie wherever the session was used. */
export function saveSession(ctx: RequestContext, session: OpenSession): void {
  const { cookieName, maxAge, path, domain, httpOnly, sameSite, secure } = ctx.config.session
  const value = session.outcome(ctx.app['~registry'].sessionStore as SessionStore)
  if (value !== undefined) {
    const attributes = {
      path,
      httpOnly,
      sameSite,
      secure: secure ?? ctx.mode === 'production',
      ...(domain === undefined ? {} : { domain }),
    }
    if (value === null) {
      ctx.deleteCookie(cookieName, attributes)
    } else {
      ctx.setCookie(cookieName, value, { ...attributes, maxAge })
    }
  }
  ctx.appendHeader('Vary', 'Cookie')
}
