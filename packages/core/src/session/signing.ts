/** Signed texts: HMAC-SHA256 with a key derived for each purpose (RFC 2104, RFC 5869), compared in constant time. */
import type { KeyObject } from 'node:crypto'

type Crypto = typeof import('node:crypto')

let loaded: Crypto | undefined

/** Loaded on first use, so that an app that signs nothing never pays for it. */
function crypto(): Crypto {
  loaded ??= process.getBuiltinModule('node:crypto')
  return loaded
}

/** Signs and checks texts for one purpose. */
export interface Signer {
  /** `text` followed by `.` and its signature (43 characters of base64url). */
  sign(text: string): string
  /** The text that was signed, or null if `signed` was not signed for this purpose with the key or one of the older ones. */
  unsign(signed: string): string | null
}

/** Makes a signer. The first of `secrets` signs; all of them are accepted. */
export function createSigner(secrets: readonly string[], purpose: string): Signer {
  const keys: readonly KeyObject[] = secrets.map((secret) => {
    const { createSecretKey, hkdfSync } = crypto()
    return createSecretKey(new Uint8Array(hkdfSync('sha256', secret, 'micro', purpose, 32)))
  })
  return {
    sign: (text) => `${text}.${mac(keys[0] as KeyObject, text)}`,
    unsign: (signed) => {
      const at = signed.lastIndexOf('.')
      if (at < 0 || signed.length - at !== 44) {
        return null
      }
      const text = signed.slice(0, at)
      const given = signed.slice(at + 1)
      return keys.some((key) => equal(mac(key, text), given)) ? text : null
    },
  }
}

/** A signer whose secrets are asked for on first use. */
export function lazySigner(secrets: () => readonly string[], purpose: string): Signer {
  let signer: Signer | null = null
  const made = (): Signer => {
    signer ??= createSigner(secrets(), purpose)
    return signer
  }
  return { sign: (text) => made().sign(text), unsign: (signed) => made().unsign(signed) }
}

function mac(key: KeyObject, text: string): string {
  return crypto().createHmac('sha256', key).update(text).digest('base64url')
}

function equal(one: string, other: string): boolean {
  const left = Buffer.from(one)
  const right = Buffer.from(other)
  return left.length === right.length && crypto().timingSafeEqual(left, right)
}
