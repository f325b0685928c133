import { defineExtension, options, PHASES, type Phase, type Setup } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS, errorsOf } from './both.ts'

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
})
