/** Hosts as `Host` names them (RFC 9110 section 7.2): a name, an IPv4 address or an IPv6 one in brackets, and a port. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i

/** Whether a text is a host. */
export function isHost(text: string): boolean {
  return HOST.test(text)
}

/** Whether a host is one of those trusted, its port aside. `.example.org` stands for `example.org` and every host below it. */
export function isTrustedHost(host: string, trusted: readonly string[]): boolean {
  if (!isHost(host)) {
    return false
  }
  const name = nameOf(host)
  return trusted.some((entry) => {
    const own = nameOf(entry.startsWith('.') ? entry.slice(1) : entry)
    return name === own || (entry.startsWith('.') && name.endsWith(`.${own}`))
  })
}

/** Without port, in lower case, and without the dot at the end that a full name may have. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase().replace(/\.$/, '')
}
