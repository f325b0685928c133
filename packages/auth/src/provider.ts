/** Who somebody is, as a provider says. */
export interface Profile {
  /** What tells people apart at this provider; it never changes. */
  readonly subject: string
  /** Their address, if the provider says that it has verified it. */
  readonly verifiedEmail: string | undefined
  readonly name: string | undefined
  /** Everything the provider said. */
  readonly claims: { readonly [claim: string]: unknown }
}

/** Fetches JSON of the provider's API with the access token, under the same guard, time and size limits as everything else. */
export type ReadResource = (url: string) => Promise<unknown>

/** A provider that speaks OpenID Connect: everything else is discovered at its issuer. */
export interface OpenIdServer {
  readonly protocol: 'openid'
  /** Takes the address from the code or the configuration. */
  issuer(url: string | undefined): string
  /** Takes the address of everybody there as verified, whether or not the provider says so. */
  readonly trustEmail: boolean
}

/** The addresses of a provider that speaks plain OAuth 2.0. */
export interface OAuth2Endpoints {
  /** Names the provider in stored identities. Never change it. */
  readonly issuer: string
  /** What the provider calls itself where it sends a browser back (RFC 9207), if that is not `issuer`. Checked where it is sent. */
  readonly iss?: string
  readonly authorization: string
  readonly token: string
}

/** A provider that speaks plain OAuth 2.0: it says who somebody is by an API of its own. */
export interface OAuth2Server {
  readonly protocol: 'oauth2'
  endpoints(url: string | undefined): OAuth2Endpoints
  profile(read: ReadResource, url: string | undefined): Promise<Profile>
}

/** How a client shows its secret to the token endpoint (RFC 6749 section 2.3.1). */
export type ClientAuthentication = 'basic' | 'post'

/** A sign-in provider: a value that knows no app. Its client id and secret are configuration. */
export interface Provider {
  /** One lower-case word: `/auth/<name>`, `MICRO_AUTH__<NAME>__CLIENT_ID`. */
  readonly name: string
  /** What people read on its button. */
  readonly label: string
  readonly scope: string
  readonly clientAuthentication: ClientAuthentication
  readonly server: OpenIdServer | OAuth2Server
  /** What the code gives for its configuration. */
  readonly settings: { readonly clientId?: string; readonly clientSecret?: string; readonly url?: string }
}

/** What every provider may be told. */
export interface ProviderOptions {
  readonly label?: string
  /** Scopes asked for, separated by spaces. */
  readonly scope?: string
  readonly clientAuthentication?: ClientAuthentication
  /** Rather configuration: `MICRO_AUTH__<NAME>__CLIENT_ID`. */
  readonly clientId?: string
  /** Configuration, never in the code of anything but a test: `MICRO_AUTH__<NAME>__CLIENT_SECRET`. */
  readonly clientSecret?: string
}

/** Makes the value of a provider. */
export function defineProvider(
  name: string,
  server: Provider['server'],
  defaults: { readonly label: string; readonly scope: string; readonly clientAuthentication: ClientAuthentication },
  options: ProviderOptions & { readonly url?: string },
): Provider {
  const { label = defaults.label, scope = defaults.scope, clientAuthentication = defaults.clientAuthentication } = options
  const { clientId, clientSecret, url } = options
  const settings = {
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(url === undefined ? {} : { url }),
  }
  return Object.freeze({ name, label, scope, clientAuthentication, server: Object.freeze(server), settings: Object.freeze(settings) })
}
