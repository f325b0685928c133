import { abort, defineExtension, onSignal, options, PHASES, type Phase, type Setup } from '@micro/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { concerns, hookRecord } from '../src/hooks/hooks.ts'
import { DOORS, errorsOf, type Opened, type SentRequest } from './both.ts'

const extension = (name: string, initApp: (app: Setup) => void) =>
  defineExtension({
    name,
    version: '1.0.0',
    core: '*',
    config: options({}),
    initApp: (app) => {
      initApp(app as Setup)
      return {}
    },
  })

describe.each(DOORS)('hooks through $name', ({ open }) => {
  test('before in order, the handler, after in reverse; synchronous ones and promises mixed', async () => {
    const log: string[] = []
    const { send } = await open((app) => {
      app.beforeRequest(() => void log.push('before 1'))
      app.beforeRequest(async () => void log.push('before 2'))
      app.beforeRequest(() => void log.push('before 3'))
      app.afterRequest(() => void log.push('after 1'))
      app.afterRequest(async () => void log.push('after 2'))
      app.afterRequest(() => void log.push('after 3'))
      app.get('/', () => {
        log.push('handler')
        return 'x'
      })
    })
    expect((await send('/')).text).toBe('x')
    expect(log).toEqual(['before 1', 'before 2', 'before 3', 'handler', 'after 3', 'after 2', 'after 1'])
  })

  test('phases run in their order whatever the order of installation, inside one by name, those without one last', async () => {
    const log: string[] = []
    const phased = (name: string, phase?: Phase) =>
      extension(name, (app) => app.beforeRequest(() => void log.push(`${phase ?? 'none'} ${name}`), phase === undefined ? {} : { phase }))
    const { send } = await open((app) => {
      app.use(phased('late'))
      for (const [index, phase] of [...PHASES].reverse().entries()) {
        app.use(phased(`b${index}`, phase) as never)
        app.use(phased(`a${index}`, phase) as never)
      }
      app.beforeRequest(() => void log.push('app'))
      app.get('/', () => 'x')
    })
    await send('/')
    expect(log).toEqual([
      ...PHASES.flatMap((phase, index) => [`${phase} a${PHASES.length - 1 - index}`, `${phase} b${PHASES.length - 1 - index}`]),
      'none late',
      'app',
    ])
  })

  test('hooks for some methods run for these alone, on a route for all of them too, and never where no route answers', async () => {
    const log: string[] = []
    const { send } = await open((app) => {
      app.beforeRequest((ctx) => void log.push(`unsafe ${ctx.method}`), { methods: 'unsafe' })
      app.afterRequest((ctx) => void log.push(`after put ${ctx.method}`), { methods: ['PUT'] })
      app.teardownRequest((ctx) => void log.push(`teardown put ${ctx.method}`), { methods: ['PUT'] })
      app.get('/a', () => 'x').post('/a', () => 'x')
      app.all('/all', () => 'x')
    })
    await send('/a')
    await send('/a', { method: 'HEAD' })
    await send('/a', { method: 'OPTIONS' })
    await send('/nowhere', { method: 'POST' })
    await send('/all')
    expect(log).toEqual([])
    await send('/a', { method: 'POST' })
    await send('/all', { method: 'PUT' })
    for (let round = 0; round < 50 && log.length < 4; round++) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(log).toEqual(['unsafe POST', 'unsafe PUT', 'after put PUT', 'teardown put PUT'])
  })

  test('methods are named in any case, and GET brings HEAD, which may be named alone', async () => {
    const log: string[] = []
    const { send } = await open((app) => {
      for (const methods of [['put'], ['get'], ['Head'], ['HEAD', 'POST']]) {
        app.beforeRequest((ctx) => void log.push(`${methods.join()} for ${ctx.method}`), { methods })
      }
      app.get('/a', () => 'x').put('/a', () => 'x')
      app.all('/all', () => 'x')
    })
    const ranFor = async (method: string, path: string) => {
      log.length = 0
      await send(path, { method })
      return log.slice()
    }
    for (const path of ['/a', '/all']) {
      expect(await ranFor('PUT', path)).toEqual(['put for PUT'])
      expect(await ranFor('GET', path)).toEqual(['get for GET'])
      expect(await ranFor('HEAD', path)).toEqual(['get for HEAD', 'Head for HEAD', 'HEAD,POST for HEAD'])
    }
  })

  test('a before hook that answers ends it: later ones and the handler do not run, after hooks do', async () => {
    const log: string[] = []
    const { send } = await open((app) => {
      app.beforeRequest(async (ctx) => (ctx.query.has('stop') ? ctx.text('stopped', 403) : undefined))
      app.beforeRequest(() => void log.push('second'))
      app.afterRequest((ctx, reply) => void log.push(`after ${reply.status} ${ctx.path}`))
      app.get('/', () => {
        log.push('handler')
        return 'x'
      })
    })
    const stopped = await send('/?stop')
    expect([stopped.status, stopped.text]).toEqual([403, 'stopped'])
    expect(log).toEqual(['after 403 /'])
  })

  test('an after hook may change headers, or return another reply; it runs on errors too', async () => {
    const { send } = await open((app) => {
      app.afterRequest((ctx, reply) => (ctx.query.has('other') ? ctx.text(`was ${reply.status}`, 202) : undefined))
      app.afterRequest((ctx) => ctx.setHeader('X-After', 'yes'))
      app.get('/', () => 'x')
      app.get('/fail', () => {
        throw new Error('no')
      })
    })
    expect((await send('/')).headers.get('x-after')).toBe('yes')
    const other = await send('/?other')
    expect([other.status, other.text, other.headers.get('x-after')]).toEqual([202, 'was 200', 'yes'])
    const failed = await send('/fail')
    expect([failed.status, failed.headers.get('x-after')]).toEqual([500, 'yes'])
    expect((await send('/fail?other')).text).toBe('was 500')
  })

  test.each(['sync', 'async'])('a bug in one of an extension is a 500, and the log names the extension (P25): %s', async (kind) => {
    const fail = () => {
      throw new Error('bug')
    }
    const hook = kind === 'sync' ? fail : async () => fail()
    const { send, lines } = await open((app) => {
      app.use(extension('early', (setup) => setup.beforeRequest((ctx) => (ctx.path === '/before' ? hook() : undefined))))
      app.use(extension('late', (setup) => setup.afterRequest((ctx) => (ctx.path === '/after' ? hook() : undefined))))
      app.use(extension('never', (setup) => setup.onError(RangeError, () => hook())))
      app.get('/before', () => 'x').get('/after', () => 'x')
      app.get('/error', () => {
        throw new RangeError('x')
      })
      app.get('/own', () => fail())
    })
    for (const path of ['/before', '/after', '/error', '/own']) {
      expect((await send(path)).status).toBe(500)
    }
    const blamed = lines.filter(({ level }) => level === 'error').map(({ fields, message }) => `${message}: ${fields.extension}`)
    expect([...new Set(blamed)]).toEqual([
      'GET /before failed: early',
      'GET /after failed: late',
      'GET /error failed: undefined',
      'GET /error failed: never',
      'GET /own failed: undefined',
    ])
  })

  test('one that returns what is no reply is an error that names its owner', async () => {
    const { send, lines } = await open((app) => {
      app.use(extension('odd', (setup) => setup.beforeRequest((ctx) => (ctx.path === '/before' ? true : undefined))))
      app.afterRequest((ctx) => (ctx.path === '/after' ? 'text' : undefined))
      app.get('/before', () => 'x').get('/after', () => 'x')
    })
    expect([(await send('/before')).status, (await send('/after')).status]).toEqual([500, 500])
    const messages = errorsOf(lines)
    expect(messages[0]).toContain("A beforeRequest hook of extension 'odd' returned a boolean (true).")
    expect(messages[1]).toContain('An afterRequest hook of the app returned a string (text).'.replace('An', 'A'))
  })

  test('afterThisRequest: in the order asked for, before the after hooks; each may return another reply; for this request alone', async () => {
    const { send } = await open((app) => {
      app.afterRequest((ctx, reply) => {
        if (ctx.path === '/late') {
          ctx.afterThisRequest(async (last) => {
            ctx.afterThisRequest((later) => ctx.text(`${String(later.body)}, two`))
            return ctx.text(`${String(last.body)}, one`)
          })
        }
        return ctx.text(`${String(reply.body)}, hook`, reply.status)
      })
      app.get('/late', () => 'late')
      app.get('/', (ctx) => {
        ctx.afterThisRequest((reply) => ctx.text(`${String(reply.body)}, first`))
        ctx.afterThisRequest(async (reply) => {
          // Asked for while they run: it comes last of them.
          ctx.afterThisRequest((last) => ctx.text(`${String(last.body)}, third`))
          return ctx.text(`${String(reply.body)}, second`)
        })
        return 'body'
      })
      app.get('/other', () => 'other')
      app.get('/error', (ctx) => {
        ctx.afterThisRequest(() => ctx.setHeader('X-After', 'yes'))
        throw new Error('no')
      })
    })
    expect((await send('/')).text).toBe('body, first, second, third, hook')
    expect((await send('/other')).text).toBe('other, hook')
    // An after hook may ask for more: the turn of the others is over.
    expect((await send('/late')).text).toBe('late, hook, one, two')
    const failed = await send('/error')
    expect([failed.status, failed.headers.get('x-after')]).toEqual([500, 'yes'])
  })

  test('afterThisRequest is refused once the reply is made, and blames the extension that asked for it', async () => {
    const codes: unknown[] = []
    const { send, lines } = await open((app) => {
      app.use(
        defineExtension({
          name: 'asking',
          version: '1.0.0',
          core: '*',
          config: options({}),
          initApp: () => ({
            context: (ctx) => {
              ctx.afterThisRequest(() => {
                throw new Error('bug')
              })
              return {}
            },
          }),
        }),
      )
      app.get('/late', (ctx) =>
        (async function* () {
          try {
            ctx.afterThisRequest(() => undefined)
          } catch (error) {
            codes.push((error as { code?: string }).code)
          }
          yield 'x'
        })(),
      )
      app.get('/bug', (ctx) => ({ asking: (ctx as { asking?: unknown }).asking }))
    })
    await send('/late')
    expect(codes).toEqual(['MICRO_REPLY_MADE'])
    expect((await send('/bug')).status).toBe(500)
    expect(lines[0]).toMatchObject({ fields: { extension: 'asking' } })
  })

  /** Sends, and waits for the end of the request. */
  async function sendToTheEnd(door: Opened, path: string, sent?: SentRequest): Promise<unknown> {
    const over = new Promise((resolve) => {
      onTestFinished(onSignal('micro:request:teardown', ({ error }) => resolve(error), { app: door.app }))
    })
    await door.send(path, sent)
    return over
  }

  test('every teardown runs though others fail; what failed is logged together, and the response was sent', async () => {
    const log: string[] = []
    const door = await open((app) => {
      app.use(extension('early', (setup) => setup.teardownRequest(() => Promise.reject(new Error('early')))))
      app.teardownRequest(() => void log.push('hook'))
      app.teardownRequest(() => {
        throw new RangeError('of the app')
      })
      app.get('/', (ctx) => {
        ctx.onTeardown(() => void log.push('own'))
        ctx.onTeardown(() => {
          throw new TypeError('own')
        })
        return 'x'
      })
    })
    const error = await sendToTheEnd(door, '/')
    expect(log).toEqual(['own', 'hook'])
    expect(door.lines).toHaveLength(1)
    expect(door.lines[0]).toMatchObject({
      level: 'error',
      message: '3 teardowns of GET / failed',
      fields: { owners: ['the app', 'the app', "extension 'early'"] },
      error,
    })
    expect((error as AggregateError).errors.map((each) => String(each))).toEqual([
      'TypeError: own',
      'RangeError: of the app',
      'Error: early',
    ])
  })

  const told: readonly (readonly [path: string, error: string])[] = [
    ['/fine', 'undefined'],
    ['/nowhere', 'undefined'],
    ['/abort', 'undefined'],
    ['/handled', 'undefined'],
    ['/server', 'HttpError: Service Unavailable'],
    ['/unexpected', 'Error: unexpected'],
    ['/handler', 'Error: of the handler'],
    ['/body', 'Error: of the body'],
  ]
  test.each(told)('a teardown is told of errors that nobody expected: %s, %s', async (path, expected) => {
    const seen: unknown[] = []
    const door = await open((app) => {
      app.teardownRequest((_, error) => void seen.push(error))
      app
        .get('/fine', () => 'x')
        .get('/abort', () => abort(400))
        .get('/server', () => abort(503))
      app.get('/handled', () => Promise.reject(new RangeError('handled')))
      app.get('/unexpected', () => Promise.reject(new Error('unexpected')))
      app.get('/handler', () => abort(410))
      app.get('/body', () =>
        (async function* () {
          yield 'x'
          throw new Error('of the body')
        })(),
      )
      app.beforeRequest((ctx) => ctx.onTeardown((error) => void seen.push(error)))
      app.onError(RangeError, () => 'handled').onError(410, () => Promise.reject(new Error('of the handler')))
    })
    await sendToTheEnd({ ...door, send: (...sent) => door.send(...sent).catch(() => ({}) as never) }, path)
    expect(seen.map(String)).toEqual([expected, expected])
  })

  test('what a teardown hook makes on first use is torn down too', async () => {
    const log: string[] = []
    const door = await open((app) => {
      app.use(
        defineExtension({
          name: 'thing',
          version: '1.0.0',
          core: '*',
          config: options({}),
          initApp: () => ({ context: (ctx) => ctx.onTeardown(() => void log.push('closed')) ?? 'thing' }),
        }),
      )
      app.teardownRequest((ctx) => void log.push(`used ${String((ctx as { thing?: unknown }).thing)}`))
    })
    await sendToTheEnd(door, '/')
    expect(log).toEqual(['used thing', 'closed'])
  })
})

