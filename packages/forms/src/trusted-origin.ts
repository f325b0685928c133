/** The problem with a trusted origin that is not written exactly as browsers send it (RFC 6454 section 6.2), or undefined. */
export function trustedOriginProblem(text: string): string | undefined {
  if (text.includes('*')) {
    return `'${text}' is no origin: list each one, there are no wildcards`
  }
  const origin = URL.canParse(text) ? new URL(text).origin : 'null'
  if (origin === text && /^https?:/.test(text)) {
    return undefined
  }
  const advice = /^https?:\/\/./.test(origin) ? `write ${origin}` : 'write it as https://host or https://host:port'
  return `'${text}' is no origin: ${advice}`
}
