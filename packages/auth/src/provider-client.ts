import { HttpError } from '@micro/core'
import type * as OAuth from 'oauth4webapi'
import type { ProviderSettings } from './auth-config.ts'
import { authError } from './auth-errors.ts'
import type { Identity } from './auth-store.ts'
import type { OpenIdServer, Profile, Provider } from './provider.ts'
import type { ProviderHttp } from './provider-http.ts'
import { keyOf } from './secret-token.ts'

const METADATA_MS = 3_600_000
const CLOCK_TOLERANCE_SECONDS = 30

/** What a sign-in at a provider is held together by, kept here while the browser is there. */
export interface Handshake {
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  /** Code verifier of PKCE (RFC 7636). */
  readonly verifier: string
}

/** Who has come back from a provider. */
export interface ProviderSignIn {
  readonly identity: Identity
  readonly profile: Profile
}

/**
 * The app as a client of one provider: authorization code with PKCE (S256) at each, by OAuth 2.0 (RFC 6749, 7636, 9207, 9700) or OpenID
 * Connect. An id token's signature is checked always, though it comes over TLS.
 */
export class ProviderClient {
  readonly provider: Provider
  readonly #clientId: string
  readonly #settings: ProviderSettings
  readonly #http: ProviderHttp
  readonly #insecure: boolean
  #known: { readonly metadata: Promise<OAuth.AuthorizationServer>; readonly until: number } | undefined

  /** @throws MicroError `MICRO_AUTH_PROVIDER_URL` if an address of the provider is not acceptable. */
  constructor(provider: Provider, settings: ProviderSettings & { readonly clientId: string }, http: ProviderHttp, insecure: boolean) {
    this.provider = provider
    this.#clientId = settings.clientId
    this.#settings = settings
    this.#http = http
    this.#insecure = insecure
    const { server } = provider
    const urls = server.protocol === 'openid' ? { issuer: server.issuer(settings.url) } : { ...server.endpoints(settings.url) }
    for (const [key, value] of Object.entries(urls)) {
      this.#check(key, value)
    }
  }

  /** Where the browser is sent. Rejects if the provider's metadata cannot be had or trusted. */
  async authorizationUrl({ redirectUri, state, nonce, verifier }: Handshake): Promise<string> {
    const metadata = await this.#metadata()
    const url = new URL(metadata.authorization_endpoint ?? '')
    const parameters = {
      client_id: this.#clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: this.provider.scope,
      state,
      code_challenge: keyOf(verifier),
      code_challenge_method: 'S256',
      ...(this.provider.server.protocol === 'openid' ? { nonce } : {}),
    }
    for (const [name, value] of Object.entries(parameters)) {
      url.searchParams.set(name, value)
    }
    return url.href
  }

