import { micro } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { createSigner } from '../src/session/signing.ts'

const KEY = 'k'.repeat(40)

describe('createSigner', () => {
  test('signs a text so that it, and nothing else, is accepted', () => {
    const { sign, unsign } = createSigner([KEY], 'a')
    const signed = sign('text.with.dots')
    expect(signed).toMatch(/^text\.with\.dots\.[\w-]{43}$/)
    expect(unsign(signed)).toBe('text.with.dots')
    const wrong = [
      '',
      '.',
      'text',
      `${signed}x`,
      signed.slice(0, -1),
      `x${signed}`,
      signed.replace('text', 'test'),
      `${signed.slice(0, -1)}é`,
      signed.slice(signed.lastIndexOf('.')),
    ]
    expect(wrong.map(unsign)).toEqual(wrong.map(() => null))
  })

  test('for one purpose and one key', () => {
    const signed = createSigner([KEY], 'a').sign('x')
    expect(createSigner([KEY], 'b').unsign(signed)).toBeNull()
    expect(createSigner(['o'.repeat(40)], 'a').unsign(signed)).toBeNull()
    expect(createSigner(['o'.repeat(40), KEY], 'a').unsign(signed)).toBe('x')
  })

  test('is HMAC-SHA256 with a key derived by HKDF (a value computed with OpenSSL)', () => {
    // openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt key:$KEY -kdfopt salt:micro -kdfopt info:a HKDF, then openssl dgst -mac HMAC
    expect(createSigner([KEY], 'a').sign('x')).toBe(VECTOR)
  })

  test('app.signer reads the key when it is first used, not before', async () => {
    const app = micro(import.meta, { env: {}, mode: 'production' })
    const signer = app.signer('a')
    expect(() => signer.sign('x')).toThrow('secretKey')
    const other = micro(import.meta, { env: { MICRO_SECRET_KEY: KEY }, mode: 'production' })
    expect(other.signer('a').unsign(other.signer('a').sign('x'))).toBe('x')
  })
})

const VECTOR = 'x.4zHGFqIEWmFE_mPTisdSWlg2vxO6evKPxXebDiF1u-w'
