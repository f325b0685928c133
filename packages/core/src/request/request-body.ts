/** The body of one request: read once, by whichever of its methods comes first, under a limit. */

import type { LimitsConfig } from '../config/core-config.ts'
import { coreError } from '../errors/core-errors.ts'
import { HttpError } from '../http/http-error.ts'
import { isJsonType, parseMediaType } from '../http/media-type.ts'
import type { Source } from '../http/source.ts'
import { type JsonProvider, nestsDeeper } from '../json/json.ts'
import { checkLimits, limited, type ReadOptions, readAll, timed, tooLarge, withinTime } from './body.ts'

const STRICT: TextDecoder = new TextDecoder('utf-8', { fatal: true })
const LENIENT: TextDecoder = new TextDecoder()
const NO_LIMITS: ReadOptions = Object.freeze({})

export class RequestBody {
  readonly #source: Source
  readonly #config: LimitsConfig
  #limits: ReadOptions | null
  #readBy: string | null = null
  /** What the method that read it whole gave. */
  #whole: Promise<unknown> | null = null
  #native: Request | null = null

  /** `limits` are those of the route, before those of the configuration. */
  constructor(source: Source, config: LimitsConfig, limits: ReadOptions | null) {
    this.#source = source
    this.#config = config
    this.#limits = limits
  }

  /** What the route and the request itself said. */
  get limits(): ReadOptions {
    return this.#limits ?? NO_LIMITS
  }

  /** Sets limits before it is read. @throws MicroError `MICRO_BODY_USED`, `MICRO_LIMIT_INVALID`. */
  limit(limits: ReadOptions): void {
    if (this.#readBy !== null) {
      throw this.#used('ctx.limitBody()')
    }
    this.#limits = { ...this.#limits, ...checkLimits(limits) }
  }

  bytes(options?: ReadOptions): Promise<Uint8Array> {
    return this.#drain('readBytes()', null, options, (bytes) => bytes)
  }

  text(options?: ReadOptions): Promise<string> {
    return this.#drain('readText()', null, options, (bytes) => LENIENT.decode(bytes))
  }

  /** `isOpen` says whether the client is told what is wrong with it. */
  json(provider: JsonProvider, isOpen: boolean, options?: ReadOptions): Promise<unknown> {
    return this.#drain('readJson()', JSON_ONLY, options, (bytes) => parseJson(provider, bytes, this.#config.jsonDepth, isOpen))
  }

  form(options?: ReadOptions): Promise<URLSearchParams> {
    return this.#drain('readForm()', FORM_ONLY, options, (bytes) => {
      checkFields(bytes, options?.maxFields ?? this.#limits?.maxFields ?? this.#config.formFields)
      return new URLSearchParams(LENIENT.decode(bytes))
    })
  }

  stream(options?: ReadOptions): AsyncIterable<Uint8Array> {
    // Who reads a stream may mean to read much: only what somebody said counts, not the limit of the configuration.
    const maxBytes = options?.maxBytes ?? this.#limits?.maxBytes ?? Infinity
    this.#take('readStream()', maxBytes)
    const body = (this.#native === null ? this.#source.body : this.#native.body) ?? nothing()
    const timeoutMs = options?.bodyTimeoutMs ?? this.#limits?.bodyTimeoutMs
    const inTime = timeoutMs === undefined ? body : timed(body, timeoutMs)
    return maxBytes === Infinity ? inTime : limited(inTime, maxBytes)
  }

  /** The request as a native one, whose body is this one. */
  native(url: () => URL): Request {
    this.#native ??= this.#source.native(url, this.#readBy === null ? null : () => this.#used('ctx.request'))
    return this.#native
  }

  /** One promise for all of it: what cannot be read rejects, whatever it is. */
  #drain<T>(by: string, only: TypeRule | null, options: ReadOptions | undefined, make: (bytes: Uint8Array) => T): Promise<T> {
    if (this.#readBy === by && this.#whole !== null) {
      return this.#whole as Promise<T>
    }
    try {
      if (only !== null && !only.accepts(parseMediaType(this.#source.header('content-type'))?.type)) {
        throw new HttpError(415, only.refusal)
      }
      const maxBytes = options?.maxBytes ?? this.#limits?.maxBytes ?? this.#config.bodyBytes
      this.#take(by, maxBytes)
      const read = this.#native === null ? this.#source.read(maxBytes, make) : readAll(this.#native.body, maxBytes).then(make)
      const timeoutMs = options?.bodyTimeoutMs ?? this.#limits?.bodyTimeoutMs
      const whole = timeoutMs === undefined ? read : withinTime(read, timeoutMs)
      this.#whole = whole
      // Who reads a body and then answers without it need not be told that it broke off.
      whole.catch(() => undefined)
      return whole
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Notes who reads. @throws MicroError `MICRO_BODY_USED`, HttpError 413. */
  #take(by: string, maxBytes: number): void {
    if (this.#readBy === null && this.#native?.bodyUsed === true) {
      this.#readBy = 'ctx.request'
    }
    if (this.#readBy !== null) {
      throw this.#used(by)
    }
    this.#readBy = by
    if ((this.#source.contentLength ?? 0) > maxBytes) {
      throw tooLarge(maxBytes)
    }
  }

  #used(second: string): Error {
    return coreError('MICRO_BODY_USED', { first: this.#readBy, second })
  }
}

/** Which media types a method reads, and what it says to others. */
interface TypeRule {
  readonly accepts: (type: string | undefined) => boolean
  readonly refusal: string
}

const JSON_ONLY: TypeRule = { accepts: isJsonType, refusal: 'The body must be JSON (Content-Type: application/json).' }

const FORM_ONLY: TypeRule = {
  accepts: (type) => type === 'application/x-www-form-urlencoded',
  refusal: 'The body must be a form (Content-Type: application/x-www-form-urlencoded).',
}

/** @throws HttpError 400. */
function parseJson(provider: JsonProvider, bytes: Uint8Array, mostLevels: number, isOpen: boolean): unknown {
  try {
    const text = STRICT.decode(bytes)
    if (!nestsDeeper(text, mostLevels)) {
      return provider.parse(text)
    }
  } catch (error) {
    const reason = isOpen && error instanceof Error ? `: ${error.message}` : ''
    throw new HttpError(400, `The body is not valid JSON${reason}.`, { cause: error })
  }
  throw new HttpError(400, `The body nests deeper than ${mostLevels} levels.`)
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

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}
