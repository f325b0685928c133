import { domainToASCII } from 'node:url'

/** Characters of the longest address (RFC 5321 section 4.5.3.1.3, without the angle brackets). */
const MAX_CHARACTERS = 254
const MAX_LOCAL_CHARACTERS = 64

/** What `domainToASCII` would take for the end of a domain. */
const NO_DOMAIN = /[/?#:\\]/
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~.-]+$/u
/** Labels of a host name (RFC 1123 section 2.1), the last of which is no number. */
const DOMAIN = /^(?=.{1,253}$)(?!(?:.*\.)?\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

/**
 * An e-mail address as accounts are told apart by it: without surrounding space, in compatibility form (NFKC), in lower case, its domain
 * in ASCII. Normalised first and checked afterwards, so that no look-alike of `@` or of a letter survives the check. Undefined if it is no
 * address.
 */
export function normaliseEmail(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 2 * MAX_CHARACTERS) {
    return undefined
  }
  const text = value.trim().normalize('NFKC').toLowerCase().normalize('NFKC')
  const parts = text.split('@')
  const [local = '', given = ''] = parts
  const domain = NO_DOMAIN.test(given) ? '' : domainToASCII(given)
  if (parts.length !== 2 || local.length > MAX_LOCAL_CHARACTERS || !LOCAL.test(local) || !DOMAIN.test(domain)) {
    return undefined
  }
  const email = `${local}@${domain}`
  return email.length > MAX_CHARACTERS ? undefined : email
}
