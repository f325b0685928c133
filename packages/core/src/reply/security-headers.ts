import type { HeadersConfig } from '../config/core-config.ts'
import { coreError } from '../errors/core-errors.ts'
import { checkHeader } from '../http/header.ts'

/** A header that every reply gets, unless it has one of this name itself. */
export interface SecurityHeader {
  readonly name: string
  readonly lowerName: string
  readonly value: string
}

/** The headers that the configuration asks for. @throws MicroError `MICRO_HEADER_INVALID`. */
export function securityHeaders(config: HeadersConfig): readonly SecurityHeader[] {
  const values: { readonly [name: string]: string | undefined } = {
    'X-Content-Type-Options': config.contentTypeOptions ? 'nosniff' : undefined,
    'X-Frame-Options': config.frameOptions === 'off' ? undefined : config.frameOptions,
    'Referrer-Policy': config.referrerPolicy,
    'Content-Security-Policy': config.contentSecurityPolicy,
    'Cross-Origin-Opener-Policy': config.openerPolicy,
    'Strict-Transport-Security': config.strictTransportSecurity,
  }
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined || value === '') {
      return []
    }
    checkHeader(name, value)
    if (/[^\t\x20-\x7e]/.test(value)) {
      throw coreError('MICRO_HEADER_INVALID', { name, problem: 'holds a character outside ASCII, which none of its values has' })
    }
    return [{ name, lowerName: name.toLowerCase(), value }]
  })
}
