/** An app with some of the official extensions, and a request that goes through each of them. */
import type { AnyExtension, Client, Context, Micro } from '@micro/core'
import type { Name } from './subsets.ts'

/** What is loaded of each package; those that were not asked for are not. */
export interface Loaded {
  readonly core: typeof import('@micro/core')
  readonly db?: typeof import('@micro/db')
  readonly forms?: typeof import('@micro/forms')
  readonly uploads?: typeof import('@micro/uploads')
  readonly auth?: typeof import('@micro/auth')
}

/** Imports core and the packages named. */
export async function load(names: readonly Name[]): Promise<Loaded> {
  return {
    core: await import('@micro/core'),
    ...(names.includes('db') ? { db: await import('@micro/db') } : {}),
    ...(names.includes('forms') ? { forms: await import('@micro/forms') } : {}),
    ...(names.includes('uploads') ? { uploads: await import('@micro/uploads') } : {}),
    ...(names.includes('auth') ? { auth: await import('@micro/auth') } : {}),
  }
}

/** Makes the app, with its extensions in the order given. It is not started. */
export function makeApp({ core, db, forms, uploads, auth }: Loaded, order: readonly Name[], dirname: string): Micro {
  const factories: { readonly [name in Name]: () => AnyExtension | undefined } = {
    db: () => db?.db({ url: ':memory:', migrateOnStart: true }),
    forms: () => forms?.forms(),
    uploads: () => uploads?.uploads({ storage: uploads.memoryStorage }),
    auth: () => (order.includes('db') ? auth?.auth() : auth?.auth({ store: auth.memoryStore() })),
  }
  const app = new core.Micro({ dirname } as ImportMeta, { mode: 'test', env: {}, logSink: () => undefined })
  for (const name of order) {
    app.use(factories[name]() as never)
  }
  app.get('/', () => 'Hello')
  app.get('/members', (ctx) => order.filter((name) => (ctx as unknown as { readonly [name: string]: unknown })[name] !== undefined).join())
  if (order.includes('db')) {
    app.get('/db', async (ctx) => {
      const { db: handle } = ctx as unknown as { readonly db: { readonly introspection: { getTables(): Promise<readonly unknown[]> } } }
      return { tables: Array.isArray(await handle.introspection.getTables()) }
    })
  }
  if (forms !== undefined && order.includes('forms')) {
    app.post('/forms', { use: [forms.body(anyText) as never] }, (ctx) => ({ got: (ctx as unknown as { readonly body: unknown }).body }))
  }
  if (order.includes('uploads')) {
    app.post('/uploads', async (ctx) => {
      const { uploads: member } = ctx as unknown as { readonly uploads: { delete(key: string): Promise<boolean> } }
      return { deleted: await member.delete(`${'0'.repeat(32)}.png`) }
    })
  }
  if (order.includes('auth')) {
    app.get('/auth', async (ctx) => ({
      user: (await (ctx as Context & { readonly auth: { user(): Promise<unknown> } }).auth.user()) ?? 'nobody',
    }))
  }
  return app
}

/** What each part answers, by name; `core` always. */
export const ANSWERS: { readonly [name in Name | 'core']: readonly [method: 'get' | 'post', path: string, body: string] } = {
  core: ['get', '/', 'Hello'],
  db: ['get', '/db', '{"tables":true}'],
  forms: ['post', '/forms', '{"got":{"text":"x"}}'],
  uploads: ['post', '/uploads', '{"deleted":false}'],
  auth: ['get', '/auth', '{"user":"nobody"}'],
}

/** Sends a request through each part. @throws Error that names the first which answers otherwise. */
export async function visit(client: Client, order: readonly Name[]): Promise<void> {
  for (const name of ['core', ...order] as const) {
    const [method, path, expected] = ANSWERS[name]
    const reply = await (method === 'get' ? client.get(path) : client.post(path, { json: { text: 'x' } }))
    const body = await reply.text()
    if (reply.status !== 200 || body !== expected) {
      throw new Error(`${name}: ${method} ${path} answered ${reply.status} ${body}, not ${expected}`)
    }
  }
  const members = await (await client.get('/members')).text()
  if (members !== order.join()) {
    throw new Error(`the context has ${members}, not ${order.join()}`)
  }
}

/** Requests that go through what extensions do to all of them: each is answered alike in every order. */
const PROBES: readonly (readonly [method: string, path: string, init: Parameters<Client['request']>[2]])[] = [
  ['GET', '/', {}],
  ['HEAD', '/', {}],
  ['OPTIONS', '/', {}],
  ['GET', '/nowhere', { headers: { accept: 'text/html' } }],
  ['GET', '/nowhere', { headers: { accept: 'application/json' } }],
  ['GET', '/members', { headers: { cookie: 'session=x.y; a=b' } }],
  ['POST', '/', {}],
  ['POST', '/forms', { json: { text: 'x' }, headers: { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' } }],
  ['POST', '/forms', { body: '{', headers: { 'content-type': 'application/json' } }],
  ['POST', '/forms', { body: 'text=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
  [
    'POST',
    '/forms',
    {
      body: '--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\r\n--x--\r\n',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    },
  ],
]

/** All that an app is and does, as one value: routes, configuration, contributions, replies. Orders must not show in it. */
export async function behaviourOf(app: Micro, client: Client): Promise<object> {
  const replies: unknown[] = []
  for (const [method, path, init] of PROBES) {
    const reply = await client.request(method, path, { ...init, redirects: false })
    // Which members are there is listed in the order of installation.
    const body = path === '/members' ? (await reply.text()).split(',').sort().join() : await reply.text()
    replies.push([method, path, reply.status, [...reply.headers].filter(([name]) => name !== 'content-length').sort(), body])
  }
  const byName = ([one]: readonly [string, ...unknown[]], [other]: readonly [string, ...unknown[]]): number => (one < other ? -1 : 1)
  return {
    routes: app.routes.map(({ methods, path, name }) => `${methods.join()} ${path} ${name ?? ''}`).sort(),
    config: app.configEntries.map(({ key, value, source }) => [key, value, source] as const).sort(byName),
    extensions: [...app.extensions].map(({ name, ...rest }) => [name, { ...rest, config: undefined }] as const).sort(byName),
    replies,
  }
}

/** A schema of no library: whatever implements Standard Schema will do. */
const anyText = {
  '~standard': {
    version: 1,
    vendor: 'matrix',
    validate: (value: unknown) => ({ value }),
    jsonSchema: { input: () => JSON_SCHEMA, output: () => JSON_SCHEMA },
  },
} as const

const JSON_SCHEMA = { type: 'object', properties: { text: { type: 'string' } } }
