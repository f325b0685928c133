import { describe, expect, test } from 'vitest'
import { isLocal } from '../src/debug/debug-access.ts'
import { detachedSource } from '../src/http/source.ts'

const LOCAL = { host: 'localhost:3000' }

describe('isLocal', () => {
  test.each<[what: string, address: string | undefined, headers: { readonly [name: string]: string }, expected: boolean]>([
    ['a client on this machine', '127.0.0.1', LOCAL, true],
    ['by another loopback address', '127.8.9.10', LOCAL, true],
    ['by IPv6', '::1', { host: '[::1]:3000' }, true],
    ['by IPv4 within IPv6', '::ffff:127.0.0.1', { host: '127.0.0.1' }, true],
    ['by a name below localhost', '127.0.0.1', { host: 'notes.localhost:3000' }, true],
    ['through a proxy of this machine, for this machine', '127.0.0.1', { ...LOCAL, 'x-forwarded-for': '127.0.0.1, ::1' }, true],
    ['a link from another site', '127.0.0.1', { ...LOCAL, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }, true],
    ['a client elsewhere', '192.168.1.9', LOCAL, false],
    ['one whose address looks like it', '127.0.0.1.evil.example', LOCAL, false],
    ['one of whom no address is known', undefined, LOCAL, false],
    ['a name that was made to lead here (DNS rebinding)', '127.0.0.1', { host: 'evil.example:3000' }, false],
    ['a name that only looks like it', '127.0.0.1', { host: 'localhost.evil.example' }, false],
    ['no host at all', '127.0.0.1', {}, false],
    ['a proxy that speaks for somebody', '127.0.0.1', { ...LOCAL, 'x-forwarded-for': '203.0.113.9' }, false],
    ['a proxy whose client says it is local', '127.0.0.1', { ...LOCAL, 'x-forwarded-for': '127.0.0.1, 203.0.113.9' }, false],
    ['a proxy with another header', '127.0.0.1', { ...LOCAL, 'x-real-ip': '203.0.113.9' }, false],
    ['a proxy with the standard header', '127.0.0.1', { ...LOCAL, forwarded: 'for=127.0.0.1' }, false],
    ['a script of another site', '127.0.0.1', { ...LOCAL, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'empty' }, false],
    ['a frame in another site', '127.0.0.1', { ...LOCAL, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' }, false],
  ])('%s', (_, remoteAddress, headers, expected) => {
    expect(isLocal({ ...detachedSource(), remoteAddress, header: (name) => headers[name] })).toBe(expected)
  })
})
