import { type Context, defineExtension, HttpError, options, type SessionStore, type Setup } from '@micro/core'
import { describe, expect, test, vi } from 'vitest'
import { DOORS, type Opened, type Seen } from './both.ts'
import { MemorySessions, noSessions } from './memory-sessions.ts'
import { sessionOf, withCookie } from './session-cookie-of.ts'
import { directory } from './template-site.ts'

const routes = (app: Opened['app']) => {
  app.get('/count', (ctx) => {
    const count = (ctx.session.get<number>('count') ?? 0) + 1
    ctx.session.set('count', count)
    return { count, isNew: ctx.session.isNew }
  })
  app.get('/peek', (ctx) => ({ count: ctx.session.get('count') ?? null }))
  app.get('/untouched', () => 'untouched')
  app.get('/clear', (ctx) => {
    ctx.session.clear()
    return 'cleared'
  })
  app.get('/restart', (ctx) => {
    ctx.session.clear()
    ctx.session.set('count', 100)
    return 'restarted'
  })
  app.get('/regenerate', (ctx) => {
    ctx.session.regenerate()
    return { count: ctx.session.get('count') ?? null }
  })
}

/** The session store of an extension, so that messages name it. */
const kept = (store: SessionStore) =>
  defineExtension({
    name: 'shelf',
    version: '1.0.0',
    core: '*',
    config: options({}),
    initApp: (app: Setup) => {
      app.session.store(store)
      return {}
    },
  })

const errorLines = ({ lines }: Opened) =>
  lines.map(({ level, message, fields }) => `${level}: ${message} ${(fields.error as Error | undefined)?.message ?? ''}`)

