/**
 * Keeps requests to addresses that others choose away from this machine and its networks (server-side request forgery, CWE-918): an
 * undici connector that looks at the address in the URL, at what names resolve to, and at the address that was connected to. Looking
 * at one alone is got round by the others.
 */
import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import type { buildConnector } from 'undici/index.js'

/** The reason a request was refused. */
export class BlockedAddressError extends Error {
  readonly code = 'MICRO_AUTH_BLOCKED'

  constructor(address: string) {
    super(`The address ${address} is not on the public internet.`)
    this.name = 'BlockedAddressError'
  }
}

/** What is not on the public internet (IANA special-purpose registries; RFC 6890 and its successors). */
const SPECIAL: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
]

/** Global unicast: all of IPv6 that is public lies in it, IPv4-mapped and translated addresses do not. */
const GLOBAL_IPV6: readonly [string, number, 'ipv6'] = ['2000::', 3, 'ipv6']

let lists: { readonly special: BlockList; readonly global: BlockList } | undefined

/** Whether an IP address is on the public internet. */
export function isPublicAddress(address: string | undefined): boolean {
  const family = isIP(address ?? '')
  if (address === undefined || family === 0) {
    return false
  }
  lists ??= { special: listOf(SPECIAL), global: listOf([GLOBAL_IPV6]) }
  if (family === 4) {
    return !lists.special.check(address, 'ipv4')
  }
  const plain = address.replace(/%.*$/, '')
  return lists.global.check(plain, 'ipv6') && !lists.special.check(plain, 'ipv6')
}

/** Makes the connector. `build` is undici's `buildConnector`. */
export function guardedConnector(build: typeof buildConnector, timeoutMs: number): buildConnector.connector {
  const connect = build({ timeout: timeoutMs, allowH2: false, lookup: guardedLookup })
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) !== 0 && !isPublicAddress(host)) {
      callback(new BlockedAddressError(host), null)
      return
    }
    connect(options, (...result) => {
      const [error, socket] = result
      if (error === null && !isPublicAddress(socket.remoteAddress)) {
        socket.destroy()
        callback(new BlockedAddressError(socket.remoteAddress ?? host), null)
      } else {
        callback(...result)
      }
    })
  }
}

/** Resolves a name, and refuses it if any of its addresses is not public. */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const blocked = error === null ? addresses.find(({ address }) => !isPublicAddress(address)) : undefined
    const [first] = addresses ?? []
    if (error !== null || first === undefined || blocked !== undefined) {
      callback(error ?? new BlockedAddressError(blocked?.address ?? hostname), options.all ? [] : '', 0)
    } else if (options.all) {
      callback(null, addresses)
    } else {
      callback(null, first.address, first.family)
    }
  })
}

function listOf(networks: typeof SPECIAL): BlockList {
  const list = new BlockList()
  for (const [network, prefix, family] of networks) {
    list.addSubnet(network, prefix, family)
  }
  return list
}
