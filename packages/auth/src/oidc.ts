import { defineProvider, type Provider, type ProviderOptions } from './provider.ts'

/** Options of `oidc`. */
export interface OidcOptions extends ProviderOptions {
  /** One lower-case word: `/auth/<name>`, `MICRO_AUTH__<NAME>__CLIENT_ID`. */
  readonly name: string
  /** Issuer identifier; the provider's metadata lie at `<issuer>/.well-known/openid-configuration`. Or `MICRO_AUTH__<NAME>__URL`. */
  readonly issuer: string
  /**
   * Takes the address of everybody there as verified. Only for a provider whose administrators alone set addresses, such as a company's
   * own: where people can, they could take any. By default the claim `email_verified` decides.
   */
  readonly trustEmail?: boolean
}

/** Sign-in by OpenID Connect at any provider that has discovery (OpenID Connect Discovery 1.0). */
export function oidc(options: OidcOptions): Provider {
  const { name, issuer, trustEmail = false } = options
  return defineProvider(
    name,
    { protocol: 'openid', issuer: (url) => url ?? issuer, trustEmail },
    { label: name, scope: 'openid email profile', clientAuthentication: 'basic' },
    options,
  )
}
