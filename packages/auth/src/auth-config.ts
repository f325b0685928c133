import { type ConfigSchema, type Option, option, options, trustedOriginProblem } from '@micro/core'
import { authError } from './auth-errors.ts'
import type { Provider } from './provider.ts'

const SETTINGS = {
  loginPath: option.string({ default: '/login', pattern: /^\/(?![/\\])/, description: 'Page to which people are sent to sign in.' }),
  secure: option.bool({ description: 'Sends the cookie over HTTPS only; by default in production.' }),
  maxAge: option.int({ default: 7_776_000, min: 60, description: 'Seconds after which one has to sign in again in any case (90 days).' }),
  idleSeconds: option.int({ default: 1_209_600, min: 60, description: 'Seconds without a request after which a session ends (14 days).' }),
  minPasswordLength: option.int({ default: 8, min: 8, max: 256, description: 'Fewest characters of a new password.' }),
  hashConcurrency: option.int({ min: 1, max: 64, description: 'Passwords hashed at a time; by default the number of cores, at most 4.' }),
  hashQueueLimit: option.int({ default: 64, min: 0, description: 'Sign-ins that may wait for their turn; more are answered 503.' }),
  trustedOrigins: option.list({
    items: trustedOriginProblem,
    description: 'Other origins whose pages may post to sign in, out and up: scheme, host and port exactly.',
  }),
  baseUrl: option.string({ description: "The app's public address, for the redirect from a provider; that of the request if absent." }),
  allowPrivateNetworks: option.bool({
    default: false,
    description: 'Lets providers be on private networks and without HTTPS: for development and tests.',
  }),
  providerTimeoutMs: option.int({ default: 5_000, min: 1, description: 'Time a provider has to answer a request.' }),
  providerMaxBytes: option.int({ default: 1_048_576, min: 1, description: 'Largest answer of a provider in bytes.' }),
} as const

/** The setting whose default is the name that the extension stands under. */
function cookieName(namespace: string): Option<string> {
  const description = 'Name of the cookie; __Host- is put before it where it is secure.'
  return option.string({ default: namespace, pattern: /^[\w-]+$/, description })
}

/** What `auth` is configured with, apart from its providers. */
export interface AuthSettings {
  readonly loginPath: string
  readonly cookieName: string
  readonly secure: boolean | undefined
  /** Seconds. */
  readonly maxAge: number
  readonly idleSeconds: number
  readonly minPasswordLength: number
  readonly hashConcurrency: number | undefined
  readonly hashQueueLimit: number
  readonly trustedOrigins: readonly string[]
  readonly baseUrl: string | undefined
  readonly allowPrivateNetworks: boolean
  readonly providerTimeoutMs: number
  readonly providerMaxBytes: number
}

/** What may be given for `AuthSettings`; all of it has defaults. */
export type AuthSettingsInput = { readonly [K in keyof AuthSettings]?: Exclude<AuthSettings[K], undefined> }

/** What one provider is configured with. Without a `clientId` it is absent. */
export interface ProviderSettings {
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  /** Address of the provider, where it has several. */
  readonly url: string | undefined
}

/** What may be given for a provider. */
export type ProviderSettingsInput = { readonly [K in keyof ProviderSettings]?: Exclude<ProviderSettings[K], undefined> }

/** `config.auth`: the settings, and one group for each provider under its name. */
export interface AuthConfig extends AuthSettings {
  readonly [provider: string]: ProviderSettings | AuthSettings[keyof AuthSettings]
}

/** What may be given for `config.auth`. Which providers there are is known when the app is made: other names are refused then. */
export interface AuthConfigInput extends AuthSettingsInput {
  readonly [provider: string]: ProviderSettingsInput | AuthSettingsInput[keyof AuthSettings] | undefined
}

/**
 * The schema of `config.auth`, or of the other name it stands under, for these providers.
 * @throws MicroError `MICRO_AUTH_PROVIDER_NAME`.
 */
export function authConfig(namespace: string, providers: readonly Provider[]): ConfigSchema<AuthConfigInput, AuthConfig> {
  const settings = { cookieName: cookieName(namespace), ...SETTINGS }
  const groups: { [name: string]: ConfigSchema } = {}
  for (const { name, label } of providers) {
    const problem = Object.hasOwn(settings, name)
      ? 'is an option of auth'
      : Object.hasOwn(groups, name)
        ? 'is given twice'
        : /^[a-z][a-z0-9]*$/.test(name)
          ? undefined
          : 'is not one lower-case word'
    if (problem !== undefined) {
      throw authError('MICRO_AUTH_PROVIDER_NAME', { name, problem })
    }
    groups[name] = options({
      clientId: option.string({
        minLength: 1,
        description: `Client id that ${label} gave to the app; without one, ${label} is not offered.`,
      }),
      clientSecret: option.string({
        minLength: 1,
        secret: true,
        description: `Client secret that ${label} gave to the app; none for a public client.`,
      }),
      url: option.string({ description: `Address of ${label}, in the place of the one in the code.` }),
    })
  }
  // `options` infers literal keys; the names of providers are known at run time alone, so their group is typed by the index of AuthConfig.
  return options({ ...settings, ...groups }) as unknown as ConfigSchema<AuthConfigInput, AuthConfig>
}

/** The settings of one provider. */
export function providerSettings(config: AuthConfig, name: string): ProviderSettings {
  const settings = config[name]
  // The schema makes a group under the name of each provider.
  return typeof settings === 'object' && 'clientId' in settings
    ? settings
    : { clientId: undefined, clientSecret: undefined, url: undefined }
}
