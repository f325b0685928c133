import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { github, memoryStore } from '../src/index.ts'
import { memoryApp, type Running, throughFetch } from './sign-in-app.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

/** What GitHub's own servers answer, as its documentation says; the codes are the names of those who sign in. */
const EMAILS: { readonly [login: string]: unknown } = {
  ada: [
    { email: 'old@example.com', primary: false, verified: true },
    { email: 'Ada@Example.com', primary: true, verified: true },
  ],
  eve: [{ email: 'victim@example.com', primary: true, verified: false }],
  nobody: [],
}

let server: Server
let url: string
let running: Running
const store = memoryStore()
const tokenRequests: { readonly accept: string | undefined; readonly body: URLSearchParams }[] = []

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    let body = ''
    for await (const chunk of request) {
      body += chunk
    }
    const login = request.headers.authorization?.replace('Bearer token-', '') ?? ''
    response.setHeader('content-type', 'application/json; charset=utf-8')
    if (pathname === '/login/oauth/access_token') {
      const form = new URLSearchParams(body)
      tokenRequests.push({ accept: request.headers.accept, body: form })
      const good = form.get('client_secret') === 'secret' && form.get('code') !== 'bad'
      // GitHub reports errors with status 200.
      const answer = good
        ? { access_token: `token-${form.get('code')}`, token_type: 'bearer', scope: 'read:user,user:email' }
        : { error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' }
      response.end(JSON.stringify(answer))
    } else if (request.headers['user-agent'] === undefined || EMAILS[login] === undefined) {
      response.statusCode = 403
      response.end('{}')
    } else if (pathname === '/api/v3/user') {
      response.end(JSON.stringify({ id: 1000 + Object.keys(EMAILS).indexOf(login), login, name: null, email: 'public@example.com' }))
    } else {
      response.end(JSON.stringify(EMAILS[login]))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  running = await throughFetch(
    memoryApp({
      store,
      providers: [github()],
      config: { allowPrivateNetworks: true, baseUrl: 'https://notes.example' },
      env: { MICRO_AUTH__GITHUB__CLIENT_ID: 'id', MICRO_AUTH__GITHUB__CLIENT_SECRET: 'secret', MICRO_AUTH__GITHUB__URL: url },
    }),
  )
})

afterAll(async () => {
  await running.stop()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** Signs in as who the code names; GitHub names itself in its answer, or something else does. */
async function signIn(
  code: string,
  iss = `${url}/login/oauth`,
): Promise<{ to: URL; status: number; location: string | null; who: string | null }> {
  const browser = running.client()
  const to = new URL((await browser.post('/auth/github')).headers.get('location') ?? '')
  const query = new URLSearchParams({ code, state: to.searchParams.get('state') ?? '', ...(iss === '' ? {} : { iss }) })
  const back = await browser.get(`/auth/github/callback?${query}`)
  const { email } = await (await browser.get('/who')).json()
  return { to, status: back.status, location: back.headers.get('location'), who: email }
}

describe('github', () => {
  it('signs in by the primary address, if it is verified', async () => {
    const { to, status, location, who } = await signIn('ada')
    expect([status, location, who]).toEqual([303, '/', 'ada@example.com'])
    expect(to.href.startsWith(`${url}/login/oauth/authorize?`)).toBe(true)
    expect(to.searchParams.get('redirect_uri')).toBe('https://notes.example/auth/github/callback')
    expect(to.searchParams.get('code_challenge_method')).toBe('S256')
    const { accept, body } = tokenRequests.at(-1) ?? {}
    expect([accept, body?.get('client_id'), body?.get('client_secret')]).toEqual(['application/json', 'id', 'secret'])
  })

  it('signs in the same account whether or not GitHub names itself in its answer, and stores the address of its site', async () => {
    expect(await signIn('ada', '')).toMatchObject({ status: 303, location: '/', who: 'ada@example.com' })
    expect(await store.findIdentity({ issuer: url, subject: '1000' })).toMatchObject({ email: 'ada@example.com' })
  })

  it.each(['https://github.com/login/oauth', 'https://evil.example', 'site'])('A-17: refuses an answer of %s', async (iss) => {
    expect(await signIn('ada', iss === 'site' ? url : iss)).toMatchObject({ status: 400, who: null })
  })

  it.each(['eve', 'nobody'])('makes no account of an address that is not verified, or not there (%s)', async (code) => {
    expect(await signIn(code)).toMatchObject({ status: 303, location: '/login', who: null })
  })

  it('takes an error with status 200 for one', async () => {
    expect(await signIn('bad')).toMatchObject({ status: 502, who: null })
  })

  it('takes an API that refuses for a fault', async () => {
    expect(await signIn('unknown')).toMatchObject({ status: 502, who: null })
  })

  it('is at github.com unless told otherwise', () => {
    const { server: protocol } = github()
    expect(protocol.protocol === 'oauth2' && protocol.endpoints(undefined)).toEqual({
      issuer: 'https://github.com',
      iss: 'https://github.com/login/oauth',
      authorization: 'https://github.com/login/oauth/authorize',
      token: 'https://github.com/login/oauth/access_token',
    })
  })
})
