import { abort, type Micro, type MicroOptions, micro } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS, type Seen } from './both.ts'
import { microErrorOf } from './micro-error-of.ts'
import { directory } from './template-site.ts'

const NAMES = [
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'content-security-policy',
  'cross-origin-opener-policy',
  'strict-transport-security',
]

const sent = ({ headers }: Seen) => Object.fromEntries(NAMES.flatMap((name) => (headers.has(name) ? [[name, headers.get(name)]] : [])))
const DEFAULT = { 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' }

const told = (headers: object): MicroOptions => ({ config: { headers } })

function replies(app: Micro): void {
  app.get('/text', () => 'x')
  app.get('/json', () => ({ a: 1 }))
  app.get('/bytes', () => new Uint8Array(3))
  app.get('/stream', async function* () {
    yield 'x'
  })
  app.get('/none', (ctx) => ctx.reply(null, 204))
  app.get('/moved', (ctx) => ctx.redirect('/'))
  app.get('/native', () => new Response('x', { headers: { 'X-Own': '1' } }))
  app.get('/slash/', () => 'x')
  app.get('/fail', () => abort(503))
  app.mount('/inside', () => new Response('x'))
}

describe.each(DOORS)('securityHeaders through $name', ({ open }) => {
  test.each([
    ...['/text', '/json', '/bytes', '/stream', '/none', '/moved', '/native', '/inside/x', '/slash', '/missing', '/fail'],
    '/static/a.txt',
  ])('%s has them', async (path) => {
    const { send } = await open(replies, { root: directory({ 'static/a.txt': 'x' }) })
    for (const method of ['GET', 'HEAD']) {
      expect([method, sent(await send(path, { method }))]).toEqual([method, DEFAULT])
    }
  })

  test.each<[what: string, prepare: (app: Micro) => unknown]>([
    [
      'a handler',
      (app) =>
        app.get('/', (ctx) => {
          ctx.setHeader('x-frame-options', 'DENY')
          return 'x'
        }),
    ],
    ['a hook', (app) => app.get('/', () => 'x').afterRequest((ctx) => ctx.setHeader('X-FRAME-OPTIONS', 'DENY'))],
    ['a native response', (app) => app.get('/', () => new Response('x', { headers: { 'X-Frame-Options': 'DENY' } }))],
    ['an error', (app) => app.get('/', () => abort(403, 'No.', { headers: { 'X-Frame-Options': 'DENY' } }))],
  ])('what %s sets stays', async (_, prepare) => {
    const { send } = await open(prepare)
    expect(sent(await send('/'))).toEqual({ ...DEFAULT, 'x-frame-options': 'DENY' })
  })

  test('each can be left out, and others asked for', async () => {
    const off = await open(replies, told({ contentTypeOptions: false, frameOptions: 'off' }))
    expect(sent(await off.send('/text'))).toEqual({})
    const all = await open(
      replies,
      told({
        frameOptions: 'DENY',
        referrerPolicy: 'same-origin',
        contentSecurityPolicy: "default-src 'self'",
        openerPolicy: 'same-origin',
        strictTransportSecurity: 'max-age=31536000',
      }),
    )
    expect(sent(await all.send('/json'))).toEqual({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'content-security-policy': "default-src 'self'",
      'cross-origin-opener-policy': 'same-origin',
      'strict-transport-security': 'max-age=31536000',
    })
  })
})

describe('securityHeaders', () => {
  test.each(["default-src 'self';\n", "default-src 'self'; report-uri /é"])('%j is refused at start', async (contentSecurityPolicy) => {
    const app = micro(import.meta, { mode: 'test', env: {}, ...told({ contentSecurityPolicy }) })
    expect((await microErrorOf(() => app.start())).code).toBe('MICRO_HEADER_INVALID')
  })
})
