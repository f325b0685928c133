/** A real OpenID Connect provider on loopback, made to misbehave where a test wants it to. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Client } from '@micro/core'
import Provider from 'oidc-provider'

/** A key that signs id tokens. */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** Somebody's answer to a request, before it is sent. */
export interface Answer {
  status: number
  headers: { [name: string]: string }
  body: string | Buffer
}

/** Changes the provider's answer to a path. */
export type Tamper = (answer: Answer, request: IncomingMessage) => Answer | Promise<Answer>

/** The claims of one part of a token, or its header. */
export type Claims = { [name: string]: unknown }

/** Makes a key. */
export function signingKey(kid: string): SigningKey {
  return { kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) }
}

const KEY = signingKey('first')

/** A provider that runs. */
export class OpenIdProvider {
  readonly issuer: string
  /** What it was asked: method, path and body, in order. */
  readonly requests: { readonly method: string; readonly path: string; readonly body: string }[] = []
  key: SigningKey = KEY
  #listener: RequestListener
  #tampers = new Map<string, Tamper>()
  readonly #redirectUris: string[]
  readonly #server: Server

  private constructor(issuer: string, redirectUris: string[], server: Server) {
    this.issuer = issuer
    this.#redirectUris = redirectUris
    this.#server = server
    this.#listener = this.#make()
  }

  /** Starts one. `callbacks` are the addresses it may send browsers back to. */
  static async start(callbacks: readonly string[]): Promise<OpenIdProvider> {
    const server = createServer((request, response) => {
      provider.answer(request, response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const provider = new OpenIdProvider(issuer, [...callbacks], server)
    return provider
  }

  /** Puts another key in the place of the one that signs. */
  rotate(key: SigningKey): void {
    this.key = key
    this.#listener = this.#make()
  }

  /** Changes the answers to a path from now on. */
  tamper(path: string, change: Tamper): void {
    this.#tampers.set(path, change)
  }

  /** Signs the id tokens of answers from now on anew, after `change` has had its way with header and claims. */
  tamperIdToken(change: (header: Claims, claims: Claims) => string | undefined): void {
    this.tamper('/token', (answer) => {
      const tokens = JSON.parse(String(answer.body))
      const [header, claims] = String(tokens.id_token).split('.').slice(0, 2).map(decode) as [Claims, Claims]
      tokens.id_token = change(header, claims) ?? signToken(header, claims, this.key.privateKey)
      return { ...answer, body: JSON.stringify(tokens) }
    })
  }

  /** Behaves again. */
  behave(): void {
    this.#tampers.clear()
    this.requests.length = 0
    if (this.key !== KEY) {
      this.rotate(KEY)
    }
  }

  /** How many connections are open. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    )
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '/', this.issuer).pathname
    const entry = { method: request.method ?? '', path, body: '' }
    this.requests.push(entry)
    request.on('data', (chunk) => {
      entry.body += chunk
    })
    const change = this.#tampers.get(path)
    if (change !== undefined) {
      hold(response, (answer) => change(answer, request))
    }
    this.#listener(request, response)
  }

  #make(): RequestListener {
    const jwk = { ...this.key.privateKey.export({ format: 'jwk' }), kid: this.key.kid, use: 'sig', alg: 'RS256' }
    const provider = quietly(
      () =>
        new Provider(this.issuer, {
          clients: [{ client_id: 'notes', client_secret: 'notes-secret', redirect_uris: this.#redirectUris }],
          jwks: { keys: [jwk] },
          cookies: { keys: ['k'.repeat(32)] },
          claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
          pkce: { required: () => true },
          features: { devInteractions: { enabled: true } },
          findAccount: (_ctx: unknown, id: string) => ({
            accountId: id,
            claims: () => ({ sub: id, name: `The ${id}`, email: `${id}@example.com`, email_verified: !id.startsWith('unverified') }),
          }),
          ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Grant: 600, Interaction: 600, Session: 600 },
        }),
    )
    return provider.callback()
  }
}

/** The provider warns that its defaults are for development. */
function quietly<T>(make: () => T): T {
  const { warn } = console
  console.warn = () => undefined
  try {
    return make()
  } finally {
    console.warn = warn
  }
}

/** Lets an answer be changed before it is sent. */
function hold(response: ServerResponse, change: (answer: Answer) => Answer | Promise<Answer>): void {
  const end = response.end.bind(response)
  const send = async (chunk: string | Buffer = ''): Promise<void> => {
    const headers = Object.fromEntries(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]))
    const answer = await change({ status: response.statusCode, headers, body: chunk })
    response.statusCode = answer.status
    for (const [name, value] of Object.entries(answer.headers)) {
      response.setHeader(name, value)
    }
    response.setHeader('content-length', Buffer.byteLength(answer.body))
    end(answer.body)
  }
  response.end = ((chunk?: string | Buffer) => {
    send(chunk).catch((error: Error) => response.destroy(error))
    return response
  }) as typeof response.end
}

/** Goes through the provider's pages as `account`, and gives the address that the browser is sent back to. */
export async function walk(browser: Client, start: string, account: string, issuer: string): Promise<string> {
  let url = start
  for (let step = 0; step < 12; step += 1) {
    const page = await browser.get(url)
    if (page.status === 200) {
      const prompt = url.includes('/interaction/') && /name="prompt" value="(\w+)"/.exec(await page.text())?.[1]
      const form = prompt === 'login' ? { prompt, login: account, password: 'x' } : { prompt: String(prompt) }
      url = new URL((await browser.post(url, { form })).headers.get('location') ?? '', url).href
    } else {
      const location = page.headers.get('location')
      if (location === null) {
        throw new Error(`${url} answered ${page.status}: ${await page.text()}`)
      }
      url = new URL(location, url).href
    }
    if (!url.startsWith(issuer)) {
      return url
    }
  }
  throw new Error(`The provider leads nowhere: ${url}`)
}

/** A token signed by RS256. */
export function signToken(header: Claims, claims: Claims, key: KeyObject): string {
  const text = `${encode(header)}.${encode(claims)}`
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`
}

/** A token signed by HS256. */
export function signTokenWithSecret(header: Claims, claims: Claims, secret: string | Buffer): string {
  const text = `${encode(header)}.${encode(claims)}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

/** One part of a token. */
export function encode(part: Claims): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

function decode(part: string): Claims {
  return JSON.parse(Buffer.from(part, 'base64url').toString())
}
