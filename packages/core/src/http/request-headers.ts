import { type ByteRange, contentRange, readRange } from '../files/file-range.ts'
import { type Authorization, parseAuthorization } from './authorization.ts'
import { type CacheControl, parseCacheControl } from './cache-control.ts'
import { readTags } from './entity-tag.ts'
import { splitHeader, unquoted } from './header-list.ts'
import { parseHttpDate } from './http-date.ts'
import { HttpError } from './http-error.ts'
import { type MediaType, parseMediaType } from './media-type.ts'
import { acceptedEncodings, acceptedLanguages, acceptedTypes, type Preferences } from './preferences.ts'

/** Headers, read without regard to case. Native `Headers` are some. */
export interface HeaderFields {
  /** A header's value; several of one name are joined by commas. */
  get(name: string): string | null
  /** Whether the header is there. */
  has(name: string): boolean
  /** Goes through all headers; names are in lower case. */
  forEach(visit: (value: string, name: string) => void): void
}

/**
 * The headers of a request, read without regard to case. Those that are more than a text are read when they are asked for; what is
 * malformed counts as absent.
 */
export interface RequestHeaders extends HeaderFields {
  /** The media types that the client accepts: `accept.best('html', 'json')`. `ctx.preferredType` also says so to caches. */
  readonly accept: Preferences
  /** The languages that the client accepts. `ctx.preferredLanguage` also says so to caches. */
  readonly acceptLanguage: Preferences
  /** The content codings that the client accepts. */
  readonly acceptEncoding: Preferences
  /** The client's credentials, as it claims them. */
  readonly authorization: Authorization | undefined
  /** What the client says to caches on the way: `noCache` where its page is reloaded. */
  readonly cacheControl: CacheControl
  /** The media type of the body. */
  readonly contentType: MediaType | undefined
  /** The items of a comma-separated list, without their quotes: `list('access-control-request-headers')`. */
  list(name: string): readonly string[]
  /** A header that is a date (RFC 9110 section 5.6.7): `date('if-modified-since')`. */
  date(name: string): Date | undefined
  /** The entity tags of `if-match` or `if-none-match`, as they were sent; `*` stands for any. */
  tags(name: string): readonly string[]
  /**
   * The parts that `Range` asks for of something that has so many bytes; undefined where all of it is to be sent.
   * @throws HttpError 416 where all of them lie beyond the end.
   */
  ranges(size: number): readonly ByteRange[] | undefined
}

/** What is read of headers, however they are kept. */
export abstract class ReadHeaders implements RequestHeaders {
  abstract get(name: string): string | null
  abstract has(name: string): boolean
  abstract forEach(visit: (value: string, name: string) => void): void

  get accept(): Preferences {
    return acceptedTypes(this.get('accept'))
  }

  get acceptLanguage(): Preferences {
    return acceptedLanguages(this.get('accept-language'))
  }

  get acceptEncoding(): Preferences {
    return acceptedEncodings(this.get('accept-encoding'))
  }

  get authorization(): Authorization | undefined {
    return parseAuthorization(this.get('authorization'))
  }

  get cacheControl(): CacheControl {
    return parseCacheControl(this.get('cache-control'))
  }

  get contentType(): MediaType | undefined {
    return parseMediaType(this.get('content-type')) ?? undefined
  }

  list(name: string): readonly string[] {
    return (splitHeader(this.get(name) ?? '', ',') ?? []).map(unquoted)
  }

  date(name: string): Date | undefined {
    const timeMs = parseHttpDate(this.get(name) ?? '')
    return timeMs === null ? undefined : new Date(timeMs)
  }

  tags(name: string): readonly string[] {
    return readTags(this.get(name) ?? '')
  }

  ranges(size: number): readonly ByteRange[] | undefined {
    const header = this.get('range')
    const ranges = header === null ? 'ignored' : readRange(header, size)
    if (ranges === 'unsatisfiable') {
      throw new HttpError(416, undefined, { headers: { 'Content-Range': contentRange(size) } })
    }
    return ranges === 'ignored' ? undefined : ranges
  }
}

/** Native headers. */
export class NativeHeaders extends ReadHeaders {
  readonly #headers: Headers

  constructor(headers: Headers) {
    super()
    this.#headers = headers
  }

  get(name: string): string | null {
    return this.#headers.get(name)
  }

  has(name: string): boolean {
    return this.#headers.has(name)
  }

  forEach(visit: (value: string, name: string) => void): void {
    this.#headers.forEach(visit)
  }
}