describe.each(DOORS)('a session store that answers later, through $name', ({ open }) => {
  const opened = async (
    config: { storeTimeoutMs?: number; renewAfter?: number } = {},
    more: (app: Opened['app']) => unknown = () => {},
  ) => {
    const store = new MemorySessions()
    const door = await open(
      (app) => {
        app.use(kept(store))
        routes(app)
        more(app)
      },
      { config: { session: config } },
    )
    return { ...door, store }
  }

  test('is read before the request, and saved before the reply', async () => {
    const { send, store } = await opened()
    const first = await send('/count')
    const cookie = withCookie(sessionOf(first.headers))
    expect([first.json, sessionOf(first.headers)]).toEqual([{ count: 1, isNew: true }, 's1'])
    const second = await send('/count', cookie)
    expect(second.json).toEqual({ count: 2, isNew: false })
    expect(store.calls).toEqual(['save a new one', 'load s1', 'save s1'])
    expect(store.kept.get('s1')?.text).toBe('{"count":2}')
    // Changed, so the cookie is sent again, for as long as the store now keeps the session.
    expect(sessionOf(second.headers)).toBe('s1')
  })

  test('is not asked by a request without the cookie, and not told where nothing has changed', async () => {
    const { send, store } = await opened()
    await send('/untouched')
    await send('/peek')
    expect(store.calls).toEqual([])
    const cookie = withCookie(sessionOf((await send('/count')).headers))
    const seen = [await send('/untouched', cookie), await send('/peek', cookie)]
    expect(seen.map(({ headers }) => [headers.get('vary'), headers.getSetCookie()])).toEqual([
      [null, []],
      ['Cookie', []],
    ])
    expect(store.calls).toEqual(['save a new one', 'load s1', 'load s1'])
  })

  test('is not asked by a request for a static file, unless something may use the session there', async () => {
    const root = directory({ 'static/a.txt': 'a' })
    const asked = async (more: (app: Opened['app']) => unknown, path = '/static/a.txt') => {
      const store = new MemorySessions()
      const { send } = await open(
        (app) => {
          app.session.store(store)
          more(app)
        },
        { root },
      )
      store.kept.set('s1', { text: '{"count":1}', age: 0 })
      const { text } = await send(path, withCookie('s1'))
      return [store.calls, text]
    }
    expect(await asked(() => {})).toEqual([[], 'a'])
    expect(await asked((app) => app.beforeRequest(() => undefined))).toEqual([['load s1'], 'a'])
    expect(await asked((app) => app.afterRequest(() => undefined))).toEqual([['load s1'], 'a'])
    expect(await asked((app) => app.teardownRequest(() => undefined))).toEqual([['load s1'], 'a'])
    const page = (app: Opened['app']) => app.onError(404, (_, ctx) => `count ${ctx.session.get('count')}`)
    expect(await asked(page)).toEqual([[], 'a'])
    expect(await asked(page, '/static/b.txt')).toEqual([['load s1'], 'count 1'])
  })

  test('hooks find the session read, and a hook that is waited for too', async () => {
    const seen: unknown[] = []
    const { send } = await opened({}, (app) => {
      app.beforeRequest((ctx) => void seen.push(ctx.session.get('count')))
      app.beforeRequest(async (ctx) => void seen.push(ctx.session.get('count')))
      app.afterRequest((ctx) => ctx.session.set('last', ctx.path))
    })
    const cookie = withCookie(sessionOf((await send('/count')).headers))
    await send('/missing', cookie)
    expect(seen).toEqual([undefined, undefined, 1, 1])
  })

  test('a cookie that it does not know begins a session of another value', async () => {
    const { send, store } = await opened()
    const seen = await send('/count', withCookie('planted'))
    expect([seen.json, sessionOf(seen.headers)]).toEqual([{ count: 1, isNew: true }, 's1'])
    expect(store.calls).toEqual(['load planted', 'save a new one'])
  })

  test.each(['{"a":', '[1]', 'null', '"x"', ''])('what is no session to core is none: %j', async (text) => {
    const { send, store } = await opened()
    store.kept.set('s9', { text, age: 0 })
    expect((await send('/count', withCookie('s9'))).json).toEqual({ count: 1, isNew: true })
  })

  test('regenerate() gives another value and ends the one that was sent', async () => {
    const { send, store } = await opened()
    const cookie = withCookie(sessionOf((await send('/count')).headers))
    const seen = await send('/regenerate', cookie)
    expect([seen.json, sessionOf(seen.headers)]).toEqual([{ count: 1 }, 's2'])
    expect([...store.kept]).toEqual([['s2', { text: '{"count":1}', age: 0 }]])
    expect((await send('/peek', cookie)).json).toEqual({ count: null })
    // Where there is nothing to keep, there is nothing to do.
    expect((await send('/regenerate')).headers.getSetCookie()).toEqual([])
  })

  test('clear() ends the session in the store; what is set after it begins another', async () => {
    const { send, store } = await opened()
    const first = withCookie(sessionOf((await send('/count')).headers))
    const cleared = await send('/clear', first)
    expect([cleared.headers.getSetCookie().length, sessionOf(cleared.headers), store.kept.size]).toEqual([1, '', 0])
    const second = withCookie(sessionOf((await send('/count')).headers))
    expect(sessionOf((await send('/restart', second)).headers)).toBe('s3')
    expect([...store.kept.keys()]).toEqual(['s3'])
  })

  test('a request that began before its session ended does not bring it back', async () => {
    const waiting = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const { send, store } = await opened({}, (app) =>
      app.get('/slow', async (ctx) => {
        reached.resolve()
        await waiting.promise
        ctx.session.set('count', 50)
        return 'slow'
      }),
    )
    const cookie = withCookie(sessionOf((await send('/count')).headers))
    const slow = send('/slow', cookie)
    await reached.promise
    await send('/clear', cookie)
    waiting.resolve()
    expect((await slow).headers.getSetCookie()).toEqual([])
    expect(store.kept.size).toBe(0)
  })

  test('a session in use for longer than renewAfter is renewed, not saved: what others saved stays', async () => {
    const { send, store } = await opened({ renewAfter: 60 })
    const cookie = withCookie(sessionOf((await send('/count')).headers))
    store.kept.set('s1', { text: '{"count":7}', age: 61 })
    const seen = await send('/peek', cookie)
    expect([seen.json, sessionOf(seen.headers)]).toEqual([{ count: 7 }, 's1'])
    expect(store.calls.slice(1)).toEqual(['load s1', 'renew s1'])
    expect(store.kept.get('s1')).toEqual({ text: '{"count":7}', age: 0 })
    expect((await send('/peek', cookie)).headers.getSetCookie()).toEqual([])
  })

  const answers = (seen: readonly Seen[]) => seen.map(({ status, headers }) => [status, headers.getSetCookie()])

  test('that cannot be read: 503 for who uses the session, everyone else is answered', async () => {
    const door = await opened()
    const { send, store, lines } = door
    const cookie = withCookie(sessionOf((await send('/count')).headers))
    store.instead.load = () => {
      throw new Error('ECONNREFUSED 10.0.0.9')
    }
    const used = await send('/peek', cookie)
    expect(answers([used, await send('/untouched', cookie), await send('/untouched'), await send('/peek')])).toEqual([
      [503, []],
      [200, []],
      [200, []],
      [200, []],
    ])
    expect([used.text.includes('ECONNREFUSED'), used.headers.get('vary')]).toEqual([false, 'Accept, Cookie'])
    expect(used.headers.get('retry-after')).toBe('5')
    const failure = "The session store of extension 'shelf' could not load a session: ECONNREFUSED 10.0.0.9."
    expect(errorLines(door)[0]).toContain(`warn: ${failure}`)
    expect(errorLines(door)[1]).toContain(`error: GET /peek failed ${failure}`)
    expect(lines[1]?.fields.error).toMatchObject({ status: 503, cause: { code: 'MICRO_SESSION_STORE_FAILED' } })
    expect(errorLines(door)[2]).toContain('warn: ')
    expect(lines).toHaveLength(3)
    store.instead.load = undefined as never
    expect((await send('/peek', cookie)).json).toEqual({ count: 1 })
  })

  test('that fails where a handler lets it: the page of its own choice is sent', async () => {
    const { send, store } = await opened({}, (app) => {
      app.get('/careful', (ctx) => {
        try {
          return { count: ctx.session.get('count') ?? null }
        } catch {
          return { count: 'unknown' }
        }
      })
      app.onError(503, (_, ctx) => ctx.text(`busy ${ctx.flashes().length}`, 503))
    })
    const cookie = withCookie(sessionOf((await send('/count')).headers))
    store.instead.load = () => Promise.reject(new Error('down'))
    expect((await send('/careful', cookie)).json).toEqual({ count: 'unknown' })
    // An error page that uses the session itself fails for the same reason, and says the same.
    expect((await send('/peek', cookie)).status).toBe(503)
  })

  type Failing = readonly [method: 'save' | 'renew' | 'destroy', path: string, verb: string]
  const failing: readonly Failing[] = [
    ['save', '/count', 'save'],
    ['renew', '/peek', 'renew'],
    ['destroy', '/clear', 'end'],
    ['save', '/regenerate', 'save'],
    ['destroy', '/regenerate', 'end'],
  ]
  test.each(failing)('that fails at %s of %s: 503, no cookie, nothing half-sent, tried once', async (method, path, verb) => {
    const door = await opened({ renewAfter: 10 })
    const { send, store } = door
    const cookie = withCookie(sessionOf((await send('/count')).headers))
    store.kept.set('s1', { text: '{"count":1}', age: 20 })
    store.calls.length = 0
    store.instead[method] = () => Promise.reject(new Error('disk full'))
    const seen = await send(path, cookie)
    expect([seen.status, seen.headers.getSetCookie(), seen.text.includes('count')]).toEqual([503, [], false])
    expect(store.calls.filter((call) => call.startsWith(method))).toHaveLength(1)
    expect(errorLines(door)).toEqual([
      expect.stringContaining(`error: GET ${path} failed The session store of extension 'shelf' could not ${verb} a session: disk full.`),
    ])
    // What the store knew, it knows.
    expect(store.kept.has('s1')).toBe(true)
  })

  test('that never answers is 503 after storeTimeoutMs', async () => {
    const door = await opened({ storeTimeoutMs: 20 })
    const { send, store } = door
    const cookie = withCookie(sessionOf((await send('/count')).headers))
    store.instead.load = () => new Promise(() => {})
    expect((await send('/peek', cookie)).status).toBe(503)
    expect((await send('/untouched', cookie)).status).toBe(200)
    expect(errorLines(door)[0]).toContain('could not load a session: it gave no answer within 20 ms.')
    store.instead.load = undefined as never
    store.instead.save = () => new Promise(() => {})
    expect(answers([await send('/count', cookie), await send('/count')])).toEqual([
      [503, []],
      [503, []],
    ])
  })

  test('that throws an HttpError of its own choice has it sent', async () => {
    const { send, store } = await opened()
    store.instead.save = () => {
      throw new HttpError(503, 'Full.', { headers: { 'Retry-After': '7' } })
    }
    const seen = await send('/count')
    expect([seen.status, seen.headers.get('retry-after')]).toEqual([503, '7'])
  })

  test('a client that went away leaves nothing hanging', async () => {
    const { app, store } = await opened()
    const { headers } = await app.fetch(new Request('http://localhost/count'))
    const controller = new AbortController()
    store.instead.load = () => controller.abort()
    const sent = new Request('http://localhost/peek', { ...withCookie(sessionOf(headers)), signal: controller.signal })
    expect((await app.fetch(sent)).status).toBe(200)
  })
})

