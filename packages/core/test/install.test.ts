import { readFileSync } from 'node:fs'
import { defineExtension, type Member, Micro, micro, need, option, options, type Setup } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { reservedNames } from '../src/extension/reserved.ts'
import { detachedSource } from '../src/http/source.ts'
import { RequestContext } from '../src/request/request-context.ts'
import { microErrorOf } from './micro-error-of.ts'

const app = () => micro(import.meta, { env: {}, mode: 'test' })

type Loose = Parameters<typeof defineExtension>[0]
const extension = (parts: Partial<Loose> = {}) =>
  defineExtension({ name: 'x', version: '1.0.0', core: '^1.0.0', config: options({}), initApp: () => ({}), ...parts } as Loose)

/** `use` without the compiler's opinion: what JavaScript would see. */
const use = (to: Micro, ...values: readonly unknown[]): Micro => values.reduce<Micro>((at, value) => at.use(value as never), to)

describe('app.use', () => {
  describe('checks (P07)', () => {
    const db = extension({ name: 'db', version: '1.4.0' })
    const needy = (range?: string) => extension({ name: 'auth', needs: { db: need<Member>(range) } })
    const foreign = { ...extension(), protocol: 2, [Symbol.for('micro.extension')]: { name: 'x', version: '1.0.0', core: '^1.0.0' } }
    const cases: readonly (readonly [code: string, install: readonly unknown[], says: readonly string[]])[] = [
      ['MICRO_PROTOCOL', [foreign], ["'x'", 'protocol 2', 'protocol 1']],
      ['MICRO_CORE_RANGE', [extension({ core: '^2.0.0' })], ["'x' 1.0.0", '^2.0.0', '@micro/core 1.', 'npm install']],
      ['MICRO_NAME_RESERVED', [extension({ name: 'render' })], ["extension 'render': 'render' is a member of core's own", '.as(']],
      ['MICRO_NAME_TAKEN', [db, db], ["extension 'db' is already installed (version 1.4.0)", '.as(']],
      ['MICRO_NEED_MISSING', [needy()], ["'auth' needs 'db', which is not installed", 'npm install @micro/db']],
      ['MICRO_NEED_MISSING', [extension({ needs: { mailer: need<Member>() } })], ["'x' needs 'mailer'", 'app.mailer']],
      ['MICRO_NEED_RANGE', [db, needy('^2.0.0')], ["'auth' needs 'db' ^2.0.0", 'implements 1.4.0']],
      ['MICRO_NEED_RANGE', [extension({ name: 'db', version: '2.0.0', implements: '1.0.0' }), needy('^2')], ['implements 1.0.0']],
      ['MICRO_CONFIG_INVALID', [extension({ config: options({ size: option.int() }), options: { size: 'x' } as never })], ['x.size = "x"']],
      ['MICRO_CONFIG_SCHEMA', [extension({ config: {} as never })], ["'x'"]],
      ['MICRO_INIT_ASYNC', [extension({ initApp: (async () => ({})) as never })], ["'x'", 'app.onStart()']],
      ['MICRO_EXTENSION_INVALID', [() => db], ['.use()', 'a function (was it meant to be called?)']],
      ['MICRO_EXTENSION_INVALID', [null], ['null']],
      ['MICRO_EXTENSION_INVALID', [{ name: 'x' }], ['object']],
    ]
    test.each(cases)('%s', async (code, install, says) => {
      const error = await microErrorOf(() => use(app(), ...install))
      expect(error.code).toBe(code)
      for (const part of says) {
        expect(error.message).toContain(part)
      }
    })

    const order: readonly (readonly [code: string, parts: Partial<Loose>])[] = [
      ['MICRO_CORE_RANGE', { core: '^9.0.0' }],
      ['MICRO_NAME_RESERVED', { name: 'render' }],
      ['MICRO_NEED_MISSING', { needs: { absent: need<Member>() } }],
      ['MICRO_CONFIG_INVALID', { config: options({ size: option.int() }), options: { size: 'x' } as never }],
    ]
    test.each(
      order.map(([code], index) => [code, Object.assign({}, ...order.slice(index).map(([, parts]) => parts)) as Partial<Loose>] as const),
    )('%s is found before what comes after it, and initApp is not called', async (code, parts) => {
      let isCalled = false
      const initApp = () => {
        isCalled = true
        return {}
      }
      expect(await microErrorOf(() => use(app(), extension({ ...parts, initApp })))).toMatchObject({ code })
      expect(isCalled).toBe(false)
    })

    test('a need is met by whoever provides the member, at the version it implements', () => {
      const other = extension({ name: 'db', version: '9.0.0', implements: '1.3.0' })
      expect(use(app(), other, needy('^1.2.0')).extensions.get('auth')).toMatchObject({
        needs: [{ name: 'db', range: '^1.2.0', optional: false }],
      })
    })

    test('what it needs stands on the façade, an optional need only where it is met', () => {
      const seen: unknown[] = []
      const one = extension({ name: 'one', initApp: () => ({ app: 'member of one' }) })
      const two = extension({
        name: 'two',
        needs: { one: need<Member>(), three: need.optional<Member>() },
        initApp: (setup) => {
          const { one: first, three } = setup as Setup & { one?: unknown; three?: unknown }
          seen.push(first, three, 'three' in setup)
          return {}
        },
      })
      use(app(), one, two)
      expect(seen).toEqual(['member of one', undefined, false])
    })

    test('MICRO_NEED_ORDER: what is needed optionally may not come after it, where it would be overlooked', async () => {
      const auth = extension({ name: 'auth', needs: { mailer: need.optional<Member>() } })
      const mailer = extension({ name: 'mailer' })
      const error = await microErrorOf(() => use(app(), auth, mailer))
      expect(error.code).toBe('MICRO_NEED_ORDER')
      expect(error.message).toContain(
        "'auth' needs 'mailer', which is installed after it: put the .use() of 'mailer' before the one of 'auth'.",
      )
      expect(use(app(), mailer, auth).extensions.size).toBe(2)
    })
  })

  describe('reserved names', () => {
    test('are all one-word members of app, context, configuration and façade', () => {
      const made = app()
      const members = (value: object): string[] =>
        value === Object.prototype ? [] : [...Object.getOwnPropertyNames(value), ...members(Object.getPrototypeOf(value) as object)]
      let facade: readonly string[] = []
      use(
        made,
        extension({
          initApp: (setup) => {
            facade = Object.keys(setup)
            return {}
          },
        }),
      )
      const context = new RequestContext(made, detachedSource())
      const all = [...members(app()), ...members(context), ...Object.keys(app().config), ...facade]
      const words = new Set(all.filter((name) => /^[a-z][a-z0-9]*$/.test(name)))
      expect([...words, 'then'].sort()).toEqual(reservedNames())
    })

    test('all stand on the reference page', () => {
      const page = readFileSync(new URL('../../../docs/reference/members.md', import.meta.url), 'utf8')
      expect(reservedNames().filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([])
    })

    test.each(reservedNames())('%s is refused', async (name) => {
      expect(await microErrorOf(() => use(app(), extension({ name })))).toMatchObject({ code: 'MICRO_NAME_RESERVED' })
    })

    test('what a subclass has is its own', async () => {
      class Mine extends Micro {
        mailer = 'mine'
      }
      const mine = new Mine(import.meta, { env: {}, mode: 'test' })
      expect(await microErrorOf(() => mine.use(extension({ name: 'mailer' }) as never))).toMatchObject({ code: 'MICRO_NAME_RESERVED' })
      expect(mine.mailer).toBe('mine')
    })
  })
})
