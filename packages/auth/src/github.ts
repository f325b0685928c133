import { defineProvider, type Profile, type Provider, type ProviderOptions, type ReadResource } from './provider.ts'

/** Options of `github`. */
export interface GithubOptions extends ProviderOptions {
  /** Address of a GitHub Enterprise Server, such as `https://github.example.com`; github.com if absent. Or `MICRO_AUTH__GITHUB__URL`. */
  readonly url?: string
}

const PUBLIC_URL = 'https://github.com'

/** Sign-in with GitHub, by OAuth 2.0: GitHub has no OpenID Connect for people. The address is the primary one if it is verified. */
export function github(options: GithubOptions = {}): Provider {
  return defineProvider(
    'github',
    {
      protocol: 'oauth2',
      endpoints(url = PUBLIC_URL) {
        const issuer = trim(url)
        const iss = `${issuer}/login/oauth`
        return { issuer, iss, authorization: `${iss}/authorize`, token: `${iss}/access_token` }
      },
      profile: (read, url = PUBLIC_URL) => profile(read, trim(url) === PUBLIC_URL ? 'https://api.github.com' : `${trim(url)}/api/v3`),
    },
    { label: 'GitHub', scope: 'read:user user:email', clientAuthentication: 'post' },
    options,
  )
}

async function profile(read: ReadResource, api: string): Promise<Profile> {
  const claims = record(await read(`${api}/user`))
  if (typeof claims.id !== 'number' || !Number.isSafeInteger(claims.id)) {
    throw new TypeError('GitHub gave no user id.')
  }
  const emails: unknown = await read(`${api}/user/emails`)
  const primary = (Array.isArray(emails) ? emails.map(record) : []).find((email) => email.primary === true && email.verified === true)
  return {
    subject: String(claims.id),
    verifiedEmail: typeof primary?.email === 'string' ? primary.email : undefined,
    name: typeof claims.name === 'string' ? claims.name : undefined,
    claims,
  }
}

function record(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null ? (value as { readonly [key: string]: unknown }) : {}
}

function trim(url: string): string {
  return url.replace(/\/+$/, '')
}
