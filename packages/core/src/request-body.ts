/** The body of one request: read once, by whichever of its methods comes first, under a limit. */
import { isJsonType, limited, mediaType, readAll, tooLarge } from './body.ts'
import type { ReadOptions } from './context.ts'
import { coreError } from './core-errors.ts'
import { HttpError } from './http-error.ts'
import type { JsonProvider } from './setup.ts'
import type { Source } from './source.ts'

const STRICT: TextDecoder = new TextDecoder('utf-8', { fatal: true })
const LENIENT: TextDecoder = new TextDecoder()

export class RequestBody {
  readonly #source: Source
  readonly #mostBytes: number
  readonly #mostFields: number
  #readBy: string | null = null
  #native: Request | null = null

  /** `mostBytes` is the limit where a method is told none, `mostFields` the one of forms. */
  constructor(source: Source, mostBytes: number, mostFields: number) {
    this.#source = source
    this.#mostBytes = mostBytes
    this.#mostFields = mostFields
  }

  async bytes(options?: ReadOptions): Promise<Uint8Array> {
    return this.#drain('readBytes()', options)
  }

  async text(options?: ReadOptions): Promise<string> {
    return LENIENT.decode(await this.#drain('readText()', options))
  }

  async json(provider: JsonProvider, options?: ReadOptions): Promise<unknown> {
    if (!isJsonType(mediaType(this.#source.header('content-type')))) {
      throw new HttpError(415, 'The body must be JSON (Content-Type: application/json).')
    }
    const bytes = await this.#drain('readJson()', options)
    try {
      return provider.parse(STRICT.decode(bytes))
    } catch (error) {
      throw new HttpError(400, 'The body is not valid JSON.', { cause: error })
    }
  }

  async form(options?: ReadOptions): Promise<URLSearchParams> {
    if (mediaType(this.#source.header('content-type')) !== 'application/x-www-form-urlencoded') {
      throw new HttpError(415, 'The body must be a form (Content-Type: application/x-www-form-urlencoded).')
    }
    const bytes = await this.#drain('readForm()', options)
    checkFields(bytes, this.#mostFields)
    return new URLSearchParams(LENIENT.decode(bytes))
  }

  stream(options?: ReadOptions): AsyncIterable<Uint8Array> {
    const maxBytes = options?.maxBytes
    this.#take('readStream()', maxBytes)
    const body = (this.#native === null ? this.#source.body : this.#native.body) ?? NOTHING
    return maxBytes === undefined ? body : limited(body, maxBytes)
  }

  /** The request as a native one, whose body is this one. */
  native(url: () => URL): Request {
    this.#native ??= this.#source.native(url, this.#readBy === null ? null : () => this.#used())
    return this.#native
  }

  #drain(by: string, options: ReadOptions | undefined): Promise<Uint8Array> {
    const maxBytes = options?.maxBytes ?? this.#mostBytes
    this.#take(by, maxBytes)
    return this.#native === null ? this.#source.bytes(maxBytes) : readAll(this.#native.body, maxBytes)
  }

  /** Notes who reads. @throws MicroError `MICRO_BODY_USED`, HttpError 413. */
  #take(by: string, maxBytes: number | undefined): void {
    if (this.#readBy === null && this.#native?.bodyUsed === true) {
      this.#readBy = 'ctx.request'
    }
    if (this.#readBy !== null) {
      throw this.#used()
    }
    this.#readBy = by
    if (maxBytes !== undefined && (this.#source.contentLength ?? 0) > maxBytes) {
      throw tooLarge(maxBytes)
    }
  }

  #used(): Error {
    return coreError('MICRO_BODY_USED', { first: this.#readBy })
  }
}

/** Counts before parsing: what it costs to parse a form grows with the square of its fields. @throws HttpError 413. */
function checkFields(bytes: Uint8Array, most: number): void {
  let fields = 1
  for (const byte of bytes) {
    fields += byte === 0x26 ? 1 : 0
  }
  if (fields > most) {
    throw new HttpError(413, `The form has more than ${most} fields.`)
  }
}

const NOTHING: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
}
