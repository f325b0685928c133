import { Client, type Context, defineExtension, type HttpError, type Micro, micro, options, type SessionStore } from '@micro/core'
import { current } from '@micro/core/current'
import { describe, expect, expectTypeOf, onTestFinished, test } from 'vitest'
import { MemorySessions, noSessions } from './memory-sessions.ts'
import { microErrorOf } from './micro-error-of.ts'

function made(prepare: (app: Micro) => unknown, config: object = {}): Micro {
  const app = micro(import.meta, { env: {}, mode: 'test', logSink: () => {}, config: { session: config } })
  app.get('/set/:value', (ctx) => {
    ctx.session.set('value', ctx.params.value)
    return ctx.redirect('/get')
  })
  app.get('/get', (ctx) => ({ value: ctx.session.get('value') ?? null }))
  prepare(app)
  onTestFinished(() => app.stop())
  return app
}

describe('client.inspect', () => {
  const log: string[] = []
  /** An extension whose member says whether it is open. */
  const tool = defineExtension({
    name: 'tool',
    version: '1.0.0',
    core: '*',
    config: options({}),
    initApp: () => ({
      context: (ctx: Context) => {
        const member = { isOpen: true, path: ctx.path }
        ctx.onTeardown(() => {
          member.isOpen = false
          log.push(`closed ${ctx.path}`)
        })
        return member
      },
    }),
  })
  const withTool = () => {
    log.length = 0
    return made(() => {}).use(tool)
  }

  test('shows a context as its handler left it, before the teardowns run', async () => {
    const app = withTool()
    app.post('/notes/:id<int>', { name: 'edit' }, (ctx) => {
      ctx.session.set('last', ctx.params.id)
      return `${ctx.tool.path} done`
    })
    const seen = await app.client().inspect(
      'POST',
      '/notes/7?tab=log',
      async (ctx, reply) => {
        expectTypeOf(ctx.tool.isOpen).toEqualTypeOf<boolean>()
        log.push('looked')
        return [
          ctx.route?.name,
          ctx.params,
          ctx.query.get('tab'),
          ctx.session.get('last'),
          ctx.tool.isOpen,
          reply.status,
          await reply.text(),
        ]
      },
      { form: { a: 1 } },
    )
    expect(seen).toEqual(['edit', { id: 7 }, 'log', 7, true, 200, '/notes/7 done'])
    expect(log).toEqual(['looked', 'closed /notes/7'])
  })

  test('a member that the handler did not touch is made for who looks, and closed too', async () => {
    const app = withTool()
    expect(await app.client().inspect('GET', '/get', (ctx) => ctx.tool.isOpen)).toBe(true)
    expect(log).toEqual(['closed /get'])
  })

  test('where redirects are followed it shows the last request; the others are over', async () => {
    const app = withTool()
    app.get('/first', (ctx) => ctx.redirect(`${ctx.tool.path}/second`))
    app.get('/first/second', (ctx) => ctx.tool.path)
    const client = app.client()
    expect(await client.inspect('GET', '/first', (ctx, { history }) => [ctx.path, history.length, ...log])).toEqual([
      '/first/second',
      1,
      'closed /first',
    ])
    expect(await client.inspect('GET', '/first', (ctx) => ctx.path, { redirects: false })).toBe('/first')
  })

  test('shows requests that fail, and those that nothing answers', async () => {
    const app = withTool()
    const errors: unknown[] = []
    app.teardownRequest((_, error) => void errors.push(error))
    const failure = new Error('broken')
    app.get('/broken', () => Promise.reject(failure))
    app.get('/cut', (ctx) =>
      ctx.reply(
        (async function* () {
          yield 'a'
          throw failure
        })(),
      ),
    )
    const client = app.client()
    expect(await client.inspect('GET', '/broken', (ctx, reply) => [ctx.route?.path, reply.status])).toEqual(['/broken', 500])
    expect(await client.inspect('GET', '/missing', (ctx, reply) => [ctx.route, reply.status])).toEqual([undefined, 404])
    expect(await client.inspect('GET', '/cut', (_, reply) => reply.text().catch((error: unknown) => error))).toBe(failure)
    expect(errors).toEqual([failure, undefined, failure])
  })

  test('a body that goes on is left when the function has ended', async () => {
    const app = withTool()
    app.get('/ticks', async function* (ctx: Context) {
      try {
        for (;;) {
          yield 'tick '
          await Promise.resolve()
        }
      } finally {
        log.push(`left ${ctx.path}`)
      }
    } as never)
    const client = app.client()
    const first = await client.inspect('GET', '/ticks', async (ctx, reply) => {
      expect(reply.status).toBe(200)
      return ctx.path
    })
    expect([first, log]).toEqual(['/ticks', ['left /ticks']])
    log.length = 0
    const text = await client.inspect('GET', '/ticks', async (_, reply) => {
      const reader = reply.body?.getReader()
      const { value } = (await reader?.read()) ?? {}
      await reader?.cancel()
      return new TextDecoder().decode(value)
    })
    expect([text, log]).toEqual(['tick ', ['left /ticks']])
  })

  test('what the function throws is thrown, and the request ends all the same', async () => {
    const app = withTool()
    const client = app.client()
    await expect(client.inspect('GET', '/get', ({ tool: { path } }) => Promise.reject(new Error(`no ${path}`)))).rejects.toThrow('no /get')
    expect(log).toEqual(['closed /get'])
    const began = performance.now()
    await app.stop()
    expect(performance.now() - began).toBeLessThan(1000)
  })

  test('current() is that context, and the session is saved: it can be read, and no longer changed', async () => {
    const app = withTool()
    const client = app.client()
    expect(await client.inspect('GET', '/get', (ctx) => current().ctx === ctx)).toBe(true)
    const error = await microErrorOf(() => client.inspect('GET', '/get', (ctx) => ctx.session.set('a', 1)))
    expect(error.code).toBe('MICRO_SESSION_SAVED')
  })

  test('takes and sends cookies as every request does, and needs an app', async () => {
    const app = withTool()
    const client = app.client()
    await client.inspect('GET', '/set/1', () => undefined)
    expect(await client.inspect('GET', '/get', (ctx) => ctx.session.get('value'))).toBe('1')
    const other = new Client({ fetch: (request) => app.fetch(request) })
    expect(await microErrorOf(() => other.inspect('GET', '/', () => 1))).toMatchObject({
      code: 'MICRO_CLIENT_APP',
      message: expect.stringContaining('client.inspect() looks into an app'),
    })
  })
})

