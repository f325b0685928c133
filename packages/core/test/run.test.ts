import { blueprint, defineExtension, type Micro, micro, options } from '@micro/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { microErrorOf } from './micro-error-of.ts'

function made(prepare: (app: Micro) => unknown = () => undefined) {
  const lines: string[] = []
  const app = micro(import.meta, { env: {}, mode: 'test', logSink: ({ message }) => lines.push(message) })
  prepare(app)
  onTestFinished(() => app.stop())
  return { app, lines }
}

describe('app.run', () => {
  test('gives what the function gives, with a context that belongs to no route, made anew each time', async () => {
    const { app } = made((each) => each.get('/', () => 'x'))
    const contexts = await Promise.all([app.run((ctx) => ctx), app.run(async (ctx) => ctx)])
    expect(contexts[0]).not.toBe(contexts[1])
    expect([contexts[0].route, contexts[0].blueprint, contexts[0].app === app]).toEqual([undefined, undefined, true])
  })

  test('starts the app, and has the members of its extensions, closed when the function has ended', async () => {
    const log: string[] = []
    const thing = defineExtension({
      name: 'thing',
      version: '1.0.0',
      core: '*',
      config: options({}),
      initApp: (setup) => {
        setup.onStart(() => log.push('started'))
        return { context: (ctx) => ctx.onTeardown(() => log.push('closed')) ?? 'made' }
      },
    })
    const app = micro(import.meta, { env: {}, mode: 'test' }).use(thing)
    app.teardownRequest(() => log.push('hook'))
    app.beforeRequest(() => log.push('never')).afterRequest(() => log.push('never'))
    expect(await app.run(async (ctx) => [ctx.thing, ...log])).toEqual(['made', 'started'])
    expect(log).toEqual(['started', 'closed', 'hook'])
    await app.stop()
  })

  test('with a request: its path, route, params, query, cookies and session, and no hook or handler', async () => {
    const ran: string[] = []
    const notes = blueprint('notes', import.meta, { prefix: '/notes' })
    notes.get('/:id<int>', { name: 'show' }, () => {
      ran.push('handler')
      return 'x'
    })
    notes.teardownRequest(() => void ran.push('teardown of the blueprint'))
    const { app } = made((each) => {
      each.register(notes).beforeRequest(() => void ran.push('before'))
      each.get('/sign', (ctx) => {
        ctx.session.set('name', 'Ada')
        return 'x'
      })
    })
    const cookie = (await app.client().get('/sign')).headers.getSetCookie()[0]?.split(';')[0] ?? ''
    ran.length = 0
    const request = new Request('https://example.com/notes/7?tab=log', { method: 'GET', headers: { cookie } })
    const seen = await app.run(
      (ctx) => [
        ctx.path,
        ctx.route?.name,
        ctx.blueprint,
        ctx.params,
        ctx.query.get('tab'),
        ctx.url.href,
        ctx.session.get('name'),
        ctx.urlFor('.show', { id: 8 }),
      ],
      request,
    )
    expect(seen).toEqual(['/notes/7', 'notes.show', 'notes', { id: 7 }, 'log', request.url, 'Ada', '/notes/8'])
    expect(ran).toEqual(['teardown of the blueprint'])
    expect(await app.run((ctx) => ctx.route, new Request('http://x/nowhere'))).toBeUndefined()
    expect(
      await app.run(
        (ctx) => ctx.readJson(),
        new Request('http://x/', { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }),
      ),
    ).toEqual({ a: 1 })
  })

  test('a session store that answers later has answered before the function runs', async () => {
    const { app } = made((each) =>
      each.session.store({
        load: async () => ({ text: '{"name":"Ada"}', age: 0 }),
        save: () => 'kept',
        renew: () => 'kept',
        destroy: () => undefined,
      }),
    )
    expect(await app.run((ctx) => ctx.session.get('name'), new Request('http://x/', { headers: { cookie: 'session=a' } }))).toBe('Ada')
  })

  test('an error of the function is thrown, and the teardowns are told of it', async () => {
    const told: unknown[] = []
    const { app, lines } = made((each) => each.teardownRequest((_, error) => void told.push(error)))
    const error = new Error('no')
    await expect(
      app.run((ctx) => {
        ctx.onTeardown((own) => void told.push(own))
        throw error
      }),
    ).rejects.toBe(error)
    expect([told, lines]).toEqual([[error, error], []])
  })

  test('what its teardowns fail with is thrown, several as one AggregateError, unless the function has failed', async () => {
    const { app, lines } = made((each) => each.teardownRequest(() => Promise.reject(new Error('hook'))))
    await expect(app.run(() => 1)).rejects.toThrow('hook')
    const several = await app.run((ctx) => ctx.onTeardown(() => Promise.reject(new Error('own')))).catch((error: unknown) => error)
    expect((several as AggregateError).errors.map(String)).toEqual(['Error: own', 'Error: hook'])
    await expect(app.run(() => Promise.reject(new Error('function')))).rejects.toThrow('function')
    expect(lines).toEqual(['A teardown of GET / failed', '2 teardowns of GET / failed', 'A teardown of GET / failed'])
  })

  test('no reply is to come: afterThisRequest is refused', async () => {
    const { app } = made()
    expect(await microErrorOf(() => app.run((ctx) => ctx.afterThisRequest(() => undefined)))).toMatchObject({ code: 'MICRO_REPLY_MADE' })
  })

  test('a path that cannot be read is the error it is in a request, and the app can be stopped afterwards', async () => {
    const { app } = made()
    await expect(app.run(() => 1, new Request('http://x/%zz'))).rejects.toMatchObject({ status: 400 })
    const began = performance.now()
    await app.stop()
    expect(performance.now() - began).toBeLessThan(1000)
  })
})
