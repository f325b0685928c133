import { defineExtension, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'

/** An extension with these checks. */
const part = <const N extends string>(name: N, ...checks: readonly (() => unknown)[]) =>
  defineExtension({
    name,
    version: '1.0.0',
    core: '*',
    config: options({}),
    initApp: (app) => {
      for (const check of checks) {
        app.health(check)
      }
      return {}
    },
  })

const rejects = () => Promise.reject(new Error('the password hunter2 was refused'))

describe.each(DOORS)('checkHealth, through $name', ({ open }) => {
  const cases: readonly (readonly [what: string, checks: readonly (() => unknown)[], isHealthy: boolean])[] = [
    ['no check', [], true],
    ['one that returns nothing', [() => undefined], true],
    ['one that returns what is no sentence', [() => 7, async () => ({})], true],
    [
      'one that throws',
      [
        () => {
          throw new Error('gone')
        },
      ],
      false,
    ],
    ['one that rejects', [rejects], false],
    ['one that gives a sentence', [async () => 'The queue is full.'], false],
    ['one of two that fails', [() => undefined, rejects], false],
    ['one that never ends', [() => new Promise(() => undefined)], false],
  ]
  test.each(cases)('%s', async (_what, checks, isHealthy) => {
    const { send, lines } = await open(
      (app) => {
        app.use(part('one')).use(part('two', ...checks))
        app.get('/health', async (ctx) => {
          const report = await ctx.app.checkHealth()
          return ctx.json(report, report.isHealthy ? 200 : 503)
        })
      },
      { config: { server: { healthTimeoutMs: 20 } } },
    )
    const seen = await send('/health')
    expect([seen.status, seen.json]).toEqual([
      isHealthy ? 200 : 503,
      { isHealthy, extensions: checks.length === 0 ? {} : { two: isHealthy } },
    ])
    expect(seen.text).not.toContain('hunter2')
    expect(lines.map(({ message, fields }) => [message, fields.extension])).toEqual(
      isHealthy ? [] : [["Extension 'two' says that it does not work", 'two']],
    )
  })

  test('checks run at once', async () => {
    let running = 0
    const together = () =>
      new Promise<void>((resolve) => {
        running++
        const look = () => (running === 2 ? resolve() : setImmediate(look))
        look()
      })
    const { app } = await open((made) => made.use(part('one', together)).use(part('two', together)))
    expect(await app.checkHealth()).toEqual({ isHealthy: true, extensions: { one: true, two: true } })
  })
})
