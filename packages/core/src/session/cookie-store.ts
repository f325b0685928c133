import type { SessionStore } from './session.ts'
import type { Signer } from './signing.ts'

/** Sessions in the cookie itself: `<base64url of the text>.<when it was saved, seconds in base 36>.<signature>`. */
export function cookieStore(signer: Signer, now: () => number = () => Date.now()): SessionStore {
  const seconds = (): number => Math.floor(now() / 1000)
  /** What was signed, its two parts, or null. */
  const read = (cookie: string, maxAge: number) => {
    const signed = signer.unsign(cookie)
    const at = signed?.lastIndexOf('.') ?? -1
    if (signed === null || at < 0) {
      return null
    }
    const age = now() / 1000 - Number.parseInt(signed.slice(at + 1), 36)
    return age <= maxAge ? { packed: signed.slice(0, at), age } : null
  }
  const write = (packed: string): string => signer.sign(`${packed}.${seconds().toString(36)}`)
  return {
    isSynchronous: true,
    load(cookie, maxAge) {
      const found = read(cookie, maxAge)
      return found === null ? null : { text: Buffer.from(found.packed, 'base64url').toString(), age: found.age }
    },
    save: (text) => write(Buffer.from(text).toString('base64url')),
    renew(cookie, maxAge) {
      const found = read(cookie, maxAge)
      return found === null ? null : write(found.packed)
    },
    // The cookie was all there was of it.
    destroy() {},
  }
}
