import type { Readable } from 'node:stream'
import type { FileInfo } from 'busboy'
import { fileName } from './part-name.ts'
import { refusal } from './refusal.ts'
import { uploadsError } from './uploads-errors.ts'

/** A field that is no file. */
export interface IncomingField {
  readonly kind: 'field'
  readonly name: string
  readonly value: string
}

/** A file whose content has not been read yet: iterate it once, before going on to the next part. */
export interface IncomingFile extends AsyncIterable<Buffer> {
  readonly kind: 'file'
  readonly name: string
  /** The client's name for it without directories, or `''`. */
  readonly filename: string
  /** What the client says it is; never to be trusted. */
  readonly claimedType: string
}

/** What a part needs of the parser that found it. */
export interface Feeder {
  /** Parses more of the body. False at its end. @throws HttpError. */
  feed(): Promise<boolean>
  /** @throws what the form has failed with, if it has. */
  check(): void
  /** Ends the form with an error. */
  fail(error: unknown): void
}

/** The one implementation of `IncomingFile`. It takes what the parser finds, and has it fed when more is wanted. */
export class FilePart implements IncomingFile {
  readonly kind = 'file'
  readonly name: string
  readonly filename: string
  readonly claimedType: string
  readonly #parser: Feeder
  #chunks: Buffer[] = []
  #bytes = 0
  #ended = false
  #passed = false

  constructor(parser: Feeder, stream: Readable, name: string, info: FileInfo, maxBytes: number) {
    this.#parser = parser
    this.name = name
    this.filename = fileName(info.filename)
    this.claimedType = info.mimeType
    stream.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length
      if (this.#bytes > maxBytes) {
        this.#parser.fail(refusal(413, `The file '${name}' is larger than ${maxBytes} bytes.`))
      } else if (!this.#passed) {
        this.#chunks.push(chunk)
      }
    })
    stream.on('end', () => {
      this.#ended = true
    })
  }

  /** The file's bytes, once. @throws MicroError `MICRO_UPLOADS_PART_PASSED` after the next part was taken. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      if (this.#passed) {
        throw uploadsError('MICRO_UPLOADS_PART_PASSED', { field: this.name })
      }
      this.#parser.check()
      const chunk = this.#take()
      if (chunk !== undefined) {
        yield chunk
      } else if (this.#ended) {
        return
      } else {
        await this.#more()
      }
    }
  }

  /** Whether it has no content; waits for the first of it. */
  async isEmpty(): Promise<boolean> {
    while (this.#chunks.length === 0 && !this.#ended) {
      await this.#more()
    }
    return this.#chunks.length === 0
  }

  async skip(): Promise<void> {
    this.#passed = true
    this.#chunks = []
    while (!this.#ended) {
      await this.#more()
    }
  }

  async #more(): Promise<void> {
    if (!(await this.#parser.feed()) && !this.#ended) {
      throw malformed(undefined)
    }
  }

  #take(): Buffer | undefined {
    const chunks = this.#chunks
    this.#chunks = []
    return chunks.length > 1 ? Buffer.concat(chunks) : chunks[0]
  }
}

/** The reply to a form that cannot be read. */
export function malformed(cause: unknown): Error {
  return refusal(400, 'The form is malformed or incomplete.', cause)
}
