import { abort, blueprint, type Context, defineExtension, HttpError, type Micro, micro, options, type Reply } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS, errorsOf } from './both.ts'
import { microErrorOf } from './micro-error-of.ts'

class Base extends Error {}

describe.each(DOORS)('errors through $name', ({ open }) => {
  test('abort answers with its status, message and headers, as a problem document (RFC 9457)', async () => {
    const { send, lines } = await open((app) =>
      app.get('/', () => abort(429, 'Too fast.', { headers: { 'Retry-After': '5' }, problem: { limit: 3 } })),
    )
    const seen = await send('/')
    expect([seen.status, seen.headers.get('retry-after'), seen.headers.get('content-type')]).toEqual([429, '5', 'application/problem+json'])
    expect(seen.json).toEqual({ type: 'about:blank', title: 'Too Many Requests', status: 429, detail: 'Too fast.', limit: 3 })
    expect(lines).toEqual([])
  })

  test('who prefers HTML gets a page, escaped; the reply varies by Accept', async () => {
    const { send } = await open((app) => app.get('/', () => abort(404, 'No <b>such</b> note.')))
    const page = await send('/', { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
    expect([page.status, page.headers.get('content-type'), page.headers.get('vary')]).toEqual([404, 'text/html; charset=utf-8', 'Accept'])
    expect(page.text).toContain('<h1>Not Found</h1>\n<p>No &lt;b&gt;such&lt;/b&gt; note.</p>')
    for (const accept of ['*/*', 'application/json', 'text/html;q=0.1,*/*', 'garbage;;,']) {
      expect((await send('/', { headers: { accept } })).headers.get('content-type')).toBe('application/problem+json')
    }
  })

  test('an error of the server tells nothing of its reason, and is logged with it', async () => {
    const { send, lines } = await open((app) => {
      app.get('/throw', () => {
        throw new Error('secret reason')
      })
      app.get('/reject', () => Promise.reject(new Error('secret reason')))
      app.get('/abort', () => abort(503, 'secret reason'))
      app.get('/odd', () => {
        throw 'secret reason'
      })
    })
    for (const [path, status] of [
      ['/throw', 500],
      ['/reject', 500],
      ['/abort', 503],
      ['/odd', 500],
    ] as const) {
      for (const accept of ['*/*', 'text/html']) {
        const seen = await send(path, { headers: { accept } })
        expect([path, seen.status, seen.text.includes('secret')]).toEqual([path, status, false])
      }
    }
    expect(lines).toHaveLength(8)
    expect(lines.every(({ level, fields }) => level === 'error' && typeof fields.requestId === 'string')).toBe(true)
  })

  test.each(['production', 'development'] as const)(
    'in %s an error for the client says what it says and nothing of its cause',
    async (mode) => {
      const { send, lines } = await open(
        (app) => app.get('/', () => abort(400, 'The field title is missing.', { cause: new Error('secret reason') })),
        { mode, env: { MICRO_SECRET_KEY: 'k'.repeat(40) } },
      )
      for (const accept of ['*/*', 'text/html']) {
        const { status, text } = await send('/', { headers: { accept } })
        expect([status, text.includes('The field title is missing.'), text.includes('secret')]).toEqual([400, true, false])
      }
      expect(lines.filter(({ level }) => level === 'error')).toEqual([])
    },
  )

  test('handlers by status before those by class, each from the inside out, the most specific class of one place first', async () => {
    class Special extends Base {}
    class Gone extends HttpError {
      constructor() {
        super(410)
      }
    }
    const innermost = blueprint('innermost', import.meta, { prefix: '/most' })
    const inner = blueprint('inner', import.meta, { prefix: '/in' })
    const raise = {
      base: () => {
        throw new Base()
      },
      special: () => {
        throw new Special()
      },
      gone: () => abort(410),
      subclass: () => {
        throw new Gone()
      },
      teapot: () => abort(418),
    }
    for (const [name, run] of Object.entries(raise)) {
      innermost.get(`/${name}`, run)
      inner.get(`/${name}`, run)
    }
    innermost.onError(Base, () => 'innermost base')
    inner
      .onError(Base, () => 'inner base')
      .onError(Special, () => 'inner special')
      .onError(HttpError, () => 'inner http')
    inner.register(innermost)
    const { send, lines } = await open((app) => {
      for (const [name, run] of Object.entries(raise)) {
        app.get(`/${name}`, run)
      }
      app.register(inner)
      app.onError(Base, () => 'app base').onError(Special, async () => 'app special')
      app.onError(410, (error) => `app ${error.status}`).onError(Gone, () => 'app gone')
      app.onError(HttpError, (error) => `app http ${error.status}`)
    })
    const expected: readonly (readonly [path: string, status: number, text: string])[] = [
      ['/base', 500, 'app base'],
      ['/special', 500, 'app special'],
      ['/in/base', 500, 'inner base'],
      ['/in/special', 500, 'inner special'],
      // The class of a place further in comes before a more specific one further out.
      ['/in/most/special', 500, 'innermost base'],
      // A status of the app comes before a class of the blueprint, and before a class of its own.
      ['/in/gone', 410, 'app 410'],
      ['/gone', 410, 'app 410'],
      ['/subclass', 410, 'app 410'],
      ['/in/teapot', 418, 'inner http'],
      ['/in/most/teapot', 418, 'inner http'],
      ['/teapot', 418, 'app http 418'],
      ['/nowhere', 404, 'app http 404'],
    ]
    for (const [path, status, text] of expected) {
      const seen = await send(path)
      expect([path, seen.status, seen.text]).toEqual([path, status, text])
    }
    expect(lines).toEqual([])
  })

  test('the last of several handlers for the same wins', async () => {
    const { send } = await open((app) => app.onError(404, () => 'first').onError(404, () => 'second'))
    expect((await send('/')).text).toBe('second')
  })

  test('what a handler returns may be anything a route may return; its status is the one of the error unless it says another', async () => {
    const { send } = await open((app) => {
      app.onError(404, () => 'text').onError(405, () => ({ json: true }))
      app.onError(410, (_, ctx) => ctx.text('gone', 200)).onError(418, () => new Response('tea', { status: 202 }))
      app
        .post('/post', () => 'x')
        .get('/410', () => abort(410))
        .get('/418', () => abort(418))
    })
    const results = await Promise.all(['/', '/post', '/410', '/418'].map((path) => send(path)))
    expect(results.map(({ status, text }) => `${status} ${text}`)).toEqual(['404 text', '405 {"json":true}', '200 gone', '202 tea'])
  })

  test('an error that nobody expected reaches the handler for 500, or the one for HttpError, as the cause of one', async () => {
    const boom = (app: Micro) =>
      app.get('/', () => {
        throw new RangeError('secret')
      })
    const tell = (error: HttpError) => `${error.status} ${error.message}, ${(error.cause as Error | undefined)?.message}`
    const byStatus = await open((app) =>
      boom(app)
        .onError(500, tell)
        .get('/own', () => abort(500, 'own')),
    )
    expect((await byStatus.send('/')).text).toBe('500 Internal Server Error, secret')
    expect((await byStatus.send('/own')).text).toBe('500 own, undefined')
    const byClass = await open((app) => boom(app).onError(HttpError, tell))
    expect((await byClass.send('/')).text).toBe('500 Internal Server Error, secret')
    // It was logged all the same: nobody expected it.
    expect([errorsOf(byStatus.lines), errorsOf(byClass.lines)]).toEqual([['secret', 'own'], ['secret']])
  })

  test('a handler for Error gets every error as it is, those for clients too, 404 and 405 among them', async () => {
    const { send, lines } = await open((app) => {
      app.onError(Error, (error) => `${error.constructor.name} ${error.message}`)
      app.post('/post', () => 'x')
      app.get('/', () => {
        throw new RangeError('raw')
      })
    })
    const results = await Promise.all(['/', '/nowhere', '/post'].map((path) => send(path)))
    expect(results.map(({ status, text }) => `${status} ${text}`)).toEqual([
      '500 RangeError raw',
      '404 HttpError There is nothing at this address.',
      '405 HttpError GET is not allowed here.',
    ])
    expect(lines).toEqual([])
  })

  test('no handler sees what is no error: redirects for slashes, OPTIONS, and replies that end a request', async () => {
    const seen: unknown[] = []
    const after: number[] = []
    const { send, lines } = await open((app) => {
      app.onError(Error, (error) => {
        seen.push(error)
        return 'handled'
      })
      app.afterRequest((_, reply) => void after.push(reply.status))
      app.get('/slash/', () => 'x')
      app.get('/redirect', (ctx) => abort(ctx.redirect('/login')))
      app.get('/response', () => abort(new Response('no', { status: 403, headers: { 'X-Own': 'yes' } })))
      app.get('/thrown', async (ctx) => {
        ctx.setHeader('X-Set', 'yes')
        throw ctx.text('thrown', 202)
      })
      app.get('/hook', () => 'x')
      app.beforeRequest((ctx) => (ctx.path === '/hook' ? abort(ctx.text('hook', 401)) : undefined))
    })
    const results = [
      await send('/slash'),
      await send('/slash/', { method: 'OPTIONS' }),
      await send('/redirect'),
      await send('/response'),
      await send('/thrown'),
      await send('/hook'),
    ]
    expect(results.map(({ status, text }) => `${status} ${text}`)).toEqual(['308 ', '204 ', '302 ', '403 no', '202 thrown', '401 hook'])
    expect(results[2]?.headers.get('location')).toBe('/login')
    expect([results[3]?.headers.get('x-own'), results[4]?.headers.get('x-set')]).toEqual(['yes', 'yes'])
    expect(after).toEqual([308, 204, 302, 403, 202, 401])
    expect([seen, lines]).toEqual([[], []])
  })

  test('an error handler may itself end in an error for the client, or in a reply', async () => {
    const { send, lines } = await open((app) => {
      app.get('/missing', () => {
        throw new Base('no row')
      })
      app.get('/moved', () => abort(410))
      app.get('/again', () => abort(418))
      app.onError(Base, () => abort(404, 'No such note.'))
      app.onError(410, (_, ctx) => abort(ctx.redirect('/new')))
      app.onError(404, (error) => `page: ${error.message}`)
      app.onError(418, (error) => {
        throw error
      })
    })
    const results = await Promise.all(['/missing', '/moved', '/again'].map((path) => send(path)))
    expect(results.map(({ status }) => status)).toEqual([404, 302, 418])
    expect([results[0]?.text, results[1]?.headers.get('location')]).toEqual(['page: No such note.', '/new'])
    // One that throws what it was given leaves it to core.
    expect(results[2]?.json).toMatchObject({ title: "I'm a teapot" })
    expect(lines).toEqual([])
  })

  test('an error handler that fails, or a header that is none, is a 500, every error logged', async () => {
    const { send, lines } = await open((app) => {
      app.get('/handler', () => {
        throw new Base('first')
      })
      app.get('/nothing', () => abort(410))
      app.get('/header', () => abort(401, 'No.', { headers: { 'WWW-Authenticate': 'a\nb' } }))
      app.onError(Base, () => {
        throw new Error('second')
      })
      app.onError(410, () => undefined)
      app.onError(500, (error) => `five hundred, ${(error.cause as Error).message.slice(0, 6)}`)
    })
    expect((await send('/handler')).text).toBe('five hundred, second')
    expect((await send('/nothing')).text).toBe('five hundred, The er')
    const header = await send('/header')
    expect([header.status, header.text, header.headers.has('www-authenticate')]).toEqual([500, 'five hundred, The re', false])
    expect(errorsOf(lines)).toEqual([
      'first',
      'second',
      expect.stringContaining('The error handler of the app for 410 returned nothing (undefined).'),
      expect.stringContaining("The reply header 'WWW-Authenticate' holds a control character"),
    ])
  })

  test('where the handler for 500 and after hooks fail too, the reply is sent all the same, with the headers set so far', async () => {
    const ran: string[] = []
    const { send, lines } = await open((app) => {
      app.beforeRequest((ctx) => ctx.setHeader('X-Frame-Options', 'DENY'))
      for (const hook of ['second hook', 'first hook']) {
        app.afterRequest(() => {
          ran.push(hook)
          throw new Error(hook)
        })
      }
      app.get('/', () => 'fine')
      app.onError(500, (error) => {
        ran.push(`handler: ${(error.cause as Error).message}`)
        throw new Error('handler for 500')
      })
    })
    const seen = await send('/')
    expect([seen.status, seen.headers.get('x-frame-options')]).toEqual([500, 'DENY'])
    expect(seen.json).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 })
    expect(ran).toEqual(['first hook', 'handler: first hook', 'second hook', 'handler: second hook'])
    expect(errorsOf(lines)).toEqual(['first hook', 'handler for 500', 'second hook', 'handler for 500'])
  })

  const when: readonly (readonly [when: string, fail: (error: unknown) => unknown])[] = [
    [
      'at once',
      (error) => {
        throw error
      },
    ],
    ['later', (error) => Promise.reject(error)],
  ]
  test.each(when)('each after hook runs once, whichever fails %s: those that are left see the reply to its error', async (_, fail) => {
    const ran: string[] = []
    const { send, lines } = await open((app) => {
      const notes = blueprint('notes', import.meta, { prefix: '/notes' })
      const note = (name: string, failing: string) => (ctx: Context, reply: Reply) => {
        ran.push(`${name} ${reply.status}`)
        return (ctx.query.get('fails')?.split(',').includes(failing) === true ? fail(new Error(name)) : undefined) as undefined
      }
      app.afterRequest(note('app', 'app'))
      app.afterRequest((ctx) => ctx.setHeader('Content-Security-Policy', "default-src 'self'"))
      notes.afterRequest(note('blueprint', 'blueprint'))
      notes.get('/', (ctx) => {
        ctx.afterThisRequest((reply) => note('own 1', 'own')(ctx, reply))
        ctx.afterThisRequest(async (reply) => note('own 2', 'none')(ctx, reply))
        return 'fine'
      })
      app.register(notes)
      app.onError(500, (error) => `sorry about ${(error.cause as Error).message}`)
    })
    const traces = []
    for (const failing of ['own', 'blueprint', 'own,app']) {
      ran.length = 0
      const { text, headers } = await send(`/notes?fails=${failing}`)
      expect(headers.get('content-security-policy')).toBe("default-src 'self'")
      traces.push([text, ...ran])
    }
    expect(traces).toEqual([
      ['sorry about own 1', 'own 1 200', 'own 2 500', 'blueprint 500', 'app 500'],
      ['sorry about blueprint', 'own 1 200', 'own 2 200', 'blueprint 200', 'app 500'],
      ['sorry about app', 'own 1 200', 'own 2 500', 'blueprint 500', 'app 500'],
    ])
    expect(errorsOf(lines)).toEqual(['own 1', 'blueprint', 'own 1', 'app'])
  })

  test('an after hook may end in an error for the client, or in a reply', async () => {
    const { send, lines } = await open((app) => {
      app.afterRequest((_, reply) => void reply.headers?.push('X-Last', String(reply.status)))
      app.afterRequest((ctx) => (ctx.query.has('reply') ? abort(ctx.redirect('/elsewhere')) : abort(410)))
      app.get('/', () => 'fine')
    })
    const seen = [await send('/'), await send('/?reply')]
    expect(seen.map(({ status, headers }) => [status, headers.get('x-last')])).toEqual([
      [410, '410'],
      [302, '302'],
    ])
    expect(lines).toEqual([])
  })

  test('a session that cannot be saved: no after hook runs again for that', async () => {
    const ran: number[] = []
    const { send, lines } = await open((app) => {
      app.session.store({ load: () => null, save: () => Promise.reject(new Error('full')), renew: () => null, destroy: () => undefined })
      app.afterRequest((_, reply) => void ran.push(reply.status))
      app.get('/', (ctx) => {
        ctx.session.set('count', 1)
        return 'fine'
      })
    })
    expect([(await send('/')).status, ran, lines.length]).toEqual([503, [200], 1])
  })

  test('what was said of the page that failed is not said of the error', async () => {
    const { send } = await open((app) => {
      app.get('/:what', (ctx) => {
        ctx.setCacheControl(ctx.params.what === 'secret' ? { noStore: true } : { public: true, maxAge: 3600 })
        ctx.checkVersion({ etag: 'v1', modified: new Date(0) })
        for (const name of ['Expires', 'Location', 'Accept-Ranges', 'Content-Language', 'X-Kept']) {
          ctx.setHeader(name, 'x')
        }
        throw ctx.params.what === 'handled' ? new HttpError(410) : new Error('no')
      })
      app.onError(410, (_, ctx) => {
        ctx.setCacheControl({ maxAge: 5 })
        return ctx.reply('gone', 410, { ETag: '"of the error"' })
      })
    })
    const said = async (what: string) => {
      const { headers } = await send(`/${what}`)
      const names = ['cache-control', 'etag', 'last-modified', 'expires', 'location', 'accept-ranges', 'content-language', 'x-kept']
      return names.map((name) => headers.get(name)).filter((value) => value !== null)
    }
    expect(await said('page')).toEqual(['x'])
    expect(await said('handled')).toEqual(['max-age=5', '"of the error"', 'x'])
    expect(await said('secret'), 'what nobody may keep stays so').toEqual(['no-store', 'x'])
  })

  test('a handler is not asked about its own failure, but about that of a hook after it', async () => {
    const asked: string[] = []
    const { send, lines } = await open((app) => {
      app.onError(HttpError, (error) => {
        asked.push(`${error.status} ${(error.cause as Error | undefined)?.message}`)
        if (error.status === 418) {
          throw new Error('own')
        }
        return `page ${error.status}`
      })
      app.get('/own', () => abort(418)).get('/hook', () => abort(410))
      app.afterRequest((_, reply) => {
        if (reply.status === 410) {
          throw new Error('hook')
        }
      })
    })
    expect((await send('/own')).json).toMatchObject({ status: 500 })
    expect((await send('/hook')).text).toBe('page 500')
    expect(asked).toEqual(['418 undefined', '410 undefined', '500 hook'])
    expect(errorsOf(lines)).toEqual(['own', 'hook'])
  })

  const failingHooks: readonly (readonly [path: string, when: string, fail: () => unknown])[] = ['/', '/nowhere', '/gone'].flatMap(
    (path) => [
      [
        path,
        'at once',
        () => {
          throw new Error('after hook')
        },
      ],
      [path, 'later', () => Promise.reject(new Error('after hook'))],
    ],
  )
  test.each(failingHooks)(
    'an after hook that fails on the reply of %s %s leaves the page of the handler for 500',
    async (path, _, fail) => {
      const { send, lines } = await open((app) => {
        app.afterRequest((_, reply) => (reply.status === 500 ? undefined : fail()) as undefined)
        app.get('/', () => 'fine').get('/gone', () => abort(410))
        app.onError(500, () => 'sorry')
      })
      const seen = await send(path)
      expect([seen.status, seen.text, errorsOf(lines)]).toEqual([500, 'sorry', ['after hook']])
    },
  )

  test('one place gives all errors the form of an API: JSON of status, title and detail', async () => {
    const { send, lines } = await open((app) => {
      app.get('/', () => {
        throw new Error('secret')
      })
      app.onError(HttpError, (error, ctx) => ctx.json({ code: error.status, message: error.message }, error.status))
    })
    expect((await send('/nowhere')).json).toEqual({ code: 404, message: 'There is nothing at this address.' })
    expect((await send('/')).json).toEqual({ code: 500, message: 'Internal Server Error' })
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual(['error GET / failed'])
  })

  const withHeaders: readonly (readonly [status: number, name: string, value: string])[] = [
    [401, 'WWW-Authenticate', 'Basic realm="notes", Bearer'],
    [405, 'Allow', 'GET, HEAD'],
    [416, 'Content-Range', 'bytes */10'],
    [429, 'Retry-After', '30'],
    [503, 'Retry-After', 'Sat, 01 Jan 2050 00:00:00 GMT'],
  ]
  test.each(withHeaders)('abort(%d) carries %s', async (status, name, value) => {
    const { send } = await open((app) => {
      app.get('/', () => abort(status, undefined, { headers: { [name]: value } }))
    })
    const seen = await send('/')
    expect([seen.status, seen.headers.get(name)]).toEqual([status, value])
  })

  test('what describes a body that is not sent is taken back, other headers stay', async () => {
    const { send } = await open((app) =>
      app.get('/', (ctx) => {
        ctx.setHeader('Content-Type', 'image/png')
        ctx.setHeader('Content-Language', 'de')
        ctx.setHeader('X-Kept', 'yes')
        ctx.setCookie('kept', 'yes')
        return abort(400)
      }),
    )
    const { headers } = await send('/')
    expect([headers.get('content-type'), headers.get('content-language'), headers.get('x-kept')]).toEqual([
      'application/problem+json',
      null,
      'yes',
    ])
    expect(headers.getSetCookie()).toEqual([expect.stringMatching(/^kept=yes/)])
  })
})

