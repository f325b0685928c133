import { availableParallelism } from 'node:os'
import type { Context, Setup } from '@micro/core'
import { Accounts } from './accounts.ts'
import { type AuthConfig, providerSettings } from './auth-config.ts'
import { authError } from './auth-errors.ts'
import type { AuthStore } from './auth-store.ts'
import { failClosed } from './fail-closed.ts'
import { PasswordHasher } from './password-hasher.ts'
import type { Profile, Provider } from './provider.ts'
import { ProviderClient } from './provider-client.ts'
import { ProviderHttp } from './provider-http.ts'
import { TokenCookie } from './token-cookie.ts'
import type { AnyUser, UserValues } from './user.ts'

/** What an app's `auth` is made of. */
export interface AuthServiceParts<U extends AnyUser> {
  readonly providers: readonly Provider[]
  readonly store: (ctx: Context) => AuthStore<U>
  readonly accountFrom: (profile: Profile) => UserValues<U>
}

/** What the requests of one app share. */
export class AuthService<U extends AnyUser> {
  readonly namespace: string
  readonly config: AuthConfig
  readonly accounts: Accounts
  readonly cookie: TokenCookie
  readonly http: ProviderHttp
  /** Clients of the providers that have a client id. */
  readonly clients: readonly ProviderClient[]
  readonly accountFrom: (profile: Profile) => UserValues<U>
  readonly #secure: boolean
  readonly #store: (ctx: Context) => AuthStore<U>

  /** @throws MicroError `MICRO_AUTH_BASE_URL`, `MICRO_AUTH_PROVIDER_URL`. */
  constructor(setup: Pick<Setup, 'namespace' | 'mode'>, config: AuthConfig, parts: AuthServiceParts<U>) {
    checkBaseUrl(config.baseUrl)
    this.namespace = setup.namespace
    this.config = config
    this.accountFrom = parts.accountFrom
    this.#store = parts.store
    this.#secure = config.secure ?? setup.mode === 'production'
    this.cookie = new TokenCookie(config.cookieName, this.#secure)
    const concurrency = config.hashConcurrency ?? Math.min(4, availableParallelism())
    this.accounts = new Accounts(new PasswordHasher({ concurrency, queueLimit: config.hashQueueLimit }), config.minPasswordLength)
    const { providerTimeoutMs: timeoutMs, providerMaxBytes: maxBytes, allowPrivateNetworks } = config
    this.http = new ProviderHttp({ timeoutMs, maxBytes, allowPrivateNetworks })
    this.clients = parts.providers.flatMap((provider) => {
      const { clientId, ...rest } = providerSettings(config, provider.name)
      return clientId === undefined ? [] : [new ProviderClient(provider, { clientId, ...rest }, this.http, allowPrivateNetworks)]
    })
  }

  /** The store of a request; all its failures are `HttpError` 503. */
  storeFor(ctx: Context): AuthStore<U> {
    return failClosed(() => this.#store(ctx))
  }

  /** The cookie that binds a sign-in at a provider to the browser that began it; one for each, so that tabs do not disturb each other. */
  flowCookie(state: string): TokenCookie {
    return new TokenCookie(`${this.config.cookieName}-flow-${state.slice(0, 8)}`, this.#secure)
  }
}

function checkBaseUrl(value: string | undefined): void {
  if (value !== undefined) {
    const url = URL.parse(value)
    const problem =
      url === null || !/^https?:$/.test(url.protocol)
        ? 'it is no absolute http: or https: URL'
        : `${url.origin}/` !== url.href
          ? 'it has more than scheme, host and port'
          : undefined
    if (problem !== undefined) {
      throw authError('MICRO_AUTH_BASE_URL', { value, problem })
    }
  }
}
