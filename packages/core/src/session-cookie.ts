import { writeCookie } from './cookie.ts'
import type { CoreConfig, SessionConfig } from './core-config.ts'
import { ReplyHeaders } from './reply-headers.ts'
import type { RequestContext } from './request-context.ts'
import type { OpenSession, SessionStore } from './session.ts'

/** Sets or deletes the session's cookie where the session has changed. The reply varies by cookie wherever the session was used. */
export function saveSession(ctx: RequestContext, session: OpenSession): void {
  const value = session.outcome(ctx.app['~registry'].sessionStore as SessionStore)
  const headers = ctx.replyHeaders ?? new ReplyHeaders()
  ctx.replyHeaders = headers
  if (value !== undefined) {
    const { config, mode } = ctx
    const { set, remove } = linesOf(config, mode === 'production')
    headers.appendValid('Set-Cookie', value === null ? remove : set(value))
  }
  headers.append('Vary', 'Cookie')
}

interface CookieLines {
  readonly set: (value: string) => string
  readonly remove: string
}

const known = new WeakMap<CoreConfig, CookieLines>()

/** The cookie's lines; all but its value is the same for every reply of an app. */
function linesOf(config: CoreConfig, isProduction: boolean): CookieLines {
  const made = known.get(config)
  if (made !== undefined) {
    return made
  }
  const { cookieName, maxAge } = config.session
  const attributes = attributesOf(config.session, isProduction)
  const empty = writeCookie(cookieName, '', { ...attributes, maxAge })
  const end = empty.slice(cookieName.length + 1)
  const lines = {
    set: (value: string) => `${cookieName}=${/^[\w.-]*$/.test(value) ? value : encodeURIComponent(value)}${end}`,
    remove: writeCookie(cookieName, '', { ...attributes, maxAge: 0, expires: new Date(0) }),
  }
  known.set(config, lines)
  return lines
}

function attributesOf({ path, domain, httpOnly, sameSite, secure }: SessionConfig, isProduction: boolean) {
  return { path, httpOnly, sameSite, secure: secure ?? isProduction, ...(domain === undefined ? {} : { domain }) }
}
