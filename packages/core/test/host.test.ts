import { describe, expect, test } from 'vitest'
import { isHost, isTrustedHost } from '../src/http/host.ts'
import { detachedSource, type Source } from '../src/http/source.ts'
import { publicHost, publicUrl } from '../src/request/proxy.ts'
import { vectors, vectorsMissing } from './vectors.ts'

describe('isHost', () => {
  test.each(['a', 'example.org', 'a.b:80', 'my_service:3000', '127.0.0.1', '[::1]', '[::ffff:1.2.3.4]:443', 'a:', 'EXAMPLE.org.'])(
    '%s',
    (host) => {
      expect(isHost(host)).toBe(true)
    },
  )

  test.each(['', ' ', 'a b', 'a/b', 'a?', 'a#b', 'a@b', 'a:b', 'a:1:2', 'a:123456', 'a, a', '[z]', '::1', 'ü', 'a\\b', '%61'])(
    '%j is none',
    (host) => {
      expect(isHost(host)).toBe(false)
    },
  )
})

describe('isTrustedHost', () => {
  const rows: readonly (readonly [host: string, trusted: readonly string[], verdict: boolean])[] = [
    ['example.org', ['example.org'], true],
    ['EXAMPLE.ORG', ['example.org'], true],
    ['example.org.', ['example.org'], true],
    ['example.org:8080', ['example.org'], true],
    ['example.org', ['example.org:8080'], true],
    ['a.example.org', ['example.org'], false],
    ['a.example.org', ['.example.org'], true],
    ['a.b.example.org', ['.example.org'], true],
    ['example.org', ['.example.org'], true],
    ['badexample.org', ['.example.org'], false],
    ['example.org.evil.example', ['example.org', '.example.org'], false],
    ['example.org@evil.example', ['example.org'], false],
    ['[::1]:3000', ['[::1]'], true],
    ['localhost', ['example.org', 'localhost'], true],
    ['', ['.example.org'], false],
    ['example.org', [], false],
  ]
  test.each(rows)('%j of %j: %s', (host, trusted, verdict) => {
    expect(isTrustedHost(host, trusted)).toBe(verdict)
  })
})

interface Row {
  readonly fn: string
  readonly args: readonly unknown[]
  readonly kw?: { readonly [name: string]: string }
  readonly result: unknown
}

const source = (scheme: string, target: string, headers: { readonly [name: string]: string }): Source => ({
  ...detachedSource(),
  scheme,
  target,
  header: (name) => headers[name],
})
const alone = { trustedProxies: 0, forwardedHeaders: [] } as const

describe(`hosts of werkzeug's table${vectorsMissing}`, () => {
  const all = vectors<Row>('werkzeug-http.json', 'rows')

  test.skipIf(all.length === 0)('without a list, a host is trusted where it is one', () => {
    const hosts = all.filter(({ fn }) => fn === 'sansio.host_is_trusted')
    expect(hosts).toHaveLength(9)
    for (const { args, result } of hosts) {
      expect(isHost(String(args[0])), String(args[0])).toBe(result)
    }
  })

  test.skipIf(all.length === 0)('is read without the default port of its scheme, and refused where it is none', () => {
    // Those with an address of the server's own in the place of the header are HTTP/1.0 alone: there the host is `localhost`.
    const hosts = all.filter(({ fn, args }) => fn === 'sansio.get_host' && typeof args[1] === 'string')
    expect(hosts.length).toBeGreaterThan(14)
    for (const { args, result } of hosts) {
      const [scheme = '', host = ''] = args as readonly string[]
      const asked = source(scheme.replace('ws', 'http'), '/', { host })
      if (result === '') {
        expect(() => publicUrl(asked, alone), host).toThrow('The request has no valid host.')
      } else {
        expect(publicUrl(asked, alone).host, `${scheme} ${host}`).toBe(result)
      }
    }
  })

  test.skipIf(all.length === 0)('the URL is put together of scheme, host, prefix, path and query', () => {
    const urls = all.filter(({ fn, kw }) => fn === 'sansio.get_current_url' && kw?.path !== undefined)
    expect(urls).toHaveLength(18)
    for (const { kw = {}, result } of urls) {
      const query = Buffer.from((kw.query_string as unknown as { bytes?: string } | undefined)?.bytes ?? '', 'hex').toString()
      const behind = source(kw.scheme ?? '', `${kw.path}${query === '' ? '' : `?${query}`}`, {
        host: kw.host ?? '',
        'x-forwarded-prefix': kw.root_path ?? '',
      })
      expect(publicUrl(behind, { trustedProxies: 1, forwardedHeaders: ['prefix'] }).href).toBe(result)
    }
  })
})

describe('publicHost', () => {
  test('without a Host, as HTTP/1.0 allows, is localhost', () => {
    expect(publicHost(source('http', '/', {}), alone)).toBe('localhost')
  })
})
