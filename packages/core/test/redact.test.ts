import { describe, expect, test } from 'vitest'
import { isSecretName, MASK, Redactor } from '../src/log/redact.ts'

const redactor = new Redactor(
  () => ['s3cr3t-value', 'short', 'a+b(c)*'],
  () => ['iban'],
)

describe('isSecretName', () => {
  test.each([
    ...[
      'password',
      'newPassword',
      'PASSWD',
      'passphrase',
      'pwd',
      'secret',
      'clientSecret',
      'client_secret',
      'secretKey',
      'token',
      'access_token',
    ],
    ...[
      'authorization',
      'Proxy-Authorization',
      'cookie',
      'Set-Cookie',
      'X-Api-Key',
      'apiKey',
      'private.key',
      'credentials',
      'jwt',
      'sessionId',
      'tokens',
    ],
  ])('%s is one', (name) => expect(isSecretName(name)).toBe(true))

  test.each(['user', 'tokenCount', 'cookieName', 'path', 'author', 'keyboard', 'secretary', 'id'])('%s is none', (name) =>
    expect(isSecretName(name)).toBe(false),
  )
})

describe('Redactor', () => {
  test.each<[what: string, given: unknown, plain: unknown]>([
    ['a name, at any depth', { a: [{ user: { password: 'x', name: 'Ada' } }] }, { a: [{ user: { password: MASK, name: 'Ada' } }] }],
    [
      'a name that stands for more',
      { headers: { cookie: ['a=1', 'b=2'] }, credentials: { user: 'x' } },
      { headers: { cookie: MASK }, credentials: MASK },
    ],
    ['a name of one’s own', { IBAN: 'DE00' }, { IBAN: MASK }],
    [
      'a map',
      new Map([
        ['token', 'x'],
        ['a', '1'],
      ]),
      { token: MASK, a: '1' },
    ],
    ['what is not there', { password: undefined, token: null, hasPassword: true }, { password: undefined, token: null, hasPassword: true }],
    ['a secret value, wherever it stands', { url: 'x://s3cr3t-value@y', list: ['a+b(c)*'] }, { url: `x://${MASK}@y`, list: [MASK] }],
    ['no value that is too common', { text: 'a short text' }, { text: 'a short text' }],
  ])('masks %s', (_, given, plain) => expect(redactor.plain(given)).toEqual(plain))

  test('tells of errors with what they carry, causes and gathered ones', () => {
    const error = Object.assign(new Error('no s3cr3t-value', { cause: new AggregateError([new TypeError('one'), 'two'], 'both') }), {
      code: 'E_X',
      password: 'x',
    })
    expect(redactor.plain({ error })).toMatchObject({
      error: {
        name: 'Error',
        message: `no ${MASK}`,
        code: 'E_X',
        password: MASK,
        stack: expect.stringContaining(`Error: no ${MASK}\n    at `),
        cause: { name: 'AggregateError', message: 'both', errors: [{ name: 'TypeError', message: 'one' }, 'two'] },
      },
    })
  })

  test.each<[what: string, make: () => unknown, plain: unknown]>([
    [
      'what holds itself',
      () => {
        const loop: { self?: unknown; list?: unknown } = {}
        loop.self = loop
        loop.list = [loop, 1]
        return loop
      },
      { self: '[…]', list: ['[…]', 1] },
    ],
    [
      'what is too deep',
      () => ({ a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } }),
      { a: { b: { c: { d: { e: { f: { g: { h: '[…]' } } } } } } } },
    ],
    ['long lists', () => Array.from({ length: 1000 }, () => 0), [...Array.from({ length: 200 }, () => 0), '[…]']],
    ['bytes', () => new Uint8Array(9), '[9 bytes]'],
    ['functions and symbols', () => [function named() {}, Symbol('s'), 5n], ['[function named]', 'Symbol(s)', '5']],
    ['dates, by their toJSON', () => new Date(0), '1970-01-01T00:00:00.000Z'],
  ])('cuts or names %s', (_, make, plain) => expect(redactor.plain(make())).toEqual(plain))

  test('a thing that stands twice is written twice', () => {
    const once = { a: 1 }
    expect(redactor.plain([once, once])).toEqual([{ a: 1 }, { a: 1 }])
  })

  test('secrets that come later are masked from then on', () => {
    const secrets: string[] = []
    const growing = new Redactor(() => secrets)
    expect(growing.text('later-secret')).toBe('later-secret')
    secrets.push('later-secret')
    expect(growing.text('later-secret')).toBe(MASK)
  })
})
