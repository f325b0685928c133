/**
 * The one place that knows the parser, busboy (RFC 7578, RFC 2046). Bytes are pulled, not pushed: the next chunk is read from the
 * body when the parts found so far have been taken, so that whoever is slow slows the client down and nothing piles up.
 */
import type { Readable } from 'node:stream'
import busboy from 'busboy'
import type { ByteSource } from './byte-source.ts'
import { type Feeder, FilePart, type IncomingField, type IncomingFile, malformed } from './incoming-part.ts'
import { PartGuard, type PartLimits } from './part-guard.ts'
import { fieldName } from './part-name.ts'
import { refusal } from './refusal.ts'

/** Limits that are held while parsing. */
export interface MultipartLimits extends PartLimits {
  readonly files: number
  readonly fields: number
  readonly nameBytes: number
  readonly fieldBytes: number
  readonly fileBytes: number
}

/** What the parser may hold back until a part that has just begun is read. */
const PARSER_BUFFER_BYTES = 262_144

/** Length of a delimiter around the longest boundary. */
const MAX_DELIMITER = 74

const PLAIN_ENCODINGS = new Set(['7bit', '8bit', 'binary'])

/**
 * The parts of a body, in the order they were sent. Files that are not read are skipped, but counted; file inputs in which nothing
 * was chosen, which arrive without name and content, are left out.
 * @throws HttpError 413 over a limit, 400 for what is malformed or incomplete, and what the source throws.
 */
export async function* multipart(
  source: ByteSource,
  boundary: string,
  limits: MultipartLimits,
): AsyncGenerator<IncomingField | IncomingFile, void, undefined> {
  const parser = new Parser(source, boundary, limits)
  try {
    for (;;) {
      const part = parser.parts.shift()
      if (part !== undefined) {
        if (!(part instanceof FilePart)) {
          yield part
        } else if (part.filename !== '' || !(await part.isEmpty())) {
          yield part
          await part.skip()
        }
      } else if (!(await parser.feed()) && parser.parts.length === 0) {
        return
      }
    }
  } finally {
    parser.dispose()
  }
}

class Parser implements Feeder {
  readonly parts: (IncomingField | FilePart)[] = []
  readonly #source: ByteSource
  readonly #limits: MultipartLimits
  readonly #guard: PartGuard
  readonly #busboy: busboy.Busboy
  #files = 0
  #fields = 0
  #failure: unknown
  #feeding: Promise<boolean> | undefined
  #ended = false

  constructor(source: ByteSource, boundary: string, limits: MultipartLimits) {
    this.#source = source
    this.#limits = limits
    this.#guard = new PartGuard(boundary, limits)
    this.#busboy = busboy({
      headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
      defParamCharset: 'utf8',
      preservePath: true,
      highWaterMark: PARSER_BUFFER_BYTES,
      // One more than is allowed: busboy takes a value of exactly its limit for one that was cut.
      limits: { fieldSize: limits.fieldBytes + 1 },
    })
    this.#busboy.on('error', (error) => this.fail(malformed(error)))
    this.#busboy.on('file', (name: string | undefined, stream, info) => this.#attempt(stream, () => this.#file(name, stream, info)))
    this.#busboy.on('field', (name: string | undefined, value, info) => this.#attempt(null, () => this.#field(name, value, info)))
  }

  /** Parses one more chunk, once for all who wait for it. False at the end of the body, with every part complete. */
  feed(): Promise<boolean> {
    this.#feeding ??= this.#feed().finally(() => {
      this.#feeding = undefined
    })
    return this.#feeding
  }

  async #feed(): Promise<boolean> {
    this.check()
    try {
      const chunk = this.#ended ? undefined : await this.#source.next()
      this.check()
      if (chunk === undefined) {
        await this.#end()
      } else {
        await this.#parse(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      }
      this.check()
      return chunk !== undefined
    } catch (error) {
      this.fail(error)
      throw error
    }
  }

  async #parse(chunk: Buffer): Promise<void> {
    const bytes = this.#guard.check(chunk)
    if (bytes > 0 && !this.#busboy.write(chunk.subarray(0, bytes)) && !this.#busboy.closed) {
      await this.#drained()
    }
    this.#checkOpenField()
  }

  /** Until the parser takes more, or has failed. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        this.#busboy.off('drain', settle).off('close', settle)
        resolve()
      }
      this.#busboy.on('drain', settle).on('close', settle)
    })
  }

  check(): void {
    if (this.#failure !== undefined) {
      throw this.#failure
    }
  }

  fail(error: unknown): void {
    this.#failure ??= error
    this.#busboy.destroy()
  }

  dispose(): void {
    this.fail(refusal(400, 'The form is not read any further.'))
    this.#source.stop()
  }

  /** busboy tells of a field when it ends. One that is too long by then is refused at once; the exact limit is held in `#field`. */
  #checkOpenField(): void {
    const isField = this.#guard.parts > this.#files + this.#fields
    if (isField && this.#guard.contentBytes > this.#limits.fieldBytes + MAX_DELIMITER) {
      throw refusal(413, `A field is longer than ${this.#limits.fieldBytes} bytes.`)
    }
  }

  async #end(): Promise<void> {
    if (!this.#ended) {
      this.#ended = true
      await new Promise<void>((resolve) => {
        this.#busboy.once('close', resolve)
        this.#busboy.end()
      })
      // busboy passes over a part whose Content-Disposition it cannot read. What was sent must not get lost without a word.
      if (this.#guard.parts !== this.#files + this.#fields) {
        this.fail(refusal(400, 'A part of the form has no Content-Disposition that can be read.'))
      }
    }
  }

  #file(name: string | undefined, stream: Readable, info: busboy.FileInfo): void {
    if (++this.#files > this.#limits.files) {
      throw refusal(413, `The form has more than ${this.#limits.files} files.`)
    }
    checkEncoding(info.encoding)
    this.parts.push(new FilePart(this, stream, fieldName(name ?? '', this.#limits.nameBytes), info, this.#limits.fileBytes))
  }

  #field(name: string | undefined, value: string, info: busboy.FieldInfo): void {
    if (++this.#fields > this.#limits.fields) {
      throw refusal(413, `The form has more than ${this.#limits.fields} fields.`)
    }
    checkEncoding(info.encoding)
    const field = { kind: 'field', name: fieldName(name ?? '', this.#limits.nameBytes), value } as const
    if (info.valueTruncated) {
      throw refusal(413, `The field '${field.name}' is longer than ${this.#limits.fieldBytes} bytes.`)
    }
    this.parts.push(field)
  }

  /** Runs a listener; what it throws fails the form in the place of the process. */
  #attempt(stream: Readable | null, run: () => void): void {
    // busboy destroys an open file with an error when the form fails. Without a listener that error would be uncaught.
    stream?.on('error', ignore)
    if (this.#failure === undefined) {
      try {
        run()
      } catch (error) {
        stream?.resume()
        this.fail(error)
      }
    }
  }
}

function checkEncoding(encoding: string): void {
  if (!PLAIN_ENCODINGS.has(encoding)) {
    throw refusal(415, 'A part of the form has a Content-Transfer-Encoding, which is not supported (RFC 7578 section 4.7).')
  }
}

function ignore(): void {}
