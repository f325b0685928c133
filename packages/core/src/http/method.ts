/** A method as requests name it, `*` for `all`; null for what is none. Methods of any name are in upper case (RFC 9110 section 9.1). */
export function readMethod(given: unknown): string | null {
  if (typeof given !== 'string' || !/^[!#$%&'*+.^_`|~\w-]+$/.test(given)) {
    return null
  }
  return given === 'all' ? '*' : given.toUpperCase()
}