describe('the methods of a hook', () => {
  const wrong: readonly (readonly [what: string, methods: unknown])[] = [
    ['two words', ['GET POST']],
    ['nothing', ['']],
    ['a number', [5]],
    ['no list', 5],
  ]
  test.each(wrong)('%s is none, and is refused where the hook is declared', (_, methods) => {
    const declare = () => hookRecord(() => 1, 'blueprint notes', { methods: methods as never })
    expect(declare).toThrow(/^A hook of blueprint notes was given the method '.*', which is none\./)
  })

  test('one text is one method, and all of them are every request', () => {
    const methodsOf = (methods: unknown) => hookRecord(() => 1, 'app', { methods: methods as never }).methods
    expect([methodsOf('put'), methodsOf(['all']), methodsOf([])]).toEqual([['PUT'], undefined, []])
  })
})

describe('concerns', () => {
  const methods: readonly (readonly [method: string, isUnsafe: boolean])[] = [
    ['GET', false],
    ['HEAD', false],
    ['OPTIONS', false],
    ['TRACE', false],
    ['POST', true],
    ['PUT', true],
    ['PATCH', true],
    ['DELETE', true],
    ['CONNECT', true],
    ['PURGE', true],
  ]
  test.each(methods)('%s is unsafe: %s (RFC 9110 section 9.2.1)', (method, isUnsafe) => {
    expect(
      concerns(
        hookRecord(() => 1, 'app', { methods: 'unsafe' }),
        method,
      ),
    ).toBe(isUnsafe)
  })

  test('names of methods mean themselves; without any, every request, also one that no route answers', () => {
    const post = hookRecord(() => 1, 'app', { methods: ['POST'] })
    expect([concerns(post, 'POST'), concerns(post, 'PUT'), concerns(post, undefined)]).toEqual([true, false, false])
    expect([
      concerns(
        hookRecord(() => 1, 'app'),
        'PUT',
      ),
      concerns(
        hookRecord(() => 1, 'app'),
        undefined,
      ),
    ]).toEqual([true, true])
  })
})
