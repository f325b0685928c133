/** Each part of an app that a class made from it makes in its own way. */
import {
  type Asked,
  Blueprint,
  Client,
  type ClientOptions,
  type Context,
  type ContextClass,
  type CoreConfigInput,
  defineExtension,
  HttpError,
  type JsonProvider,
  Micro,
  type MicroOptions,
  onSignal,
  options,
  Reply,
  type RouterClass,
  type SessionStore,
  type TemplateEngine,
  type UrlOptions,
  type UrlValues,
} from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { microErrorOf } from './micro-error-of.ts'
import { directory, moduleIn } from './template-site.ts'

const SETTINGS: MicroOptions = { env: {}, mode: 'test', logSink: () => undefined }

/** Stopped when the test is over. */
function opened<A extends Micro>(app: A): A {
  onTestFinished(() => app.stop())
  return app
}

const textOf = async (app: { fetch(request: Request): Promise<Response> }, path: string, init?: RequestInit) => {
  const response = await app.fetch(new Request(`http://localhost${path}`, init))
  return `${response.status} ${await response.text()}`
}

describe('a class made from Micro', () => {
  test('makes contexts: members that every request has, typed, beside those of extensions', async () => {
    class Shop extends Micro {
      declare readonly '~types': {
        readonly app: {}
        readonly context: { readonly tenant: string; readonly asked: number }
        readonly converters: {}
      }
      protected override makeContextClass(Base: ContextClass): ContextClass {
        return class extends Base {
          #asked = 0
          get tenant(): string {
            return this.headers.get('x-tenant') ?? 'nobody'
          }
          get asked(): number {
            return ++this.#asked
          }
        }
      }
    }
    const thing = defineExtension({
      name: 'thing',
      version: '1.0.0',
      core: '*',
      config: options({}),
      initApp: () => ({ context: (ctx) => `of ${ctx.path}` }),
    })
    const app = opened(new Shop(import.meta, SETTINGS).use(thing))
    app.get('/:id<int>', (ctx) => [ctx.tenant, ctx.asked, ctx.asked, ctx.thing, ctx.params.id])
    expect(await textOf(app, '/5', { headers: { 'x-tenant': 'acme' } })).toBe('200 ["acme",1,2,"of /5",5]')
    expect(await app.run((ctx) => [ctx.tenant, ctx.asked])).toEqual(['nobody', 1])
    // What the class has is the app's own: no extension may take its name.
    const taken = defineExtension({ name: 'tenant', version: '1.0.0', core: '*', config: options({}), initApp: () => ({}) })
    expect(await microErrorOf(() => new Shop(import.meta, SETTINGS).use(taken as never))).toMatchObject({ code: 'MICRO_NAME_RESERVED' })
  })

  test('makes replies of what handlers return: of values of its own, in handlers, middleware, error handlers and ctx.reply', async () => {
    class Money {
      readonly cents: number
      constructor(cents: number) {
        this.cents = cents
      }
    }
    class Shop extends Micro {
      protected override makeReply(result: unknown, status: number, ctx: Context): Reply | null {
        return result instanceof Money
          ? new Reply(status, 'text/plain', `${(result.cents / 100).toFixed(2)} for ${ctx.path}`)
          : super.makeReply(result, status, ctx)
      }
    }
    const app = opened(new Shop(import.meta, SETTINGS))
    app
      .get('/money', () => new Money(1250))
      .get('/plain', () => ({ a: 1 }))
      .get('/reply', (ctx) => ctx.reply(new Money(5), 201))
    app.onError(404, () => new Money(1))
    app.get('/none', () => 5 as never)
    expect(await textOf(app, '/money')).toBe('200 12.50 for /money')
    expect(await textOf(app, '/plain')).toBe('200 {"a":1}')
    expect(await textOf(app, '/reply')).toBe('201 0.05 for /reply')
    expect(await textOf(app, '/nowhere')).toBe('404 0.01 for /nowhere')
    expect((await textOf(app, '/none')).slice(0, 3)).toBe('500')
  })

  test('a reply of its own class stays what it is, for after hooks to see', async () => {
    class Page extends Reply {
      readonly title: string
      constructor(title: string) {
        super(200, 'text/html; charset=utf-8', `<title>${title}</title>`)
        this.title = title
      }
    }
    const seen: unknown[] = []
    const app = opened(new Micro(import.meta, SETTINGS))
    app.get('/', () => new Page('Home')).afterRequest((_, reply) => void seen.push(reply instanceof Page && reply.title))
    expect(await textOf(app, '/')).toBe('200 <title>Home</title>')
    expect(seen).toEqual(['Home'])
  })

  test('makes the session store, unless one is set', async () => {
    const log: string[] = []
    const store = (name: string): SessionStore => ({
      load: () => ({ text: '{"n":1}', age: 0 }),
      save: () => {
        log.push(name)
        return 'kept'
      },
      renew: () => 'kept',
      destroy: () => undefined,
    })
    class Shop extends Micro {
      protected override makeSessionStore(): SessionStore {
        return store('of the class')
      }
    }
    const ask = async (app: Shop) => {
      opened(app).get('/', (ctx) => {
        ctx.session.set('n', 2)
        return 'x'
      })
      await textOf(app, '/')
    }
    await ask(new Shop(import.meta, SETTINGS))
    const other = new Shop(import.meta, SETTINGS)
    other.session.store(store('set'))
    await ask(other)
    expect(log).toEqual(['of the class', 'set'])
  })

  test('makes errors: classes with a status of their own, thrown instead of abort', async () => {
    class PaymentRequired extends HttpError {
      constructor() {
        super(402, 'Pay first.', { headers: { 'X-Price': '5' } })
      }
    }
    const app = opened(new Micro(import.meta, SETTINGS))
    app.get('/', () => Promise.reject(new PaymentRequired()))
    const response = await app.fetch(new Request('http://localhost/'))
    expect([response.status, response.headers.get('x-price'), ((await response.json()) as { detail: string }).detail]).toEqual([
      402,
      '5',
      'Pay first.',
    ])
  })

  test('makes the template engine, unless one is set', async () => {
    const engine = (name: string): TemplateEngine => ({ name, compile: ({ text }) => ({ render: () => `${name}: ${text}` }) })
    class Shop extends Micro {
      protected override makeTemplateEngine(): TemplateEngine {
        return engine('of the class')
      }
    }
    const root = directory({ 'templates/a.ejs': 'page' })
    const app = opened(new Shop(moduleIn(root), SETTINGS))
    app.get('/', (ctx) => ctx.render('a.ejs'))
    expect(await textOf(app, '/')).toBe('200 of the class: page')
    const other = opened(new Shop(moduleIn(root), SETTINGS))
    other.templates.engine(engine('set'))
    other.get('/', (ctx) => ctx.render('a.ejs'))
    expect(await textOf(other, '/')).toBe('200 set: page')
  })

  test('has defaults of its own: below file, environment and options, with their source; mistakes are refused', async () => {
    class Shop extends Micro {
      protected override makeDefaults(): CoreConfigInput {
        return { session: { cookieName: 'shop', maxAge: 60 }, limits: { bodyBytes: 5 } }
      }
    }
    const app = opened(new Shop(import.meta, { ...SETTINGS, env: { MICRO_LIMITS__BODY_BYTES: '7' }, config: { session: { maxAge: 90 } } }))
    expect([app.config.session.cookieName, app.config.session.maxAge, app.config.limits.bodyBytes]).toEqual(['shop', 90, 7])
    expect(app.config.session.permanent).toBe(new Micro(import.meta, SETTINGS).config.session.permanent)
    expect(app.configEntries.find(({ key }) => key === 'session.cookieName')?.source).toBe('makeDefaults() of Shop.session.cookieName')
    class Wrong extends Micro {
      protected override makeDefaults(): CoreConfigInput {
        return { sesion: {} } as CoreConfigInput
      }
    }
    expect(await microErrorOf(() => new Wrong(import.meta, SETTINGS))).toMatchObject({ code: 'MICRO_CONFIG_UNKNOWN' })
  })

  test('makes the JSON provider, unless one is set', async () => {
    class Shop extends Micro {
      protected override makeJson(): JsonProvider {
        return { stringify: (value) => JSON.stringify({ data: value }), parse: (text) => ({ parsed: JSON.parse(text) }) }
      }
    }
    const app = opened(new Shop(import.meta, SETTINGS))
    app.post('/', async (ctx) => (await ctx.readJson()) as object)
    const init = { method: 'POST', body: '1', headers: { 'content-type': 'application/json' } }
    expect(await textOf(app, '/', init)).toBe('200 {"data":{"parsed":1}}')
  })

  test('makes the router: routes are found in another way, by params, app.run and matchRoute too', async () => {
    class Shop extends Micro {
      protected override makeRouterClass(Base: RouterClass): RouterClass {
        return class extends Base {
          override find(asked: Asked): ReturnType<InstanceType<RouterClass>['find']> {
            const { path, method } = asked
            return super.find({
              path: path.toLowerCase(),
              method,
              get url() {
                return asked.url
              },
            })
          }
        }
      }
    }
    const app = opened(new Shop(import.meta, SETTINGS))
    app.get('/notes/:id', { name: 'note' }, (ctx) => ctx.params.id)
    expect(await textOf(app, '/NOTES/Abc')).toBe('200 abc')
    expect(await app.run((ctx) => ctx.route?.name, new Request('http://x/Notes/1'))).toBe('note')
    expect(app.matchRoute('/Notes/1')?.route.name).toBe('note')
  })

  test('makes test clients, with options of its own', async () => {
    class SignedIn extends Client {
      readonly user: string
      constructor(app: Shop, user: string, given: ClientOptions) {
        super(app, { ...given, headers: { ...given.headers, 'x-user': user } })
        this.user = user
      }
    }
    class Shop extends Micro {
      override client(given: ClientOptions & { readonly user?: string } = {}): SignedIn {
        return super.client(given) as SignedIn
      }
      protected override makeClient({ user = 'nobody', ...given }: ClientOptions & { readonly user?: string }): SignedIn {
        return new SignedIn(this, user, given)
      }
    }
    const app = opened(new Shop(import.meta, SETTINGS))
    app.get('/', (ctx) => ctx.headers.get('x-user') ?? 'none')
    const client = app.client({ user: 'Ada' })
    expect([client.user, await (await client.get('/')).text(), app.mode]).toEqual(['Ada', 'Ada', 'test'])
  })

  test('makes error pages: of errors that no handler answers, those for clients and those of the server', async () => {
    class Shop extends Micro {
      protected override makeErrorReply(error: unknown, ctx: Context): Reply | Promise<Reply> {
        return ctx.path.startsWith('/api') ? super.makeErrorReply(error, ctx) : ctx.text(`Oops: ${(error as HttpError).status}`)
      }
    }
    const app = opened(new Shop(import.meta, SETTINGS))
    app.get('/fail', () => Promise.reject(new Error('secret')))
    app.get('/gone', () => Promise.reject(new HttpError(410))).onError(410, () => 'handled')
    expect(await textOf(app, '/nowhere')).toBe('404 Oops: 404')
    expect(await textOf(app, '/fail')).toBe('500 Oops: 500')
    expect(await textOf(app, '/gone')).toBe('410 handled')
    expect(await textOf(app, '/api')).toContain('"type":"about:blank"')
  })

  test('an error page that fails is a plain one', async () => {
    const failures: string[] = []
    class Shop extends Micro {
      protected override makeErrorReply(): never {
        throw new Error('no page')
      }
    }
    const app = opened(new Shop(import.meta, { ...SETTINGS, logSink: ({ fields }) => failures.push((fields.error as Error).message) }))
    expect(await textOf(app, '/nowhere')).toBe('500 {"type":"about:blank","title":"Internal Server Error","status":500}')
    expect(failures).toEqual(['no page', 'no page'])
  })

  test('answers around everything: through fetch and a server, and what it throws is a 500', async () => {
    const log: string[] = []
    class Shop extends Micro {
      protected override async answerRequest(ctx: Context, next: () => Reply | Promise<Reply>): Promise<Reply> {
        if (ctx.query.has('fail')) {
          throw new Error('around')
        }
        if (ctx.query.has('early')) {
          return ctx.text('early', 202)
        }
        log.push(`in ${ctx.path}`)
        const reply = await next()
        log.push(`out ${reply.status}`)
        return new Reply(reply.status, reply.type, reply.body, [...(reply.headers ?? []), 'X-Around', 'yes'])
      }
    }
    const failures: string[] = []
    const app = new Shop(import.meta, { ...SETTINGS, logSink: ({ fields }) => failures.push((fields.error as Error).message) })
    app.beforeRequest(() => void log.push('hook'))
    app.afterRequest(() => void log.push('after'))
    app.get('/', () => 'x')
    const server = await serve(app, { port: 0, signals: false })
    onTestFinished(() => server.stop())
    const told: number[] = []
    onTestFinished(onSignal('micro:request:finish', ({ reply }) => void told.push(reply.status), { app }))
    for (const ask of [(path: string) => fetch(server.url + path), (path: string) => app.fetch(new Request(`http://localhost${path}`))]) {
      log.length = 0
      const fine = await ask('/')
      expect([await fine.text(), fine.headers.get('x-around')]).toEqual(['x', 'yes'])
      expect((await ask('/nowhere')).status).toBe(404)
      expect(log).toEqual(['in /', 'hook', 'after', 'out 200', 'in /nowhere', 'hook', 'after', 'out 404'])
      expect([(await ask('/?early')).status, (await ask('/?fail')).status]).toEqual([202, 500])
    }
    expect(failures).toEqual(['around', 'around'])
    expect(told).toEqual([200, 404, 202, 500, 200, 404, 202, 500])
  })

  test('has urlFor of its own, which contexts and templates use', async () => {
    class Shop extends Micro {
      override urlFor(name: string, values?: UrlValues, given?: UrlOptions, ctx?: Context): string {
        return `/shop${super.urlFor(name, values, given, ctx)}`
      }
    }
    const app = opened(new Shop(moduleIn(directory({ 'templates/a.ejs': "<%= urlFor('page') %>" })), SETTINGS))
    app.get('/page', { name: 'page' }, (ctx) => ctx.urlFor('page')).get('/template', (ctx) => ctx.render('a.ejs'))
    expect([app.urlFor('page'), await textOf(app, '/page'), await textOf(app, '/template')]).toEqual([
      '/shop/page',
      '200 /shop/page',
      '200 /shop/page',
    ])
  })

  test('keeps its class and members through use()', () => {
    class Shop extends Micro {
      readonly shelves = 5
    }
    const thing = defineExtension({ name: 'thing', version: '1.0.0', core: '*', config: options({}), initApp: () => ({ app: 'thing' }) })
    const app = new Shop(import.meta, SETTINGS).use(thing)
    const [shelves, member]: [number, string] = [app.shelves, app.thing]
    // What takes any app takes one of a class of its own.
    const any: Micro = new Shop(import.meta, SETTINGS)
    expect(any).toBeInstanceOf(Micro)
    expect([shelves, member, app instanceof Shop]).toEqual([5, 'thing', true])
  })

  test.each(['makeContextClass', 'makeRouterClass'] as const)('%s must extend the class that it is given', async (method) => {
    class Shop extends Micro {
      protected override makeContextClass(Base: ContextClass): ContextClass {
        return method === 'makeContextClass' ? (class {} as unknown as ContextClass) : Base
      }
      protected override makeRouterClass(Base: RouterClass): RouterClass {
        return method === 'makeRouterClass' ? (undefined as unknown as RouterClass) : Base
      }
    }
    const error = await microErrorOf(() => new Shop(import.meta, SETTINGS).start())
    expect([error.code, error.message]).toEqual(['MICRO_CLASS_BASE', expect.stringContaining(`${method}() returned`)])
  })
})

describe('a class made from Blueprint', () => {
  test('adds ways to declare routes, and knows the app no more than others', async () => {
    class Resource extends Blueprint {
      list(path: `/${string}`, items: () => readonly object[]): this {
        this.get(path, { name: 'list' }, () => [...items()])
        this.get(`${path}/:at<int>` as '/:at<int>', { name: 'one' }, (ctx) => items()[ctx.params.at] ?? Promise.reject(new HttpError(404)))
        return this
      }
    }
    const notes = new Resource('notes', import.meta, { prefix: '/notes' }).list('/all', () => [{ id: 0 }])
    const [one, other] = [
      opened(new Micro(import.meta, SETTINGS).register(notes)),
      opened(new Micro(import.meta, SETTINGS).register(notes)),
    ]
    expect(await textOf(one, '/notes/all')).toBe('200 [{"id":0}]')
    expect(await textOf(other, other.urlFor('notes.one', { at: 0 }))).toBe('200 {"id":0}')
  })
})
