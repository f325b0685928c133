import { blueprint, ejsEngine, type Micro, micro, middleware, onSignal } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, test } from 'vitest'
import { microErrorOf } from './micro-error-of.ts'

const make = (): Micro => micro(import.meta, { mode: 'test', env: {} })
const block = middleware(async (ctx) => ctx.text('blocked', 403))
const raw = async (): Promise<string> => 'blocked'
const hello = (): string => 'x'
/** What no compiler has looked at: Node runs TypeScript without one. */
const any = (value: unknown): never => value as never

/** Whether whoever may, is refused by a guard that stands in the wrong place, must not be found out by the first stranger. */
describe('options that are given at set-up', () => {
  const refused: readonly (readonly [code: string, says: string, declare: (app: Micro) => unknown])[] = [
    // Each `void` is for Bun: its engine keeps no frame of a call in tail position, and the place told would be another.
    [
      'MICRO_OPTION_UNKNOWN',
      "has the option 'uses', which is not known. Did you mean 'use'?",
      (app) => void app.get('/a', any({ uses: [block] }), hello),
    ],
    [
      'MICRO_OPTION_UNKNOWN',
      "has the option 'toString', which is not known. Known here: name,",
      (app) => void app.get('/a', any({ toString: 1 }), hello),
    ],
    ['MICRO_OPTION_UNKNOWN', "Did you mean 'maxBytes'?", (app) => void app.route('/a').post(any({ maxByte: 1 }), hello)],
    ['MICRO_OPTION_UNKNOWN', "Did you mean 'use'?", (app) => void app.route('/a', any({ usee: [block] })).get(hello)],
    ['MICRO_OPTIONS_INVALID', 'has a middleware as its options: write it in a list: […]', (app) => void app.get('/c', any(block), hello)],
    ['MICRO_OPTIONS_INVALID', 'has a function as its options: write [middleware(raw)]', (app) => void app.get('/c', any(raw), hello)],
    ['MICRO_OPTIONS_INVALID', 'has a middleware as its options: write', (app) => void app.route('/c', any(block)).get(hello)],
    ['MICRO_OPTIONS_INVALID', 'has a middleware as its options: write', (app) => void app.route('/c').get(any(block), hello)],
    ['MICRO_OPTIONS_INVALID', 'has null as its options: write', (app) => void app.get('/c', any(null), hello)],
    ['MICRO_OPTIONS_INVALID', "has 'name' as its options: write", (app) => void app.get('/c', any('name'), hello)],
    [
      'MICRO_OPTIONS_INVALID',
      'has a middleware as its option use: write it in a list: […]',
      (app) => void app.get('/c', { use: any(block) }, hello),
    ],
    [
      'MICRO_ROUTE_ARGUMENTS',
      'was given 3 arguments after its path',
      (app) => void app.get('/c', ...([[block], hello, hello] as unknown as [() => string])),
    ],
    [
      'MICRO_HANDLER_PARAMS',
      'takes 2 params, and is given ctx alone',
      (app) =>
        void app.get(
          '/d',
          any((_ctx: unknown, _next: unknown) => 'x'),
        ),
    ],
  ]
  test.each(refused)('of a route: %s %s', async (code, says, declare) => {
    const error = await microErrorOf(() => declare(make()))
    expect(error.code).toBe(code)
    expect(error.message).toContain(says)
    expect(error.message).toMatch(/ route \/[acd] at \S*check-options\.test\.ts:\d+ /)
  })

  const elsewhere: readonly (readonly [says: string, declare: (app: Micro) => unknown])[] = [
    [
      "blueprint 'x' has the option 'prefx', which is not known. Did you mean 'prefix'?",
      () => blueprint('x', import.meta, any({ prefx: '/a' })),
    ],
    ["blueprint 'x' has '/a' as its options: write an object", () => blueprint('x', import.meta, any('/a'))],
    [
      "register() of blueprint 'x' has the option 'urlPrefix', which is not known. Did you mean 'prefix'?",
      (app) => app.register(blueprint('x', import.meta), any({ urlPrefix: '/a' })),
    ],
    [
      "register() of blueprint 'y' has '/a' as its options",
      () => blueprint('x', import.meta).register(blueprint('y', import.meta), any('/a')),
    ],
    [
      "A hook of the app has the option 'method', which is not known. Did you mean 'methods'?",
      (app) => app.beforeRequest(hello, any({ method: 'POST' })),
    ],
    ["A hook of blueprint x has the option 'phases'", () => blueprint('x', import.meta).teardownRequest(hello, any({ phases: 'auth' }))],
    ["nameUrl('cdn') has the option 'origins'", (app) => app.nameUrl('cdn', '/a', any({ origins: 'https://cdn.example.com' }))],
    ["middleware() has the option 'need'", () => middleware(any({ need: [] }), any(hello))],
    ["The command 'x' has the option 'flag'", (app) => app.cli.command('x', any({ description: 'x', flag: {} }), hello)],
    ["onSignal() has the option 'ap'", () => onSignal('micro:request:start', () => undefined, any({ ap: 1 }))],
    ["ejsEngine() has the option 'autoEscap', which is not known. Did you mean 'autoescape'?", () => ejsEngine(any({ autoEscap: hello }))],
    ["serve() has the option 'prot', which is not known. Did you mean 'port'?", (app) => serve(app, any({ prot: 0 }))],
  ]
  test.each(elsewhere)('%s', async (says, declare) => {
    const error = await microErrorOf(() => declare(make()))
    expect(error.message).toContain(says)
    expect(['MICRO_OPTION_UNKNOWN', 'MICRO_OPTIONS_INVALID']).toContain(error.code)
  })

  test('may be undefined, one or all, and a handler may have a param with a default', async () => {
    const app = make()
    app.get(
      '/',
      any(undefined),
      any((_ctx: unknown, text = 'x') => text),
    )
    app.get('/a', any({ name: undefined, use: undefined }), hello).register(blueprint('x', import.meta, undefined), undefined)
    expect(await (await app.client().get('/')).text()).toBe('x')
  })
})
