import { defineExtension, type MicroOptions, micro, option, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { runModule } from './child.ts'
import { microErrorOf } from './micro-error-of.ts'

/** An extension with state of each app, config, a context member and hooks. */
const counter = (given: { readonly step?: number } = {}) =>
  defineExtension({
    name: 'counter',
    version: '1.2.3',
    core: '^1.0.0',
    config: options({ step: option.int({ default: 1 }) }),
    options: given,
    initApp: (app, config) => {
      const count = { value: 0, isStopped: false }
      app.onStop(() => {
        count.isStopped = true
      })
      app.beforeRequest(() => {
        count.value += config.step
      })
      return { app: count, context: (ctx) => `${ctx.path} ${config.step}` }
    },
  })

const make = (extension: ReturnType<typeof counter>, options: MicroOptions) => {
  const app = micro(import.meta, { env: {}, mode: 'test', ...options }).use(extension)
  app.get('/:n', async (ctx) => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    return ctx.counter
  })
  return app
}

describe('defineExtension', () => {
  describe('the factory (P01)', () => {
    test('importing core and making an extension opens nothing, starts no timer, and reads no variable of Micro', async () => {
      const child = runModule(`
        const read = []
        process.env = new Proxy(process.env, {
          get: (env, name) => (read.push(name), env[name]),
          ownKeys: (env) => (read.push('all of them'), Reflect.ownKeys(env)),
        })
        const before = process.getActiveResourcesInfo()
        const { defineExtension, options } = await import('@micro/core')
        const extension = defineExtension({ name: 'x', version: '1.0.0', core: '*', config: options({}), initApp: () => { throw 1 } })
        const after = process.getActiveResourcesInfo()
        console.log(JSON.stringify({ name: extension.name, more: after.length - before.length, read: read.filter((name) => /micro|all/i.test(String(name))) }))
      `)
      const { code } = await child.ended()
      expect(child.output.stderr).toBe('')
      expect(code).toBe(0)
      expect(JSON.parse(child.output.stdout)).toEqual({ name: 'x', more: 0, read: [] })
    })
  })

  describe('the value (P02)', () => {
    test('is frozen', () => {
      const extension = counter()
      expect(Object.isFrozen(extension)).toBe(true)
      expect(() => Object.assign(extension, { name: 'other' })).toThrow(TypeError)
    })

    test('two apps with different configuration behave by their own, also under interleaved requests', async () => {
      const extension = counter({ step: 2 })
      const one = make(extension, {})
      const other = make(extension, { config: { counter: { step: 5 } } })
      const [first, second] = [one.client(), other.client()]
      const replies = await Promise.all([first.get('/a'), second.get('/b'), first.get('/c'), second.get('/d')])
      expect(await Promise.all(replies.map((reply) => reply.text()))).toEqual(['/a 2', '/b 5', '/c 2', '/d 5'])
      expect([one.counter.value, other.counter.value]).toEqual([4, 10])
      await one.stop()
      expect([one.counter.isStopped, other.counter.isStopped]).toEqual([true, false])
      expect(await (await second.get('/e')).text()).toBe('/e 5')
      await other.stop()
    })

    test('after a hundred apps made, used and stopped, none is reachable', async () => {
      const child = runModule(
        `
        import { defineExtension, micro, options } from '@micro/core'
        import { serve } from '@micro/core/node'
        const extension = defineExtension({ name: 'x', version: '1.0.0', core: '*', config: options({}), initApp: (app) => {
          app.onStart(() => {}); app.onStop(() => {}); app.beforeRequest(() => {})
          return { app: {}, context: (ctx) => { ctx.onTeardown(() => {}); return {} } }
        } })
        async function one(index) {
          const app = micro(import.meta, { mode: 'test', env: {} }).use(extension)
          app.get('/', (ctx) => { ctx.session.set('a', 1); return ctx.x })
          if (index % 2 === 0) { await (await app.client().get('/')).text() }
          else { const server = await serve(app, { port: 0 }); await (await fetch(server.url, { headers: { connection: 'close' } })).text() }
          await app.stop()
          return new WeakRef(app)
        }
        const refs = []
        for (let index = 0; index < 100; index++) refs.push(await one(index))
        let left = refs.length
        for (let round = 0; round < 20 && left > 0; round++) {
          await new Promise((resolve) => setTimeout(resolve, 20))
          gc()
          left = refs.filter((ref) => ref.deref() !== undefined).length
        }
        console.log(left)
      `,
        { nodeArgs: ['--expose-gc'] },
      )
      await child.ended()
      expect(child.output).toEqual({ stdout: '0\n', stderr: '' })
    }, 20_000)
  })

  describe('the name (P03)', () => {
    const names: readonly (readonly [name: string, isAccepted: boolean])[] = [
      ['db', true],
      ['db2', true],
      ['Db', false],
      ['my-db', false],
      ['myDb', false],
      ['2db', false],
      ['', false],
      ['a b', false],
      ['__proto__', false],
    ]
    test.each(names)('%j: %s', async (name, isAccepted) => {
      const define = () => defineExtension({ name, version: '1.0.0', core: '*', config: options({}), initApp: () => ({}) })
      if (isAccepted) {
        expect(define().name).toBe(name)
        expect(counter().as('other').name).toBe('other')
        expect(counter().name).toBe('counter')
      } else {
        expect(await microErrorOf(define)).toMatchObject({ code: 'MICRO_EXTENSION_NAME' })
        expect(await microErrorOf(() => counter().as(name))).toMatchObject({ code: 'MICRO_EXTENSION_NAME' })
      }
    })
  })

  test('under another name it has configuration, members and state of its own', async () => {
    const app = micro(import.meta, { env: { MICRO_TALLY__STEP: '7' }, mode: 'test' })
      .use(counter())
      .use(counter({ step: 3 }).as('tally'))
    app.get('/', (ctx) => [ctx.counter, ctx.tally])
    expect(await (await app.client().get('/')).json()).toEqual(['/ 1', '/ 7'])
    expect([app.counter.value, app.tally.value]).toEqual([1, 7])
    await app.stop()
  })
})
