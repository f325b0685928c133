/** Builds multipart bodies by hand, so that tests can send what no client would. */

/** A part: a field, or a file where it has a file name. */
export interface PartSpec {
  readonly name: string
  readonly filename?: string
  readonly type?: string
  readonly content: string | Uint8Array
  /** Further header lines, or the whole header where it begins with `!`. */
  readonly header?: string
}

export const BOUNDARY = 'x-test-boundary'

export const CONTENT_TYPE: string = `multipart/form-data; boundary=${BOUNDARY}`

/** A body with its closing delimiter. */
export function multipartBody(parts: readonly PartSpec[], boundary: string = BOUNDARY): Buffer {
  return Buffer.concat([...parts.map((part) => partBytes(part, boundary)), Buffer.from(`--${boundary}--\r\n`)])
}

/** The head of a PNG picture, followed by `bytes` bytes of anything. */
export function png(bytes = 0): Buffer {
  const picture = Buffer.alloc(8 + bytes, 0x2e)
  picture.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return picture
}

/** Seeded pseudo-random numbers from 0 to below 1 (mulberry32). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Bytes in chunks of a size. */
export async function* chunked(body: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < body.length; at += size) {
    yield body.subarray(at, at + size)
  }
}

function partBytes(part: PartSpec, boundary: string): Buffer {
  const filename = part.filename === undefined ? '' : `; filename="${part.filename}"`
  const type = part.type === undefined ? '' : `\r\nContent-Type: ${part.type}`
  const more = part.header === undefined ? '' : `\r\n${part.header}`
  const header = part.header?.startsWith('!')
    ? part.header.slice(1)
    : `Content-Disposition: form-data; name="${part.name}"${filename}${type}${more}`
  return Buffer.concat([Buffer.from(`--${boundary}\r\n${header}\r\n\r\n`), Buffer.from(part.content), Buffer.from('\r\n')])
}
