import { nameAndValue, splitHeader } from './header-list.ts'

/** Credentials of a request, as `Authorization` has them (RFC 9110 section 11.6.2). */
export interface Authorization {
  /** In lower case: `basic`, `bearer`, `digest`. */
  readonly scheme: string
  /** What follows the scheme where it is one token, such as that of `Bearer`. */
  readonly token: string | undefined
  /** What follows the scheme where it is a list, such as that of `Digest`; names in lower case. */
  readonly parameters: { readonly [name: string]: string | undefined }
  /** User and password of `Basic` (RFC 7617). They are what the client claims: compare them in constant time. */
  readonly username: string | undefined
  readonly password: string | undefined
}

const NO_PARAMETERS: Authorization['parameters'] = Object.freeze(Object.create(null))

/** Reads credentials; undefined where there are none, or none that are well-formed. */
export function parseAuthorization(value: string | null | undefined): Authorization | undefined {
  const match = /^\s*([!#$%&'*+\-.^_`|~\w]+)(?: +(.*))?$/.exec(value ?? '')
  if (match === null) {
    return undefined
  }
  const scheme = (match[1] as string).toLowerCase()
  const rest = (match[2] ?? '').trim()
  if (scheme === 'basic') {
    return basic(rest)
  }
  const none = { username: undefined, password: undefined }
  if (rest === '' || /^[A-Za-z0-9\-._~+/]+=*$/.test(rest)) {
    return { scheme, token: rest === '' ? undefined : rest, parameters: NO_PARAMETERS, ...none }
  }
  const parameters = readParameters(rest)
  return parameters === undefined ? undefined : { scheme, token: undefined, parameters, ...none }
}

function readParameters(text: string): Authorization['parameters'] | undefined {
  const parameters: { [name: string]: string } = Object.create(null)
  for (const part of splitHeader(text, ',') ?? ['']) {
    const [name, value] = nameAndValue(part)
    if (name === '' || value === undefined || name in parameters) {
      return undefined
    }
    parameters[name] = value
  }
  return parameters
}

function basic(token: string): Authorization | undefined {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(token), (char) => char.charCodeAt(0)))
  } catch {
    return undefined
  }
  const colon = text.indexOf(':')
  return colon < 0
    ? undefined
    : { scheme: 'basic', token, parameters: NO_PARAMETERS, username: text.slice(0, colon), password: text.slice(colon + 1) }
}
