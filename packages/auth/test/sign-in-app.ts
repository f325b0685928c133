/** A small app with every way in and out, for tests. */
import { Client, type MicroOptions, micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { db } from '@micro/db'
import { type AuthContext, type AuthStore, type AuthTables, auth, memoryStore, type Provider, type User } from '../src/index.ts'

/** What the app is made with. */
export interface SignInAppOptions {
  readonly store?: AuthStore<User>
  readonly providers?: readonly Provider[]
  /** `config.auth`. */
  readonly config?: { readonly [key: string]: unknown }
  readonly mode?: NonNullable<MicroOptions['mode']>
  readonly env?: NonNullable<MicroOptions['env']>
}

/** Routes that work on whatever stands under `auth`. */
interface Routes {
  get(path: string, handler: (ctx: RouteContext) => Promise<object | string>): unknown
  post(path: string, handler: (ctx: RouteContext) => Promise<object | string>): unknown
}

interface RouteContext {
  readonly auth: AuthContext<User>
  readJson(): Promise<unknown>
  json(value: unknown, status?: number): object
  redirect(to: string): object
}

function addRoutes(app: Routes): void {
  app.get('/who', async (ctx) => ({ email: (await ctx.auth.user())?.email ?? null }))
  app.get('/next', async (ctx) => ({ next: ctx.auth.next('/fallback') }))
  app.get('/providers', async (ctx) => ({ providers: ctx.auth.providers }))
  app.get('/login', async () => 'Sign in')
  app.get('/untouched', async () => 'nothing')
  app.get('/bye', async (ctx) => {
    await ctx.auth.logout()
    return 'bye'
  })
  app.post('/register', async (ctx) => {
    const result = await ctx.auth.register((await ctx.readJson()) as never)
    return ctx.json(result, result.ok ? 201 : result.status)
  })
  app.post('/login', async (ctx) => {
    const result = await ctx.auth.signIn((await ctx.readJson()) as never)
    return result.ok ? ctx.redirect(ctx.auth.next()) : ctx.json(result, result.status)
  })
  app.post('/password', async (ctx) => {
    const { user, password } = (await ctx.readJson()) as { user?: User; password: string }
    const result = await ctx.auth.setPassword(user ?? ((await ctx.auth.user()) as User), password)
    return ctx.json(result, result.ok ? 200 : result.status)
  })
  app.post('/logout', async (ctx) => {
    await ctx.auth.logout()
    return 'bye'
  })
  app.post('/logout/everywhere', async (ctx) => {
    await ctx.auth.logout({ everywhere: true })
    return 'bye'
  })
}

function optionsOf({ config = {}, mode = 'test', env = {} }: SignInAppOptions, more: object = {}): MicroOptions {
  return { mode, env: { MICRO_SECRET_KEY: 'k'.repeat(32), ...env }, config: { log: { level: 'silent' }, auth: config, ...more } }
}

/** The app with accounts in memory, or in a store given. */
export function memoryApp(options: SignInAppOptions = {}) {
  const theAuth = auth({ store: options.store ?? memoryStore(), providers: options.providers ?? [] })
  const app = micro(import.meta, optionsOf(options)).use(theAuth)
  addRoutes(app)
  app.get('/me', [theAuth.loginRequired], (ctx) => ({ email: ctx.user.email }))
  app.post('/me', [theAuth.loginRequired], (ctx) => ({ email: ctx.user.email }))
  return app
}

/** The app with accounts in a database in memory. */
export function dbApp(options: SignInAppOptions = {}) {
  const theDb = db<AuthTables>()
  const theAuth = auth({ providers: options.providers ?? [] })
  const app = micro(import.meta, optionsOf(options, { db: { url: ':memory:' } }))
    .use(theDb)
    .use(theAuth)
  addRoutes(app)
  app.get('/me', [theAuth.loginRequired], (ctx) => ({ email: ctx.user.email }))
  app.post('/me', [theAuth.loginRequired], (ctx) => ({ email: ctx.user.email }))
  return app
}

/** An app, and clients of it: through `app.fetch`, or through a socket. */
export interface Running {
  client(): Client
  stop(): Promise<void>
}

type App = ReturnType<typeof memoryApp> | ReturnType<typeof dbApp>

/** Talks to an app without a socket. */
export async function throughFetch(app: App): Promise<Running> {
  await app.start()
  return { client: () => new Client(app, { redirects: false }), stop: () => app.stop() }
}

/** Talks to an app through Node's server. */
export async function throughSocket(app: App, port = 0): Promise<Running> {
  const server = await serve(app, { port, signals: false })
  return {
    client: () => new Client({ fetch: (request) => fetch(request) }, { baseUrl: server.url, redirects: false }),
    stop: () => server.stop(),
  }
}

/** A password that may be one. */
export const PASSWORD = 'correct horse battery staple'

/** Registers an account and signs it in. */
export async function signedIn(running: Running, email: string): Promise<Client> {
  const client = running.client()
  await client.post('/register', { json: { email, password: PASSWORD } })
  const { status } = await client.post('/login', { json: { email, password: PASSWORD } })
  if (status !== 303) {
    throw new Error(`Signing in answered ${status}`)
  }
  return client
}
