import {
  type AnyExtension,
  blueprint,
  type ConfigSchema,
  type Context,
  defineExtension,
  type Extension,
  need,
  type Setup,
} from '@micro/core'
import { type AuthConfig, type AuthConfigInput, type AuthSettingsInput, authConfig } from './auth-config.ts'
import type { AuthApp, AuthContext, AuthMember } from './auth-context.ts'
import { authMigrations } from './auth-migrations.ts'
import { AuthService } from './auth-service.ts'
import type { AuthStore } from './auth-store.ts'
import { tableNames } from './auth-tables.ts'
import type { AuthDbContext, AuthDbMember, AuthDbNeeds } from './db-member.ts'
import { DbStore } from './db-store.ts'
import { type LoginRequired, loginRequired } from './login-required.ts'
import type { Profile, Provider } from './provider.ts'
import { finishFlow, startFlow } from './provider-flow.ts'
import { RequestAuth } from './request-auth.ts'
import type { AnyUser, User, UserValues } from './user.ts'

/** Options of `auth()`: providers, and defaults for what is configured under `auth`. */
export interface AuthOptions<U extends AnyUser = User> extends AuthSettingsInput {
  /** Providers that may be offered; each is, once it has a client id: `MICRO_AUTH__<NAME>__CLIENT_ID`. */
  readonly providers?: readonly Provider[]
  /** Columns of the app's own for an account made by a provider's sign-in. */
  readonly accountFrom?: (profile: Profile) => UserValues<U>
}

/** Options of `auth()` without a database. */
export interface AuthStoreOptions<U extends AnyUser = User> extends AuthOptions<U> {
  /** Where accounts and sessions are kept. */
  readonly store: AuthStore<U>
}

/** The extension `auth()` makes. `U` is the application's own type of account, `R` what it needs, `N` the name it stands under. */
export interface AuthExtension<U extends AnyUser = User, R extends object = {}, N extends string = 'auth'>
  extends Extension<N, AuthMember<U>, R, AuthConfigInput, AuthConfig> {
  /** Middleware: lets nobody in who has not signed in, and adds `ctx.user`. */
  readonly loginRequired: LoginRequired<U, N>
  /** The same extension under another name, with accounts, cookie and configuration of its own. */
  as<const M extends string>(name: M): AuthExtension<U, R, M>
}

/**
 * Accounts and sessions: `ctx.auth`, `theAuth.loginRequired`, sign-in by password and by providers. They are kept in `db`, which must be
 * installed before and migrated, or in a store of your own, and then nothing else is needed.
 * @throws MicroError `MICRO_AUTH_PROVIDER_NAME`.
 */
export function auth<U extends AnyUser = User>(options: AuthStoreOptions<U>): AuthExtension<U>
export function auth<U extends AnyUser = User>(options?: AuthOptions<U> & { readonly store?: never }): AuthExtension<U, AuthDbNeeds>
export function auth<U extends AnyUser>(options: AuthOptions<U> & { readonly store?: AuthStore<U> | undefined } = {}): AnyExtension {
  return extensionUnder('auth', options)
}

type Given<U extends AnyUser> = AuthOptions<U> & { readonly store?: AuthStore<U> | undefined }

function extensionUnder<U extends AnyUser, N extends string>(name: N, given: Given<U>): AnyExtension {
  const { store, providers = [], accountFrom = () => ({}), ...settings } = given
  const definition = {
    name,
    version: '1.0.0',
    core: '^1.0.0',
    config: authConfig(name, providers) as ConfigSchema<AuthConfigInput, AuthConfig>,
    options: { ...settings, ...Object.fromEntries(providers.map((provider) => [provider.name, provider.settings])) },
  }
  const assemble = (setup: Setup, config: AuthConfig, storeOf: (ctx: Context) => AuthStore<U>) => {
    const service = new AuthService<U>(setup, config, { providers, store: storeOf, accountFrom })
    contribute(setup, service, providers)
    const app: AuthApp = { providers: service.clients.map(({ provider }) => provider.name) }
    return { app, context: (ctx: Context): AuthContext<U> => new RequestAuth(service, ctx) }
  }
  const extension =
    store !== undefined
      ? defineExtension({ ...definition, initApp: (setup, config) => assemble(setup, config, () => store) })
      : defineExtension({
          ...definition,
          needs: { db: need<AuthDbMember>('^1') },
          initApp(setup, config) {
            const tables = tableNames(setup.namespace)
            setup.db.migrations(setup.namespace, authMigrations(tables))
            // The need puts it there; hooks and routes see the plain context.
            return assemble(setup, config, (ctx) => new DbStore<U>((ctx as Context & { readonly db: AuthDbContext }).db, tables))
          },
        })
  return Object.freeze({ ...extension, loginRequired: loginRequired<U, N>(extension), as: (other: string) => extensionUnder(other, given) })
}

/** Declares hooks and the routes of the providers. A provider without a client id is not there: 404. */
function contribute<U extends AnyUser>(setup: Setup, service: AuthService<U>, providers: readonly Provider[]): void {
  if (service.clients.length > 0) {
    setup.onStart(() => service.http.checkGuard())
    setup.onStop(() => service.http.close())
  }
  if (providers.length > 0) {
    const routes = blueprint(setup.namespace, import.meta, { prefix: `/${setup.namespace}` })
    for (const client of service.clients) {
      const { name } = client.provider
      const authOf = (ctx: Context) => (ctx as unknown as { readonly [member: string]: RequestAuth<U> })[setup.namespace] as RequestAuth<U>
      routes.post(`/${name}`, { name }, (ctx) => startFlow(service, client, ctx, authOf(ctx)))
      routes.get(`/${name}/callback`, { name: `${name}-callback` }, (ctx) => finishFlow(service, client, ctx, authOf(ctx)))
    }
    setup.register(routes)
  }
}