describe('HttpError', () => {
  test('has the reason phrase as its message', () => {
    expect([new HttpError(404).message, new HttpError(499).message, new HttpError(599).message]).toEqual([
      'Not Found',
      'Client Error',
      'Server Error',
    ])
  })

  test.each([200, 302, 99, 399, 600, 999, Number.NaN, 404.5, '404'])('%s is refused, in abort too', async (status) => {
    expect(await microErrorOf(() => new HttpError(status as number))).toMatchObject({ code: 'MICRO_ERROR_STATUS' })
    expect((await microErrorOf(() => abort(status as number))).message).toMatch(
      new RegExp(`^(${status}|The text '${status}') is no status of an error\\.`),
    )
  })

  test('each status of an error has a reason phrase of its own', () => {
    const named = [400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426]
    const phrases = [...named, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505].map((status) => new HttpError(status).message)
    expect([new Set(phrases).size, phrases.filter((phrase) => /^(Client|Server) Error$/.test(phrase))]).toEqual([phrases.length, []])
  })
})

describe('onError', () => {
  class NoError {}
  const refused: readonly (readonly [what: string, target: unknown, says: string])[] = [
    ['an instance', new RangeError('x'), 'an instance of RangeError, where its class is asked for'],
    ['a class of something else', NoError, "'NoError', which is no class of errors"],
    ['a function', () => 'x', 'a function, which is no class of errors'],
    ['a status of no error', 302, '302, which is no status of an error'],
    ['an unknown status', 999, '999, which is no status of an error'],
    ['a text', '404', "the text '404', where a number or a class is asked for"],
    ['nothing, as a circular import gives', undefined, 'undefined'],
  ]
  test.each(refused)('%s is refused, on an app, a blueprint and by an extension', async (_, target, says) => {
    const places: readonly ((target: never, handler: () => string) => unknown)[] = [
      (...given) => micro(import.meta, { env: {} }).onError(...given),
      (...given) => blueprint('x', import.meta).onError(...given),
      (...given) =>
        micro(import.meta, { env: {} }).use(
          defineExtension({
            name: 'x',
            version: '1.0.0',
            core: '*',
            config: options({}),
            initApp: (setup) => {
              setup.onError(...given)
              return {}
            },
          }),
        ),
    ]
    for (const place of places) {
      const error = await microErrorOf(() => place(target as never, () => 'x'))
      expect([error.code, error.message]).toEqual(['MICRO_ERROR_TARGET', expect.stringContaining(`onError() was given ${says}.`)])
    }
  })

  test('a handler that is none is refused; classes of the platform are taken', async () => {
    const app = micro(import.meta, { env: {} })
    expect((await microErrorOf(() => app.onError(404, undefined as never))).message).toContain('no function to answer it: undefined')
    app
      .onError(DOMException, () => 'x')
      .onError(AggregateError, () => 'x')
      .onError(Error, () => 'x')
  })
})