interface Kind {
  readonly kind: string
  readonly prepare: (app: Micro) => unknown
}

const STORES: readonly Kind[] = [
  { kind: 'in the cookie', prepare: () => {} },
  { kind: 'in a store that answers later', prepare: (app) => app.session.store(new MemorySessions()) },
]

describe.each(STORES)('client.session, sessions $kind', ({ prepare }) => {
  test('writes what the next request reads, and reads what the last one wrote', async () => {
    const client = made(prepare).client()
    await client.session((session) => session.set('value', 'by hand'))
    expect(await (await client.get('/get')).json()).toEqual({ value: 'by hand' })
    expect(await client.session((session) => [session.get('value'), session.isNew])).toEqual(['by hand', false])
    expect(await (await client.get('/set/new')).json()).toEqual({ value: 'new' })
    const kept = await client.session(async (session) => {
      const value = session.get<string>('value')
      await Promise.resolve()
      session.set('more', { deep: [1] })
      return value
    })
    expect([kept, await client.session((session) => session.keys())]).toEqual(['new', ['value', 'more']])
  })

  test('ends a session, and leaves one alone that it does not change', async () => {
    const client = made(prepare).client()
    expect(await client.session((session) => session.isNew)).toBe(true)
    expect(client.cookies.all()).toEqual({})
    await client.session((session) => session.set('value', 1))
    const { session: cookie } = client.cookies.all()
    await client.session((session) => session.get('value'))
    expect(client.cookies.get('session')).toBe(cookie)
    await client.session((session) => session.clear())
    expect([client.cookies.all(), await (await client.get('/get')).json()]).toEqual([{}, { value: null }])
  })

  test('what the function throws is thrown, and nothing is saved', async () => {
    const client = made(prepare).client()
    const failing = client.session((session) => {
      session.set('value', 1)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(client.cookies.all()).toEqual({})
    expect((await microErrorOf(() => client.session((session) => session.set('f', () => 1)))).code).toBe('MICRO_SESSION_VALUE')
  })

  test('each client has its own; in the midst of a request of the same client, that one goes on with what it read', async () => {
    const reached = Promise.withResolvers<void>()
    const waiting = Promise.withResolvers<void>()
    const app = made((each) => {
      prepare(each)
      each.get('/slow', async (ctx) => {
        const before = ctx.session.get('value')
        reached.resolve()
        await waiting.promise
        return { before, after: ctx.session.get('value') }
      })
    })
    const client = app.client()
    await client.session((session) => session.set('value', 1))
    const slow = client.get('/slow')
    await reached.promise
    await client.session((session) => session.set('value', 2))
    waiting.resolve()
    expect(await (await slow).json()).toEqual({ before: 1, after: 1 })
    expect(await client.session((session) => session.get('value'))).toBe(2)
    expect(await app.client().session((session) => session.get('value'))).toBeUndefined()
  })

  test('goes by what the cookie is for: path, domain and scheme', async () => {
    const client = made(prepare, { path: '/admin', domain: 'example.org', secure: true }).client({ baseUrl: 'https://www.example.org' })
    await client.session((session) => session.set('value', 1), '/admin/x')
    expect(client.cookies.get('session', 'https://example.org/admin')).toBeDefined()
    expect(await client.session((session) => session.get('value'), '/admin')).toBe(1)
    expect(await client.session((session) => session.get('value'))).toBeUndefined()
  })
})

describe('a session that client.session cannot keep is an error in words', () => {
  const failing = (parts: Partial<SessionStore>) => (app: Micro) => app.session.store({ ...noSessions, ...parts })
  const broken = () => Promise.reject(new Error('ECONNREFUSED'))
  const cases: readonly (readonly [what: string, prepare: (app: Micro) => unknown, config: object, code: string, says: string])[] = [
    ['a store that keeps nothing', failing({}), {}, 'MICRO_CLIENT_SESSION', 'is lost: the session store kept nothing.'],
    ['a store that cannot save', failing({ save: broken }), {}, 'MICRO_SESSION_STORE_FAILED', 'could not save a session: ECONNREFUSED.'],
    [
      'a cookie for another domain',
      () => {},
      { domain: 'example.org' },
      'MICRO_CLIENT_SESSION',
      'session=…; Max-Age=2678400; Domain=example.org',
    ],
    ['a cookie for another path', () => {}, { path: '/admin' }, 'MICRO_CLIENT_SESSION', 'no request there gets its cookie'],
  ]
  test.each(cases)('%s', async (_, prepare, config, code, says) => {
    const client = made(prepare, config).client()
    const error = await microErrorOf(() => client.session((session) => session.set('value', 1)))
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(says)])
  })

  test('a store that cannot load', async () => {
    const client = made(failing({ load: broken })).client()
    client.cookies.set('session', 'x')
    const error = await microErrorOf(() => client.session((session) => session.get('value')))
    expect(error.message).toContain('The session store of the app could not load a session: ECONNREFUSED.')
    expect((error as unknown as Partial<HttpError>).status).toBeUndefined()
  })
})
