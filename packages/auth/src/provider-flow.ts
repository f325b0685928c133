/**
 * Signing in at a provider and coming back. What holds the two halves together is kept here, under a key made of provider, state and a
 * cookie of the browser: it is found only by who brings all three, and taken away by the first who does (RFC 9700 section 2.1, 4.7).
 */
import { abort, type Context, HttpError, isHttpError, type Reply } from '@micro/core'
import { ownValues } from './accounts.ts'
import type { AuthService } from './auth-service.ts'
import { normaliseEmail } from './email.ts'
import type { ProviderClient, ProviderSignIn } from './provider-client.ts'
import type { RequestAuth } from './request-auth.ts'
import { isToken, keyOf, newToken } from './secret-token.ts'
import { signInFirst } from './sign-in-first.ts'
import type { AnyUser } from './user.ts'

const FLOW_SECONDS = 600
/** How long after signing in an account may be given another way in. */
const FRESH_SECONDS = 600

/** What is kept while the browser is at the provider. */
interface Flow {
  readonly nonce: string
  readonly verifier: string
  readonly redirectUri: string
  readonly next: string
  /** The account that the identity is to be added to. */
  readonly link: AnyUser['id'] | null
}

/** Sends the browser to a provider. */
export async function startFlow<U extends AnyUser>(
  service: AuthService<U>,
  client: ProviderClient,
  ctx: Context,
  auth: RequestAuth<U>,
): Promise<Reply> {
  auth.refuseCrossSite()
  const link = ctx.query.get('link') === 'yes' ? await freshUser(ctx, auth) : null
  const { name } = client.provider
  const [browser, state, nonce, verifier] = [newToken(), newToken(), newToken(), newToken()]
  const base = service.config.baseUrl ?? ctx.url.origin
  const redirectUri = new URL(ctx.urlFor(`${service.namespace}.${name}-callback`), base).href
  const flow: Flow = { nonce, verifier, redirectUri, next: auth.next(), link }
  const to = await trusted(() => client.authorizationUrl({ redirectUri, state, nonce, verifier }))
  const now = Math.floor(Date.now() / 1000)
  await auth.store.deleteExpired(now)
  await auth.store.createTicket(keyOf(name, browser, state), JSON.stringify(flow), now + FLOW_SECONDS)
  service.flowCookie(state).write(ctx, browser, FLOW_SECONDS)
  return ctx.redirect(to, 303)
}

/** Signs in who comes back from a provider. */
export async function finishFlow<U extends AnyUser>(
  service: AuthService<U>,
  client: ProviderClient,
  ctx: Context,
  auth: RequestAuth<U>,
): Promise<Reply> {
  ctx.setHeader('Referrer-Policy', 'no-referrer')
  const { name } = client.provider
  const state = ctx.query.get('state')
  const cookie = isToken(state) ? service.flowCookie(state) : undefined
  const browser = cookie?.read(ctx)
  const ticket =
    isToken(state) && browser !== undefined
      ? await auth.store.takeTicket(keyOf(name, browser, state), Math.floor(Date.now() / 1000))
      : undefined
  if (!isToken(state) || ticket === undefined) {
    abort(400, 'This sign-in was not begun in this browser, took too long, or has been used. Begin it again.')
  }
  cookie?.delete(ctx)
  // Written by startFlow alone, under a key that nobody else can make.
  const flow = JSON.parse(ticket) as Flow
  const error = ctx.query.get('error')
  if (error !== null) {
    const to = flow.link === null ? service.config.loginPath : flow.next
    return refused(ctx, to, error === 'access_denied' ? 'Signing in was cancelled.' : 'The provider refused to sign you in.')
  }
  const signIn = await trusted(() => client.finish(ctx.query, { ...flow, state }))
  return flow.link === null ? enter(service, ctx, auth, signIn, flow.next) : link(ctx, auth, signIn, flow, flow.link)
}

/** Signs in the account of an identity; an identity not seen before gets an account of its own, never one that exists. */
async function enter<U extends AnyUser>(
  service: AuthService<U>,
  ctx: Context,
  auth: RequestAuth<U>,
  { identity, profile }: ProviderSignIn,
  next: string,
): Promise<Reply> {
  let user = await auth.store.findIdentity(identity)
  if (user === undefined) {
    const email = normaliseEmail(profile.verifiedEmail)
    if (email === undefined) {
      return refused(ctx, service.config.loginPath, 'The provider gave no verified e-mail address.')
    }
    const values = ownValues(service.accountFrom(profile))
    user = await auth.store.createUser({ email, created: Math.floor(Date.now() / 1000), values, identity })
    // Two tabs may have signed the same person in for the first time at once.
    user ??= await auth.store.findIdentity(identity)
    if (user === undefined) {
      return refused(ctx, service.config.loginPath, 'There is an account with this e-mail address. Sign in to it, then connect the two.')
    }
  }
  await auth.login(user)
  return ctx.redirect(next, 303)
}

/** Gives the account that began the flow another way in. */
async function link<U extends AnyUser>(
  ctx: Context,
  auth: RequestAuth<U>,
  { identity }: ProviderSignIn,
  flow: Flow,
  owner: U['id'],
): Promise<Reply> {
  const current = await auth.user()
  if (current?.id !== owner) {
    abort(400, 'Another account is signed in than the one that began this. Begin it again.')
  }
  const known = await auth.store.findIdentity(identity)
  if (known === undefined ? !(await auth.store.addIdentity(owner, identity)) : known.id !== owner) {
    abort(409, 'This sign-in belongs to another account.')
  }
  return ctx.redirect(flow.next, 303)
}

async function freshUser<U extends AnyUser>(ctx: Context, auth: RequestAuth<U>): Promise<U['id']> {
  const current = await auth.current()
  if (current === null) {
    throw signInFirst(ctx)
  }
  if (Date.now() / 1000 - current.session.created > FRESH_SECONDS) {
    abort(403, 'Sign in again first: connecting another way in needs a sign-in of the last ten minutes.')
  }
  return current.user.id
}

/** Goes back to a page with a message. */
function refused(ctx: Context, to: string, message: string): Reply {
  ctx.flash(message, 'error')
  return ctx.redirect(to, 303)
}

/** Runs a part of the protocol. Whatever is wrong with the provider is a gateway's error; why, is in the log alone. */
async function trusted<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (isHttpError(error)) {
      throw error
    }
    const late = error instanceof Error && error.name === 'TimeoutError'
    throw new HttpError(
      late ? 504 : 502,
      late ? 'The provider did not answer in time.' : 'The provider gave an answer that cannot be trusted.',
      { cause: error },
    )
  }
}
