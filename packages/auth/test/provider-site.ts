/** An app whose people sign in at a real provider on loopback. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { Client } from '@micro/core'
import { oauth2, type Provider } from '../src/index.ts'
import { OpenIdProvider, walk } from './open-id-provider.ts'
import { dbApp, type Running, throughSocket } from './sign-in-app.ts'

/** The provider by plain OAuth 2.0. */
export function plain(issuer: string): Provider {
  return oauth2({
    name: 'plain',
    scope: 'openid email profile',
    endpoints: { issuer, authorization: `${issuer}/auth`, token: `${issuer}/token` },
    async profile(read) {
      const claims = (await read(`${issuer}/me`)) as { sub: string; email: string; email_verified: boolean }
      const verifiedEmail = claims.email_verified ? `plain-${claims.email}` : undefined
      return { subject: `plain-${claims.sub}`, verifiedEmail, name: undefined, claims }
    },
  })
}

/** The app and the provider, both on loopback. */
export class ProviderSite {
  readonly idp: OpenIdProvider
  readonly running: Running
  readonly base: string
  /** How often `attempt` was called. */
  attempts = 0

  private constructor(idp: OpenIdProvider, running: Running, base: string) {
    this.idp = idp
    this.running = running
    this.base = base
  }

  /** Starts both, with client ids for the providers `work` and `plain`. */
  static async start(providers: (issuer: string) => readonly Provider[], config: object = {}): Promise<ProviderSite> {
    // Each has to know the other's address before it is made.
    const port = await freePort()
    const base = `http://127.0.0.1:${port}`
    const idp = await OpenIdProvider.start(['work', 'plain'].map((name) => `${base}/auth/${name}/callback`))
    const given = providers(idp.issuer)
    const env: { [name: string]: string } = {}
    for (const name of ['work', 'plain'].filter((each) => given.some((provider) => provider.name === each))) {
      env[`MICRO_AUTH__${name.toUpperCase()}__CLIENT_ID`] = 'notes'
      env[`MICRO_AUTH__${name.toUpperCase()}__CLIENT_SECRET`] = 'notes-secret'
    }
    const make = () => dbApp({ providers: given, config: { allowPrivateNetworks: true, ...config }, env })
    try {
      return new ProviderSite(idp, await throughSocket(make(), port), base)
    } catch (error) {
      await idp.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    await this.running.stop()
    await this.idp.stop()
  }

  /** Begins at the app, and gives where the browser is sent. */
  async begin(browser: Client, provider: string, query = ''): Promise<string> {
    const response = await browser.post(`/auth/${provider}${query}`)
    if (response.status !== 303 || response.headers.get('cache-control') !== 'no-store') {
      throw new Error(`/auth/${provider} answered ${response.status}: ${await response.text()}`)
    }
    return response.headers.get('location') ?? ''
  }

  /** All of it: to the provider, through its pages and back. */
  async signIn(browser: Client, provider: string, account: string, query = ''): Promise<Response> {
    return browser.get(await walk(browser, await this.begin(browser, provider, query), account, this.idp.issuer))
  }

  /** Signs in as somebody new, maybe at a provider that misbehaves: the status, and who is signed in afterwards. */
  async attempt(provider = 'work'): Promise<{ readonly status: number; readonly who: string | null }> {
    const browser = this.running.client()
    this.attempts += 1
    const { status } = await this.signIn(browser, provider, `account${this.attempts}`)
    return { status, who: await this.who(browser) }
  }

  /** Who is signed in. */
  async who(browser: Client): Promise<string | null> {
    return (await (await browser.get('/who')).json()).email
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
