import { attachment } from './content-disposition.ts'
import { type FileRequest, fileReply } from './file-reply.ts'
import { fileType } from './file-type.ts'
import { HttpError } from './http-error.ts'
import { fileSystem, openFile } from './open-file.ts'
import type { Reply } from './reply.ts'

export type { FileRequest }

/** What a file's reply may say. */
export interface FileOptions {
  /** Content type; by the file's extension otherwise. */
  readonly type?: string
  /** Offers the file for download under this name (RFC 6266, RFC 8187). */
  readonly download?: string
  /** Seconds that browsers may keep it without asking; 0 lets them ask each time. */
  readonly maxAge?: number
}

/**
 * The reply that sends a file of the local disk: whole or in parts, or 304 where the client has it. `path` is trusted.
 * Nothing stays open if the reply is not sent; a stream's body closes the file when its iteration ends.
 * @throws HttpError 404 for what is no regular file or may not be read, the system's error being the cause in the latter case; 412 and
 * 416 by RFC 9110 sections 13.1 and 14.2. @throws MicroError `MICRO_NO_FILES` on a runtime without a file system.
 */
export async function sendFile(request: FileRequest, path: string, options: FileOptions = {}): Promise<Reply> {
  const fs = fileSystem('ctx.file()')
  const file = await openFile(fs, path)
  if (typeof file === 'string') {
    throw new HttpError(404)
  }
  const headers = ['Cache-Control', cacheControl(options.maxAge)]
  if (options.download !== undefined) {
    headers.push('Content-Disposition', attachment(options.download))
  }
  return fileReply(fs, request, file, { type: options.type ?? fileType(path), coding: null, headers })
}

/** The value of `Cache-Control` for a maximal age in seconds, at most a year. Without one, caches must ask each time: they would guess. */
export function cacheControl(maxAge = 0): string {
  const seconds = Math.min(Math.floor(maxAge), 31_536_000)
  return seconds > 0 ? `max-age=${seconds}` : 'no-cache'
}
