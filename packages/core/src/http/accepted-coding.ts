import { readItems } from './preferences.ts'

/**
 * Which of the content codings at hand a client prefers (RFC 9110 section 12.5.3): the one of the highest quality, the first of
 * equals; null for none, which is the identity.
 */
export function acceptedCoding(header: string | undefined, available: readonly string[]): string | null {
  if (header === undefined || available.length === 0) {
    return null
  }
  // `x-gzip` is another word for gzip (RFC 9110 section 8.4.1.3).
  const qualities = new Map(readItems(header).map(({ value, quality }) => [value === 'x-gzip' ? 'gzip' : value, quality]))
  // Identity is acceptable unless it is refused, but whoever names no quality for it prefers what was named.
  let best: string | null = null
  let most = qualities.get('identity') ?? 0
  for (const coding of available) {
    const quality = qualities.get(coding) ?? qualities.get('*') ?? 0
    if (quality > 0 && (quality > most || (best === null && quality === most))) {
      best = coding
      most = quality
    }
  }
  return best
}
