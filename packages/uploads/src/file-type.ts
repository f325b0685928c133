/**
 * Tells what a file is by its first bytes, from a short list. What the client claims is never asked: see `claimedType` for that.
 * Signatures: PNG (W3C), JPEG (ITU T.81), GIF89a, WebP (RFC 9649), AVIF (ISO/IEC 23000-22), PDF (ISO 32000).
 */

/** Bytes that are looked at. */
export const SNIFF_BYTES = 4096

const EXTENSIONS = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'application/pdf': 'pdf',
  'text/plain': 'txt',
  'application/octet-stream': 'bin',
} as const

/** Types that are told apart. Text is UTF-8 without control characters; everything unknown is `application/octet-stream`. */
export type UploadType = keyof typeof EXTENSIONS

/** All of them. */
export const UPLOAD_TYPES: readonly UploadType[] = Object.keys(EXTENSIONS) as UploadType[]

/** Types of pictures that browsers show. */
export const IMAGE_TYPES: readonly UploadType[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']

/** Types in which a browser runs nothing. */
export const SHOWN_TYPES: readonly UploadType[] = [...IMAGE_TYPES, 'text/plain']

/** The type of a file that begins with `head`: its first `SNIFF_BYTES`, or the whole of a shorter one. */
export function sniffType(head: Uint8Array): UploadType {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, SNIFF_BYTES))
  const text = start.toString('latin1', 0, 12)
  if (text.startsWith('\x89PNG\r\n\x1a\n')) {
    return 'image/png'
  }
  if (text.startsWith('\xff\xd8\xff')) {
    return 'image/jpeg'
  }
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) {
    return 'image/gif'
  }
  if (text.startsWith('RIFF') && text.endsWith('WEBP')) {
    return 'image/webp'
  }
  if (text.slice(4, 8) === 'ftyp' && isAvif(start)) {
    return 'image/avif'
  }
  if (text.startsWith('%PDF-')) {
    return 'application/pdf'
  }
  return isText(start) ? 'text/plain' : 'application/octet-stream'
}

/** The extension under which a type is stored, without the dot. */
export function extensionOf(type: UploadType): string {
  return EXTENSIONS[type]
}

/** The type that is stored under an extension. */
export function typeOfExtension(extension: string): UploadType | undefined {
  return UPLOAD_TYPES.find((type) => EXTENSIONS[type] === extension)
}

/** Whether one of the brands of an ISO base media file's first box is AVIF's. */
function isAvif(start: Buffer): boolean {
  const end = Math.min(start.length < 4 ? 0 : start.readUInt32BE(0), start.length, 256)
  for (let at = 8; at + 4 <= end; at += 4) {
    const brand = start.toString('latin1', at, at + 4)
    // Bytes 12 to 16 are the minor version, which is a number and no brand.
    if (at !== 12 && (brand === 'avif' || brand === 'avis')) {
      return true
    }
  }
  return false
}

function isText(start: Buffer): boolean {
  if (start.length === 0) {
    return false
  }
  for (const byte of start) {
    if (byte < 0x20 ? byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d : byte === 0x7f) {
      return false
    }
  }
  try {
    // `stream` forgives a character that the end cuts in two, which only a longer file can have.
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: start.length === SNIFF_BYTES })
    return true
  } catch {
    return false
  }
}
