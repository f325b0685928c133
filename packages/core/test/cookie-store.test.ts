import { describe, expect, test, vi } from 'vitest'
import { cookieStore } from '../src/session/cookie-store.ts'
import { createSigner } from '../src/session/signing.ts'
import { vectors, vectorsMissing } from './vectors.ts'

const START = 1_000_000_000_000
const clock = () => vi.fn(() => START)
const make = (now = clock(), keys: readonly string[] = ['k'.repeat(40)]) => cookieStore(createSigner(keys, 'session'), now)

describe('cookieStore', () => {
  test('accepts a session until it is maxAge seconds old, and says how old it is', () => {
    const now = clock()
    const store = make(now)
    const cookie = store.save('{"a":1}', null, 60) as string
    const ages: readonly (readonly [seconds: number, age: number | null])[] = [
      [0, 0],
      [60, 60],
      [61, null],
      [-5, -5],
    ]
    for (const [seconds, age] of ages) {
      now.mockReturnValue(START + seconds * 1000)
      expect(store.load(cookie, 60)).toEqual(age === null ? null : { text: '{"a":1}', age })
    }
  })

  test('renewing signs the same text anew, unless it has ended', () => {
    const now = clock()
    const store = make(now)
    const cookie = store.save('{"ü":"世界"}', null, 60) as string
    now.mockReturnValue(START + 50_000)
    const renewed = store.renew(cookie, 60) as string
    now.mockReturnValue(START + 100_000)
    expect(store.load(renewed, 60)).toEqual({ text: '{"ü":"世界"}', age: 50 })
    expect([store.load(cookie, 60), store.renew(cookie, 60), store.renew('x', 60)]).toEqual([null, null, null])
  })

  test('refuses a signature that is another text for the same bytes', () => {
    const store = make()
    const cookie = store.save('{"a":1}', null, 60) as string
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const twin = cookie.slice(0, -1) + alphabet[alphabet.indexOf(cookie.at(-1) ?? '') ^ 1]
    const bytes = (text: string) => Buffer.from(text.split('.')[2] ?? '', 'base64url')
    expect(bytes(twin)).toEqual(bytes(cookie))
    expect([store.load(cookie, 60) === null, store.load(twin, 60)]).toEqual([false, null])
  })

  test('takes no time that is none, though it be signed', () => {
    const { sign } = createSigner(['k'.repeat(40)], 'session')
    const packed = Buffer.from('{"a":1}').toString('base64url')
    for (const text of [packed, `${packed}.`, `${packed}.-`, `${packed}._`, '.', '']) {
      expect([text, make().load(sign(text), 60)]).toEqual([text, null])
    }
  })
})

interface Signed {
  readonly signed: string
  readonly secret: string | readonly string[]
}
const foreign = vectors<Signed>('itsdangerous.json', 'vectors')

describe(`tokens of itsdangerous${vectorsMissing}`, () => {
  test.skipIf(foreign.length === 0)('none is a session, not by the key that it was signed with either', () => {
    for (const { signed, secret } of foreign) {
      expect([signed, make(clock(), [secret, 'k'.repeat(40)].flat()).load(signed, 1e9)]).toEqual([signed, null])
    }
  })

  test.skipIf(foreign.length === 0)('what its tests alter in a token is refused in ours', () => {
    const store = make()
    const ours = (store.save('{"user":1,"csrf":"a.b-c_d"}', null, 60) as string).split('.')
    const theirs = 'eyJ1c2VyIjoxLCJjc3JmIjoiYS5iLWNfZCJ9.ZVPxAA.DpVC_4DEZbA64XpZuuZlNnbPVvk'.split('.')
    let count = 0
    for (const { token } of vectors<{ token: string }>('itsdangerous.json', 'tampered.rows')) {
      // The same alteration: parts of theirs that are whole become the parts of ours.
      const altered = theirs.reduce((text, part, index) => text.replace(part, ours[index] ?? ''), token)
      const isWhole = altered === ours.join('.')
      count += isWhole ? 0 : 1
      expect([altered, store.load(altered, 60) !== null]).toEqual([altered, isWhole])
    }
    expect(count).toBe(43)
  })
})
