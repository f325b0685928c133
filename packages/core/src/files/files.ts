import { contentDisposition } from '../http/content-disposition.ts'
import { HttpError } from '../http/http-error.ts'
import type { Reply } from '../http/reply.ts'
import { Containment } from './containment.ts'
import { type FileRequest, fileReply } from './file-reply.ts'
import { fileType } from './file-type.ts'
import { type FileSystem, fileSystem, type OpenFile, openFile } from './open-file.ts'
import { isStaticPath } from './static-path.ts'

export type { FileRequest }

/** What a file's reply may say. */
export interface FileOptions {
  /** Content type; by the file's extension otherwise. */
  readonly type?: string
  /** Offers the file for download under this name (RFC 6266, RFC 8187). */
  readonly download?: string
  /** A directory in which `path` names the file: what leads out of it, or is hidden, is 404. For names that come from the request. */
  readonly root?: string
  /** Seconds that browsers may keep it without asking; 0 lets them ask each time. */
  readonly maxAge?: number
}

/**
 * The reply that sends a file of the local disk: whole or in parts, or 304 where the client has it. `path` is trusted, unless there is a `root`.
 * Nothing stays open if the reply is not sent; a stream's body closes the file when its iteration ends.
 * @throws HttpError 404 for what is no regular file or may not be read, the system's error being the cause in the latter case; 412 and
 * 416 by RFC 9110 sections 13.1 and 14.2. @throws MicroError `MICRO_NO_FILES` on a runtime without a file system.
 */
export async function sendFile(request: FileRequest, path: string, options: FileOptions = {}): Promise<Reply> {
  const fs = fileSystem('ctx.file()')
  const { root } = options
  const file = root === undefined ? await openFile(fs, path) : await openWithin(fs, root, path)
  if (typeof file === 'string') {
    throw new HttpError(404)
  }
  const headers = ['Cache-Control', cacheControl(options.maxAge)]
  if (options.download !== undefined) {
    headers.push('Content-Disposition', contentDisposition('attachment', options.download))
  }
  return fileReply(fs, request, file, { type: options.type ?? fileType(path), coding: null, headers })
}

async function openWithin(fs: FileSystem, root: string, name: string): Promise<OpenFile | 'absent' | 'directory'> {
  const file = isStaticPath(name) ? await openFile(fs, `${root}/${name}`) : 'absent'
  if (typeof file === 'string' || (await new Containment(fs, root).holds(file))) {
    return file
  }
  fs.closeSync(file.fd)
  return 'absent'
}

/** The value of `Cache-Control` for a maximal age in seconds, at most a year. Without one, caches must ask each time: they would guess. */
export function cacheControl(maxAge = 0): string {
  const seconds = Math.min(Math.floor(maxAge), 31_536_000)
  return seconds > 0 ? `max-age=${seconds}` : 'no-cache'
}
