import { type Context, contentDisposition, HttpError, type Reply } from '@micro/core'
import { SHOWN_TYPES, type UploadType } from './file-type.ts'
import { typeOfKey } from './upload-key.ts'
import type { ByteRange, UploadStorage } from './upload-storage.ts'

/** How an upload is sent. */
export interface SendOptions {
  /** Offers it for download under this name. Without it pictures and text are shown, and everything else is offered without a name. */
  readonly download?: string
  /** Shows it in the browser although its type is not one of those: for documents that may be trusted. */
  readonly inline?: boolean
  /** Seconds that the browser, and no cache on the way, may keep it without asking; 0 by default. */
  readonly maxAge?: number
}

/** Should a browser take a file for something else, nothing in it runs and nothing is loaded. */
const POLICY = "default-src 'none'; sandbox"

const MAX_AGE = 31_536_000

/**
 * The reply that sends what is stored under a key, as the type that was found when it came.
 * Storage that gives no path sends one part of several at most. @throws HttpError 404 where the key is none or nothing is stored under it;
 * 412 and 416 as `ctx.file()` does.
 */
export async function sendUpload(ctx: Context, storage: UploadStorage, key: string, options: SendOptions = {}): Promise<Reply> {
  const type = typeOfKey(key)
  const size = type === undefined ? undefined : await storage.size(key)
  if (type === undefined || size === undefined) {
    throw new HttpError(404)
  }
  const shown = options.download === undefined && (options.inline ?? SHOWN_TYPES.includes(type))
  const path = await storage.path?.(key)
  const reply =
    path === undefined
      ? streamed(ctx, storage, key, size, mediaType(type), shown ? undefined : (options.download ?? ''))
      : await ctx.file(path, { type: mediaType(type), ...(shown ? {} : { download: options.download ?? '' }) })
  const age = Math.min(Math.max(Math.trunc(options.maxAge ?? 0), 0), MAX_AGE)
  const headers = {
    'cache-control': age > 0 ? `private, max-age=${age}` : 'private, no-cache',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
  }
  reply.headers = [...without(reply.headers ?? [], Object.keys(headers)), ...Object.entries(headers).flat()]
  return reply
}

function mediaType(type: UploadType): string {
  return type === 'text/plain' ? 'text/plain; charset=utf-8' : type
}

/** Whole or one part of it, or 304. A key names one content for ever, and so it is a version as well. */
function streamed(ctx: Context, storage: UploadStorage, key: string, size: number, type: string, download: string | undefined): Reply {
  const known = ctx.checkVersion({ etag: key })
  if (known !== undefined) {
    return known
  }
  const range = rangeOf(ctx, key, size)
  const reply = ctx.reply(storage.read(key, range), range === undefined ? 200 : 206)
  reply.type = type
  reply.headers = [
    'Accept-Ranges',
    'bytes',
    'Content-Length',
    String(range === undefined ? size : range.end - range.start),
    ...(range === undefined ? [] : ['Content-Range', `bytes ${range.start}-${range.end - 1}/${size}`]),
    ...(download === undefined ? [] : ['Content-Disposition', contentDisposition('attachment', download)]),
  ]
  return reply
}

/** The part that a GET asks for; who asks for several gets the whole. @throws HttpError 416. */
function rangeOf({ headers, method }: Context, key: string, size: number): ByteRange | undefined {
  const ifRange = headers.get('if-range')?.trim() ?? `"${key}"`
  const ranges = method === 'GET' && ifRange === `"${key}"` ? headers.ranges(size) : undefined
  const [first] = ranges ?? []
  return first === undefined || ranges?.length !== 1 ? undefined : { start: first.start, end: first.end + 1 }
}

/** A flat list of headers without some, named in lower case. */
function without(list: readonly string[], names: readonly string[]): string[] {
  return list.filter((_, index) => !names.includes((list[index - (index % 2)] as string).toLowerCase()))
}