describe.each(DOORS)('a session store that answers at once, through $name', ({ open }) => {
  test('may say so: it is asked when the session is used, and no sooner', async () => {
    const load = vi.fn(() => ({ text: '{"count":4}', age: 0 }))
    const { send } = await open((app) => {
      routes(app)
      app.session.store({ ...noSessions, isSynchronous: true, load })
    })
    await send('/untouched', withCookie('x'))
    expect(load).not.toHaveBeenCalled()
    expect((await send('/peek', withCookie('x'))).json).toEqual({ count: 4 })
    expect(load.mock.calls).toEqual([['x', 2_678_400]])
  })

  test('need not say so: it is asked before the request', async () => {
    const load = vi.fn(() => ({ text: '{"count":4}', age: 0 }))
    const { send } = await open((app) => {
      routes(app)
      app.session.store({ ...noSessions, load })
    })
    expect((await send('/peek', withCookie('x'))).json).toEqual({ count: 4 })
    await send('/untouched', withCookie('x'))
    expect(load).toHaveBeenCalledTimes(2)
  })

  const broken: readonly (readonly [what: string, store: Partial<SessionStore>, status: number, says: string])[] = [
    ['gives a promise', { load: async () => null }, 500, 'gave a promise where the session had not been read'],
    ['rejects', { load: () => Promise.reject(new Error('x')) }, 500, 'gave a promise where'],
    [
      'throws',
      {
        load: () => {
          throw new Error('broken')
        },
      },
      503,
      'The session store of the app could not load a session: broken',
    ],
  ]
  test.each(broken)('that says so and %s is an error in words', async (_, store, status, says) => {
    const door = await open((app) => {
      app.get('/', (ctx: Context) => [ctx.session.isNew, ctx.session.isNew])
      app.session.store({ ...noSessions, isSynchronous: true, ...store })
    })
    expect((await door.send('/', withCookie('x'))).status).toBe(status)
    expect(errorLines(door)).toEqual([expect.stringContaining(says)])
  })
})
