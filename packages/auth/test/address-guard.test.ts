import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildConnector } from 'undici/index.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { guardedConnector, isPublicAddress } from '../src/address-guard.ts'
import { isBlocked, ProviderHttp } from '../src/provider-http.ts'

describe('isPublicAddress', () => {
  it.each<[string]>([['8.8.8.8'], ['1.1.1.1'], ['172.32.0.1'], ['100.128.0.1'], ['2606:4700::1111'], ['2a00:1450:4001::5']])(
    'takes %s for public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )

  it.each<[string | undefined]>([
    ['0.0.0.0'],
    ['10.1.2.3'],
    ['100.64.0.1'],
    ['127.0.0.1'],
    ['127.255.255.254'],
    ['169.254.169.254'],
    ['172.16.0.1'],
    ['172.31.255.255'],
    ['192.168.1.1'],
    ['198.18.0.1'],
    ['224.0.0.1'],
    ['240.0.0.1'],
    ['255.255.255.255'],
    ['::'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['::ffff:8.8.8.8'],
    ['::ffff:7f00:1'],
    ['64:ff9b::7f00:1'],
    ['fe80::1'],
    ['fe80::1%eth0'],
    ['fc00::1'],
    ['fd12:3456::1'],
    ['ff02::1'],
    ['2001:db8::1'],
    ['2002:7f00:1::'],
    ['localhost'],
    [''],
    [undefined],
  ])('does not take %s for public', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })
})

describe('guardedConnector', () => {
  let server: Server
  let port: number
  let requests = 0
  let connections = 0

  beforeAll(async () => {
    server = createServer((_request, response) => {
      requests += 1
      response.end('{}')
    })
    server.on('connection', () => {
      connections += 1
    })
    server.listen(0)
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })

  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it.each<[string]>([
    ['localhost'],
    ['127.0.0.1'],
    ['127.1'],
    ['2130706433'],
    ['0x7f000001'],
    ['0177.0.0.1'],
    ['0.0.0.0'],
    ['[::1]'],
    ['[::ffff:127.0.0.1]'],
  ])('connects to nobody for http://%s', async (host) => {
    const http = new ProviderHttp({ timeoutMs: 2000, maxBytes: 1000, allowPrivateNetworks: false })
    const before = { requests, connections }
    const error = await http.fetch(`http://${host}:${port}/`).catch((reason: unknown) => reason)
    await http.close()
    expect(isBlocked(error)).toBe(true)
    expect({ requests, connections }).toEqual(before)
  })

  it('looks at the address that was connected to, whatever the name was said to be', async () => {
    const connect = guardedConnector(
      ({ lookup: _, ...options }: buildConnector.BuildOptions & { lookup?: unknown } = {}) => buildConnector(options),
      2000,
    )
    const error = await new Promise((resolve) =>
      connect({ hostname: 'localhost', protocol: 'http:', port: String(port) }, (...[reason]) => resolve(reason)),
    )
    expect(isBlocked(error)).toBe(true)
  })

  it('stands aside where private networks are allowed', async () => {
    const http = new ProviderHttp({ timeoutMs: 2000, maxBytes: 1000, allowPrivateNetworks: true })
    expect((await http.fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
    await http.close()
  })

  it('proves at start that it is in force', async () => {
    const http = new ProviderHttp({ timeoutMs: 2000, maxBytes: 1000, allowPrivateNetworks: false })
    await expect(http.checkGuard()).resolves.toBeUndefined()
    await http.close()
  })
})
