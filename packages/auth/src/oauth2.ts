import { defineProvider, type OAuth2Endpoints, type Profile, type Provider, type ProviderOptions, type ReadResource } from './provider.ts'

/** Options of `oauth2`. */
export interface OAuth2Options extends ProviderOptions {
  /** One lower-case word: `/auth/<name>`, `MICRO_AUTH__<NAME>__CLIENT_ID`. */
  readonly name: string
  readonly scope: string
  readonly endpoints: OAuth2Endpoints
  /** Asks the provider's API who has signed in. */
  readonly profile: (read: ReadResource) => Promise<Profile>
}

/** Sign-in by plain OAuth 2.0 (RFC 6749, with PKCE by RFC 7636) at a provider that says by an API of its own who somebody is. */
export function oauth2(options: OAuth2Options): Provider {
  const { name, endpoints, profile, scope } = options
  return defineProvider(
    name,
    { protocol: 'oauth2', endpoints: () => endpoints, profile },
    { label: name, scope, clientAuthentication: 'basic' },
    options,
  )
}
