import { type ByteRange, contentRange } from './file-range.ts'
import { type FileSystem, type FileVersion, readBytes, reopenFile } from './open-file.ts'

/** Size of a read: it starts at the smallest and doubles while the client keeps up, so that one who does not holds little memory. */
const SMALLEST_BYTES = 65_536
const LARGEST_BYTES = 524_288

/** A client keeps up who takes a chunk within this time. */
const KEEPS_UP_MS = 50

/** What a stream is made of: bytes at hand, or a part of the file. */
type Piece = Uint8Array | ByteRange

/**
 * A part of a file as a stream. The file is opened by the first read and closed with the end of the iteration, however that comes, so
 * that a reply which is never sent keeps nothing open. @throws HttpError 503, by iteration, where the file is no longer the same.
 */
export function streamRange(fs: FileSystem, version: FileVersion, range: ByteRange): AsyncIterable<Uint8Array> {
  return stream(fs, version, [range])
}

/** Parts of a file as a body of `multipart/byteranges` (RFC 9110 section 14.6), with its media type and its length in bytes. */
export function streamRanges(
  fs: FileSystem,
  version: FileVersion,
  ranges: readonly ByteRange[],
  type: string,
): { readonly type: string; readonly length: number; readonly body: AsyncIterable<Uint8Array> } {
  const boundary = crypto.randomUUID()
  const encoder = new TextEncoder()
  const pieces = ranges.flatMap((range, place): Piece[] => {
    const head = `${place === 0 ? '' : '\r\n'}--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: ${contentRange(version.size, range)}\r\n\r\n`
    return [encoder.encode(head), range]
  })
  pieces.push(encoder.encode(`\r\n--${boundary}--\r\n`))
  const length = pieces.reduce((sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : piece.end + 1 - piece.start), 0)
  return { type: `multipart/byteranges; boundary=${boundary}`, length, body: stream(fs, version, pieces) }
}

async function* stream(fs: FileSystem, version: FileVersion, pieces: readonly Piece[]): AsyncGenerator<Uint8Array, void, undefined> {
  const fd = await reopenFile(fs, version)
  let chunkBytes = SMALLEST_BYTES
  try {
    for (const piece of pieces) {
      if (piece instanceof Uint8Array) {
        yield piece
        continue
      }
      for (let at = piece.start; at <= piece.end; ) {
        const chunk = await readBytes(fs, fd, version.path, at, Math.min(chunkBytes, piece.end + 1 - at))
        at += chunk.length
        const sinceMs = performance.now()
        yield chunk
        chunkBytes = performance.now() - sinceMs < KEEPS_UP_MS ? Math.min(chunkBytes * 2, LARGEST_BYTES) : SMALLEST_BYTES
      }
    }
  } finally {
    fs.closeSync(fd)
  }
}