  /** Changes the code that the browser brought for who signed in. Rejects whatever is wrong with the provider's answers. @throws HttpError 400. */
  async finish(parameters: URLSearchParams, handshake: Handshake): Promise<ProviderSignIn> {
    const oauth = await import('oauth4webapi')
    const metadata = await this.#metadata()
    const client: OAuth.Client = { client_id: this.#clientId, [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS }
    const options = this.#options(oauth)
    const callback = brought(() => {
      if (parameters.getAll('code').length !== 1) {
        throw new TypeError('There is not one code.')
      }
      return oauth.validateAuthResponse(metadata, client, parameters, handshake.state)
    })
    const response = await oauth.authorizationCodeGrantRequest(
      metadata,
      client,
      this.#authentication(oauth),
      callback,
      handshake.redirectUri,
      handshake.verifier,
      options,
    )
    const { server } = this.provider
    if (server.protocol === 'openid') {
      const tokens = await oauth.processAuthorizationCodeResponse(metadata, client, response, {
        expectedNonce: handshake.nonce,
        requireIdToken: true,
      })
      await oauth.validateApplicationLevelSignature(metadata, response, options)
      const claims = this.#checkClaims(oauth.getValidatedIdTokenClaims(tokens))
      const more =
        metadata.userinfo_endpoint === undefined ? {} : await this.#userInfo(oauth, metadata, client, tokens.access_token, claims.sub)
      return this.#signIn(metadata.issuer, profileOf(claims, more, server))
    }
    const tokens = await oauth.processAuthorizationCodeResponse(metadata, client, response)
    const profile = await server.profile((url) => this.#read(oauth, tokens.access_token, url), this.#settings.url)
    return this.#signIn(server.endpoints(this.#settings.url).issuer, profile)
  }

  /** People are told apart by subject: an empty one would be all of them. */
  #signIn(issuer: string, profile: Profile): ProviderSignIn {
    const { subject } = profile
    if (typeof subject !== 'string' || subject === '') {
      throw new TypeError(`Provider ${this.provider.name} gave no subject.`)
    }
    return { identity: { issuer, subject }, profile }
  }

  /** What the engine leaves open: an authorized party that is another, and a token from the future. */
  #checkClaims(claims: OAuth.IDToken | undefined): OAuth.IDToken {
    if (claims === undefined || (claims.azp !== undefined && claims.azp !== this.#clientId)) {
      throw new TypeError('The id token was issued to another client.')
    }
    if (claims.iat > Date.now() / 1000 + CLOCK_TOLERANCE_SECONDS) {
      throw new TypeError('The id token was issued in the future.')
    }
    return claims
  }

  async #userInfo(
    oauth: typeof OAuth,
    metadata: OAuth.AuthorizationServer,
    client: OAuth.Client,
    accessToken: string,
    subject: string,
  ): Promise<OAuth.UserInfoResponse> {
    const response = await oauth.userInfoRequest(metadata, client, accessToken, this.#options(oauth))
    return oauth.processUserInfoResponse(metadata, client, subject, response)
  }

  async #read(oauth: typeof OAuth, accessToken: string, url: string): Promise<unknown> {
    const headers = new Headers({ accept: 'application/json' })
    const response = await oauth.protectedResourceRequest(accessToken, 'GET', new URL(url), headers, null, this.#options(oauth))
    if (response.status !== 200) {
      throw new TypeError(`${url} answered ${response.status}.`)
    }
    return response.json()
  }

  #metadata(): Promise<OAuth.AuthorizationServer> {
    if (this.#known !== undefined && this.#known.until > Date.now()) {
      return this.#known.metadata
    }
    const known = { metadata: this.#discover(), until: Date.now() + METADATA_MS }
    this.#known = known
    known.metadata.catch(() => {
      if (this.#known === known) {
        this.#known = undefined
      }
    })
    return known.metadata
  }

  async #discover(): Promise<OAuth.AuthorizationServer> {
    const { server } = this.provider
    if (server.protocol === 'oauth2') {
      const { issuer, iss = issuer, authorization, token } = server.endpoints(this.#settings.url)
      return { issuer: iss, authorization_endpoint: authorization, token_endpoint: token }
    }
    const oauth = await import('oauth4webapi')
    const issuer = new URL(server.issuer(this.#settings.url))
    const response = await oauth.discoveryRequest(issuer, this.#options(oauth))
    const metadata = await oauth.processDiscoveryResponse(issuer, response)
    this.#check('authorization_endpoint', metadata.authorization_endpoint ?? '')
    return metadata
  }

  #authentication(oauth: typeof OAuth): OAuth.ClientAuth {
    const { clientSecret } = this.#settings
    if (clientSecret === undefined) {
      return oauth.None()
    }
    return this.provider.clientAuthentication === 'post' ? oauth.ClientSecretPost(clientSecret) : oauth.ClientSecretBasic(clientSecret)
  }

  #options(oauth: typeof OAuth): { [oauth: symbol]: unknown } {
    return {
      [oauth.customFetch]: (url: string, init: Parameters<ProviderHttp['fetch']>[1]) => this.#http.fetch(url, init),
      [oauth.allowInsecureRequests]: this.#insecure,
    }
  }

  #check(key: string, value: string): void {
    const url = URL.parse(value)
    const problem =
      url === null
        ? 'it is no absolute URL'
        : url.protocol !== 'https:' && !(this.#insecure && url.protocol === 'http:')
          ? 'it is not https:'
          : url.username !== '' || url.password !== '' || url.hash !== '' || (key.startsWith('iss') && url.search !== '')
            ? 'it has credentials, a fragment or, as an issuer, a query'
            : undefined
    if (problem !== undefined) {
      throw authError('MICRO_AUTH_PROVIDER_URL', { name: this.provider.name, key, value, problem })
    }
  }
}

/** Whatever is wrong with what the browser brought is the request's error: parameters twice, or of another issuer (RFC 9207). */
function brought<T>(check: () => T): T {
  try {
    return check()
  } catch (cause) {
    throw new HttpError(400, 'What the provider sent back with the browser is not for this sign-in.', { cause })
  }
}

/** An address and whether it is verified are taken from one place: the id token, or else what the userinfo endpoint says. */
function profileOf(claims: OAuth.IDToken, more: { readonly [claim: string]: unknown }, server: OpenIdServer): Profile {
  const { email, email_verified: verified } = claims.email === undefined ? more : claims
  const all = { ...more, ...claims }
  return {
    subject: claims.sub,
    verifiedEmail: typeof email === 'string' && (verified === true || server.trustEmail) ? email : undefined,
    name: typeof all.name === 'string' ? all.name : undefined,
    claims: all,
  }
}
