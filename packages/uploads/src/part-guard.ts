/**
 * Follows the delimiters of a body ahead of the parser, which keeps to itself how many parts there were and how long their headers,
 * reads over delimiters in odd places, and goes on after the last one, where an unfinished part keeps it from ever ending.
 */
import { refusal } from './refusal.ts'

/** Limits that are held here. */
export interface PartLimits {
  readonly parts: number
  readonly headerBytes: number
}

const LINE_BREAK = Buffer.from('\r\n')
const HEADER_END = Buffer.from('\r\n\r\n')

export class PartGuard {
  readonly #limits: PartLimits
  readonly #delimiter: Finder
  readonly #headerEnd = new Finder(HEADER_END)
  #state: 'content' | 'delimiter' | 'header' | 'epilogue' = 'content'
  /** The first of the two bytes that follow a delimiter. */
  #first: number | undefined
  /** Parts so far. */
  parts = 0
  /** Bytes of the part under way so far, its header aside; the beginning of a delimiter may be among them. */
  contentBytes = 0
  #headerBytes = 0

  constructor(boundary: string, limits: PartLimits) {
    this.#limits = limits
    this.#delimiter = new Finder(Buffer.from(`\r\n--${boundary}`))
    // The first delimiter needs no line break before it.
    this.#delimiter.restart(LINE_BREAK)
  }

  /**
   * How many bytes of the next chunk belong to the form; what follows its last delimiter does not.
   * @throws HttpError 413 at the first part, or header byte, that is too much; 400 for what the parser would read over.
   */
  check(chunk: Buffer): number {
    let at = 0
    while (at < chunk.length && this.#state !== 'epilogue') {
      at =
        this.#state === 'content' ? this.#content(chunk, at) : this.#state === 'header' ? this.#header(chunk, at) : this.#follow(chunk, at)
    }
    return at
  }

  #content(chunk: Buffer, at: number): number {
    const end = this.#delimiter.find(chunk, at)
    if (end < 0) {
      this.contentBytes += chunk.length - at
      return chunk.length
    }
    this.#state = 'delimiter'
    this.#first = undefined
    return end
  }

  /** After a delimiter: a line break leads to a part's header, two dashes end the form. */
  #follow(chunk: Buffer, at: number): number {
    const byte = chunk[at] as number
    if (this.#first === undefined) {
      this.#first = byte
    } else if (this.#first === 0x0d && byte === 0x0a) {
      this.#openHeader()
    } else if (this.#first === 0x2d && byte === 0x2d) {
      this.#state = 'epilogue'
    } else {
      // The parser takes it for content, others for a delimiter (RFC 2046 section 5.1.1): it must not be read in two ways.
      throw refusal(400, 'A delimiter of the form is malformed.')
    }
    return at + 1
  }

  #openHeader(): void {
    this.#state = 'header'
    this.contentBytes = 0
    this.#headerBytes = 0
    this.#headerEnd.restart(LINE_BREAK)
    this.#delimiter.restart(LINE_BREAK)
    if (++this.parts > this.#limits.parts) {
      throw refusal(413, `The form has more than ${this.#limits.parts} parts.`)
    }
  }

  #header(chunk: Buffer, at: number): number {
    const found = this.#headerEnd.find(chunk, at)
    const end = found < 0 ? chunk.length : found
    const delimited = this.#delimiter.find(chunk.subarray(0, end), at)
    if (delimited >= 0) {
      return this.#emptyPart(delimited - at, delimited)
    }
    this.#headerBytes += end - at
    if (this.#headerBytes - HEADER_END.length > this.#limits.headerBytes) {
      throw refusal(413, `The header of a part is longer than ${this.#limits.headerBytes} bytes.`)
    }
    if (found >= 0) {
      this.#state = 'content'
    }
    return end
  }

  /** A delimiter in the place of a header, which stands for no part at all; one inside a header is an error. */
  #emptyPart(bytes: number, end: number): number {
    if (this.#headerBytes + bytes !== this.#delimiter.length - LINE_BREAK.length) {
      throw refusal(400, 'The header of a part is cut off.')
    }
    this.parts--
    this.#state = 'delimiter'
    this.#first = undefined
    return end
  }
}

/** Finds a needle in bytes that come in chunks. */
class Finder {
  readonly #needle: Buffer
  /** The last bytes seen, fewer than the needle has. */
  #tail: Buffer = Buffer.alloc(0)

  constructor(needle: Buffer) {
    this.#needle = needle
  }

  get length(): number {
    return this.#needle.length
  }

  /** Begins anew, as if these bytes were all that came before. */
  restart(before: Buffer): void {
    this.#tail = before
  }

  /** Where in `chunk` the needle's first occurrence from `at` on ends, or -1; it may have begun in a chunk before. */
  find(chunk: Buffer, at: number): number {
    const length = this.#needle.length
    if (this.#tail.length > 0) {
      const joined = Buffer.concat([this.#tail, chunk.subarray(at, at + length - 1)])
      const found = joined.indexOf(this.#needle)
      if (found >= 0) {
        const end = at + found + length - this.#tail.length
        this.#tail = Buffer.alloc(0)
        return end
      }
    }
    const found = chunk.indexOf(this.#needle, at)
    if (found >= 0) {
      this.#tail = Buffer.alloc(0)
      return found + length
    }
    const rest = chunk.subarray(Math.max(at, chunk.length - length + 1))
    this.#tail = rest.length === length - 1 ? Buffer.from(rest) : Buffer.concat([this.#tail, rest]).subarray(-(length - 1))
    return -1
  }
}
