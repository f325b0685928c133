/**
 * A file that came with a request. It is a `File`, so schemas and `fetch` take it as it is, under another name or in part too, but its
 * content lies in storage and is read only when asked for.
 */
import type { UploadType } from './file-type.ts'
import { createKey } from './upload-key.ts'
import type { UploadDraft } from './upload-storage.ts'
import { uploadsError } from './uploads-errors.ts'

/** What is worth remembering of a kept file; plain, so that it fits a column of JSON. */
export interface StoredFile {
  /** Names it in storage: pass it to `send()`, `read()` and `delete()`. */
  readonly key: string
  /** The client's name for it without directories, or `''`. Show it, but build nothing from it. */
  readonly name: string
  /** What its first bytes say it is. */
  readonly type: UploadType
  /** Size in bytes. */
  readonly size: number
  /** SHA-256 of its content, in hexadecimal. */
  readonly sha256: string
}

/**
 * A `File` of one request. `type` is what its first bytes say, whatever the client claims; `name` is the client's, without
 * directories. It is removed when the request ends, unless it was kept; what was made of it, such as `slice()`, can be read until then.
 */
export interface UploadedFile extends File {
  readonly type: UploadType
  /** Name of the form field. */
  readonly field: string
  /** SHA-256 of its content, in hexadecimal. */
  readonly sha256: string
  /** The key that `keep()` stores it under; known before, so that a row can be written first. */
  readonly key: string
  /**
   * Stores it: flushed first, then named by its key in one step. A second call gives the same.
   * @throws MicroError `MICRO_UPLOADS_GONE` when the request is over.
   */
  keep(): Promise<StoredFile>
}

/** What was found out while a file was received. */
export interface FileFacts {
  readonly field: string
  readonly name: string
  readonly type: UploadType
  readonly sha256: string
}

/** The one implementation of `UploadedFile`. */
export class TemporaryFile extends File implements UploadedFile {
  readonly field: string
  readonly sha256: string
  readonly key: string
  readonly #draft: UploadDraft
  readonly #type: UploadType
  #kept: Promise<StoredFile> | undefined
  #gone = false

  constructor(draft: UploadDraft, content: Blob, facts: FileFacts) {
    super([content], facts.name, { type: facts.type })
    this.field = facts.field
    this.sha256 = facts.sha256
    this.key = createKey(facts.type)
    this.#draft = draft
    this.#type = facts.type
  }

  /** Exactly what was found: a runtime's own `File` may add a charset. */
  override get type(): UploadType {
    return this.#type
  }

  // Its own ways of reading ask the draft, which tells what is wrong in words, and reads a file that was kept after the request as well.
  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return streamOf(this.#read())
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return gather(this.#read(), this.size)
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer
  }

  override async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes())
  }

  async keep(): Promise<StoredFile> {
    if (this.#kept === undefined) {
      this.#check()
      this.#kept = this.#store()
    }
    return this.#kept
  }

  /** Removes it unless it was kept. Waits for a `keep()` that is under way. */
  async discard(): Promise<void> {
    this.#gone = true
    await this.#kept?.catch(() => {})
    await this.#draft.discard()
  }

  async #store(): Promise<StoredFile> {
    await this.#draft.store(this.key)
    return { key: this.key, name: this.name, type: this.type, size: this.size, sha256: this.sha256 }
  }

  #read(): AsyncIterable<Uint8Array> {
    this.#check()
    return this.#draft.read({ start: 0, end: this.size })
  }

  #check(): void {
    if (this.#gone && this.#kept === undefined) {
      throw uploadsError('MICRO_UPLOADS_GONE', { field: this.field })
    }
  }
}

function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = source[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done === true) {
        controller.close()
      } else {
        controller.enqueue(new Uint8Array(value))
      }
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}

async function gather(source: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size)
  let at = 0
  for await (const chunk of source) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
