import { describe, expect, test } from 'vitest'
import { parseAuthorization } from '../src/http/authorization.ts'

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('parseAuthorization', () => {
  const rows: readonly (readonly [value: string | undefined, credentials: object | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    ['Bearer abc.def-ghi_~+/==', { scheme: 'bearer', token: 'abc.def-ghi_~+/==' }],
    ['BEARER   abc', { scheme: 'bearer', token: 'abc' }],
    ['Negotiate', { scheme: 'negotiate', token: undefined }],
    [basic('user:pass'), { scheme: 'basic', username: 'user', password: 'pass' }],
    [basic('user:'), { scheme: 'basic', username: 'user', password: '' }],
    [basic(':pass'), { scheme: 'basic', username: '', password: 'pass' }],
    [basic('user:with:colons'), { scheme: 'basic', username: 'user', password: 'with:colons' }],
    [basic('jürgen:grün'), { scheme: 'basic', username: 'jürgen', password: 'grün' }],
    [basic('no colon'), undefined],
    [`Basic ${Buffer.from([0xff, 0x3a]).toString('base64')}`, undefined],
    ['Basic !!!', undefined],
    ['Basic', undefined],
    [
      'Digest username="Mu\\"fasa", realm="a, b", qop=auth, nc=00000001',
      { scheme: 'digest', token: undefined, parameters: { username: 'Mu"fasa', realm: 'a, b', qop: 'auth', nc: '00000001' } },
    ],
    ['Digest username="never closed', undefined],
    ['Digest a=1, a=2', undefined],
    ['Digest a b', undefined],
    ['Bearer a b', undefined],
    ['(no scheme) x', undefined],
  ]
  test.each(rows)('%s', (value, credentials) => {
    const read = parseAuthorization(value)
    if (credentials === undefined) {
      expect(read).toBeUndefined()
    } else {
      expect(read).toMatchObject(credentials)
    }
  })
})
