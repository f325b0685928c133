import { abort, type Context, crossSiteVerdict } from '@micro/core'
import { type AuthResult, type Credentials, type Registration, wrongCredentials } from './accounts.ts'
import type { AuthContext, ProviderLink } from './auth-context.ts'
import { authError } from './auth-errors.ts'
import type { AuthService } from './auth-service.ts'
import type { AuthStore, StoredSession } from './auth-store.ts'
import { localPath } from './local-path.ts'
import { keyOf, newToken } from './secret-token.ts'
import type { AnyUser } from './user.ts'

/** How often it is noted that a session is in use. */
const TOUCH_SECONDS = 3600

/** Who a request is from. */
export interface SignedIn<U extends AnyUser> {
  readonly session: StoredSession<U>
  readonly user: U
}

/** `ctx.auth` of one request. */
export class RequestAuth<U extends AnyUser> implements AuthContext<U> {
  readonly #service: AuthService<U>
  readonly #ctx: Context
  #store: AuthStore<U> | undefined
  #current: Promise<SignedIn<U> | null> | undefined

  constructor(service: AuthService<U>, ctx: Context) {
    this.#service = service
    this.#ctx = ctx
  }

  get store(): AuthStore<U> {
    this.#store ??= this.#service.storeFor(this.#ctx)
    return this.#store
  }

  get providers(): readonly ProviderLink[] {
    const { clients, namespace } = this.#service
    return clients.map(({ provider: { name, label } }) => ({ name, label, path: this.#ctx.urlFor(`${namespace}.${name}`) }))
  }

  async user(): Promise<U | null> {
    return (await this.current())?.user ?? null
  }

  /** The session of the request and its owner. */
  current(): Promise<SignedIn<U> | null> {
    this.#current ??= this.#find()
    return this.#current
  }

  async signIn(credentials: Credentials): Promise<AuthResult<U>> {
    this.refuseCrossSite()
    const { accounts } = this.#service
    const result = await accounts.verify(this.store, credentials)
    if (!result.ok) {
      return result
    }
    const { user } = result
    if (result.outdated) {
      await accounts.upgrade(this.store, result, credentials.password).catch((error: unknown) => {
        this.#ctx.log.warn('A password hash could not be renewed.', { error })
      })
    }
    // Comparing takes a while. Who sets a password in between ends the sessions that are there by then, so this one is there first.
    const isIn = await this.#begin(user, () => accounts.isCurrent(this.store, result, credentials.password))
    return isIn ? { ok: true, user } : wrongCredentials()
  }

  async register(registration: Registration<U>): Promise<AuthResult<U>> {
    this.refuseCrossSite()
    return this.#service.accounts.register(this.store, registration, seconds())
  }

  async setPassword(user: U, password: string): Promise<AuthResult<U>> {
    this.refuseCrossSite()
    requireUser('setPassword', user)
    const current = await this.current()
    const result = await this.#service.accounts.setPassword(this.store, user, password)
    if (result.ok) {
      await this.store.deleteSessionsOf(user.id)
      if (current?.user.id === user.id) {
        await this.login(current.user)
      }
    }
    return result
  }

  async login(user: U): Promise<void> {
    requireUser('login', user)
    await this.#begin(user)
  }

  async logout({ everywhere = false }: { readonly everywhere?: boolean } = {}): Promise<void> {
    const { method } = this.#ctx
    if (method === 'GET' || method === 'HEAD') {
      throw authError('MICRO_AUTH_LOGOUT_METHOD', { method })
    }
    this.refuseCrossSite()
    const { cookie } = this.#service
    this.#ctx.session.regenerate()
    const current = await this.current()
    if (current !== null) {
      await (everywhere ? this.store.deleteSessionsOf(current.user.id) : this.store.deleteSession(current.session.key))
    }
    cookie.delete(this.#ctx)
    this.#current = Promise.resolve(null)
  }

  next(fallback = '/'): string {
    return localPath(this.#ctx.query.get('next')) ?? fallback
  }

  loginUrl(): string {
    const { loginPath } = this.#service.config
    const { method, url } = this.#ctx
    const here = method === 'GET' || method === 'HEAD' ? localPath(url.pathname + url.search) : undefined
    return here === undefined ? loginPath : `${loginPath}${loginPath.includes('?') ? '&' : '?'}next=${encodeURIComponent(here)}`
  }

  /** @throws HttpError 403 if another site's page sent the request. */
  refuseCrossSite(): void {
    const { trustedOrigins } = this.#service.config
    if (!crossSiteVerdict(this.#ctx, { trustedOrigins }).allowed) {
      abort(403, 'This request came from another site.')
    }
  }

  /** Begins a session, unless `isStill` says, when it is there, that it must not be. */
  async #begin(user: U, isStill: () => Promise<boolean> = async () => true): Promise<boolean> {
    const { cookie, config } = this.#service
    const now = seconds()
    const token = newToken()
    const session = { key: keyOf(token), owner: user.id, created: now, seen: now, expires: this.#expiry(now, now) }
    await this.store.createSession(session)
    if (!(await isStill())) {
      await this.store.deleteSession(session.key)
      return false
    }
    // A session that somebody planted in this browser must not be the one that is used from here on.
    this.#ctx.session.regenerate()
    const previous = cookie.read(this.#ctx)
    if (previous !== undefined) {
      await this.store.deleteSession(keyOf(previous))
    }
    await this.store.deleteExpired(now)
    cookie.write(this.#ctx, token, config.maxAge)
    this.#current = Promise.resolve({ session, user })
    return true
  }

  async #find(): Promise<SignedIn<U> | null> {
    this.#ctx.appendHeader('Vary', 'Cookie')
    const token = this.#service.cookie.read(this.#ctx)
    if (token === undefined) {
      return null
    }
    const found = await this.store.findSession(keyOf(token))
    const now = seconds()
    if (found === undefined || found.session.expires <= now) {
      return null
    }
    const { session } = found
    if (now - session.seen >= TOUCH_SECONDS) {
      await this.store.touchSession(session.key, now, this.#expiry(session.created, now))
    }
    return found
  }

  #expiry(created: number, seen: number): number {
    const { maxAge, idleSeconds } = this.#service.config
    return Math.min(created + maxAge, seen + idleSeconds)
  }
}

function requireUser(method: string, user: AnyUser): void {
  const id: unknown = user?.id
  if (typeof id !== 'number' && typeof id !== 'string') {
    throw authError('MICRO_AUTH_USER_INVALID', { method, what: user === null ? 'null' : `${typeof user} without an id` })
  }
}

function seconds(): number {
  return Math.floor(Date.now() / 1000)
}
