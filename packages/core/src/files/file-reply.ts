import { fileTag } from '../http/entity-tag.ts'
import { httpDate } from '../http/http-date.ts'
import { HttpError } from '../http/http-error.ts'
import { allowsRange, checkPreconditions, type HeaderReader } from '../http/preconditions.ts'
import { Reply } from '../http/reply.ts'
import { contentRange, readRange } from './file-range.ts'
import { streamRange, streamRanges } from './file-stream.ts'
import { type FileSystem, type OpenFile, readBytes } from './open-file.ts'

/** What sending a file needs of the request: the method in upper case, and headers by their lower-case names. */
export interface FileRequest extends HeaderReader {
  readonly method: string
}

/** How a file is presented. */
export interface Presentation {
  readonly type: string
  /** The content coding its bytes are in, such as `br`; null for none. */
  readonly coding: string | null
  /** Headers of every reply, a 304 included; a flat list. */
  readonly headers: readonly string[]
}

/** A body up to this size is read at once, a longer one streamed. */
const READ_AT_ONCE_BYTES = 65_536

/**
 * The reply to a request for an open file, which it closes. The length stands in the headers where the body does not tell it: for
 * streams, and for HEAD. @throws HttpError 412, 416; 503 where the file is shortened meanwhile.
 */
export async function fileReply(
  fs: FileSystem,
  request: FileRequest,
  file: OpenFile,
  { type, coding, headers: given }: Presentation,
): Promise<Reply> {
  try {
    const { size } = file
    const nowMs = Date.now()
    // A date in the future is none that may be sent (RFC 9110 section 8.8.2.1).
    const modifiedMs = Math.min(file.modifiedMs, nowMs)
    const validators = { etag: fileTag(size, file.modifiedMs, nowMs, coding), modifiedMs }
    const headers = [...given, 'ETag', validators.etag, 'Last-Modified', httpDate(modifiedMs)]
    const isGet = request.method === 'GET'
    if (isGet || request.method === 'HEAD') {
      const status = checkPreconditions(request, validators)
      if (status === 304) {
        return new Reply(304, null, null, headers)
      }
      if (status === 412) {
        throw new HttpError(412)
      }
    }
    headers.push('Accept-Ranges', 'bytes', 'X-Content-Type-Options', 'nosniff')
    if (coding !== null) {
      headers.push('Content-Encoding', coding)
    }
    const range = isGet ? request.header('range') : undefined
    const ranges = range === undefined || !allowsRange(request, validators, nowMs) ? 'ignored' : readRange(range, size)
    if (ranges === 'unsatisfiable') {
      throw new HttpError(416, undefined, { headers: { 'Content-Range': contentRange(size) } })
    }
    // Several parts of a compressed file would not tell whether the coding is that of the parts or of their frame: it is sent whole.
    if (ranges !== 'ignored' && ranges.length > 1 && coding === null) {
      const parts = streamRanges(fs, file, ranges, type)
      return new Reply(206, parts.type, parts.body, [...headers, 'Content-Length', String(parts.length)])
    }
    const part = ranges === 'ignored' || ranges.length > 1 ? undefined : ranges[0]
    const { start, end } = part ?? { start: 0, end: size - 1 }
    const length = end + 1 - start
    if (part !== undefined) {
      headers.push('Content-Range', contentRange(size, part))
    }
    const status = part === undefined ? 200 : 206
    if (request.method === 'HEAD') {
      return new Reply(status, type, null, [...headers, 'Content-Length', String(length)])
    }
    if (length <= READ_AT_ONCE_BYTES) {
      return new Reply(status, type, await readBytes(fs, file.fd, file.path, start, length), headers)
    }
    return new Reply(status, type, streamRange(fs, file, { start, end }), [...headers, 'Content-Length', String(length)])
  } finally {
    fs.closeSync(file.fd)
  }
}
