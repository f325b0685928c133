export type { AuthFailure, AuthResult, Credentials, Registration } from './accounts.ts'
export { type AuthExtension, type AuthOptions, type AuthStoreOptions, auth } from './auth.ts'
export type {
  AuthConfig,
  AuthConfigInput,
  AuthSettings,
  AuthSettingsInput,
  ProviderSettings,
  ProviderSettingsInput,
} from './auth-config.ts'
export type { AuthApp, AuthContext, AuthMember, ProviderLink } from './auth-context.ts'
export { AUTH_ERRORS, type AuthErrorCode } from './auth-errors.ts'
export type { AuthStore, Identity, NewAccount, StoredAccount, StoredSession } from './auth-store.ts'
export type { AuthTables, GeneratedColumn, UserTable } from './auth-tables.ts'
export type { AuthDbApp, AuthDbContext, AuthDbMember, AuthDbNeeds, AuthMigration } from './db-member.ts'
export { type GithubOptions, github } from './github.ts'
export { localPath } from './local-path.ts'
export type { LoginRequired } from './login-required.ts'
export { memoryStore } from './memory-store.ts'
export { type OAuth2Options, oauth2 } from './oauth2.ts'
export { type OidcOptions, oidc } from './oidc.ts'
export type {
  ClientAuthentication,
  OAuth2Endpoints,
  OAuth2Server,
  OpenIdServer,
  Profile,
  Provider,
  ProviderOptions,
  ReadResource,
} from './provider.ts'
export type { AnyUser, User, UserValues } from './user.ts'
