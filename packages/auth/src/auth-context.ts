import type { Member } from '@micro/core'
import type { AuthResult, Credentials, Registration } from './accounts.ts'
import type { AnyUser, User } from './user.ts'

/** A provider that works, for a button on the sign-in page. */
export interface ProviderLink {
  readonly name: string
  readonly label: string
  /** Where its button posts to: `<form method="post" action="…">`. It may be given `?next=`, and `?link=yes` to add it to an account. */
  readonly path: string
}

/** `ctx.auth`: who the request is from, and ways to change that. */
export interface AuthContext<U extends AnyUser = User> {
  /**
   * The account that is signed in, or null. It is looked up once in a request, when it is first asked for.
   * @throws HttpError 503 if the store cannot be asked: nobody is taken for anonymous because of an outage.
   */
  user(): Promise<U | null>
  /**
   * Signs an account in by address and password, if they are right. The password's hash is renewed where it is not what it would be today.
   * @throws HttpError 503 if too many sign in at a time or the store cannot be asked, 403 if another site's page sent the request.
   */
  signIn(credentials: Credentials): Promise<AuthResult<U>>
  /**
   * Makes an account, and signs nobody in: `login` does. @throws HttpError as `signIn`; the error of the database if a constraint of the
   * app's own columns refuses `values`.
   */
  register(registration: Registration<U>): Promise<AuthResult<U>>
  /**
   * Gives an account another password, or its first, under the rules of `register`: the result has the code `invalid` where it cannot be
   * one. Every session of the account ends; if it is the one signed in here, it gets a fresh session. Whether the caller may, is yours to
   * ask first. @throws HttpError as `signIn`; MicroError `MICRO_AUTH_USER_INVALID`.
   */
  setPassword(user: U, password: string): Promise<AuthResult<U>>
  /**
   * Signs an account in, however it was found out who it is: a fresh session, with a token that was never sent before; the request's own
   * session ends. `ctx.session` keeps its values and gets a cookie that was never sent before. @throws HttpError 503; MicroError `MICRO_AUTH_USER_INVALID`.
   */
  login(user: U): Promise<void>
  /**
   * Ends the session; with `everywhere`, every session of the account. A copy of the cookie is worth nothing from then on. `ctx.session`
   * keeps its values under another cookie; `ctx.session.clear()` forgets them.
   * @throws HttpError 503, 403 if another site's page sent the request; MicroError `MICRO_AUTH_LOGOUT_METHOD` in a GET request.
   */
  logout(options?: { readonly everywhere?: boolean }): Promise<void>
  /** Where to go after signing in: the path in `?next=`, if it is one of this app, else `fallback`. */
  next(fallback?: string): string
  /** The sign-in page, made to come back to this page. */
  loginUrl(): string
  /** Providers that have a client id. */
  readonly providers: readonly ProviderLink[]
}

/** `app.auth`. */
export interface AuthApp {
  /** Names of the providers that have a client id. */
  readonly providers: readonly string[]
}

/** What stands under the name `auth`. */
export interface AuthMember<U extends AnyUser = User> extends Member<AuthApp, AuthContext<U>> {}
