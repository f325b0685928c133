import type { Context, Reply } from '@micro/core'
import { ByteSource } from './byte-source.ts'
import { multipartBoundary } from './content-type.ts'
import { checkContent, checkForm, type FileRules, file, ruleFor } from './file-rule.ts'
import type { IncomingField, IncomingFile } from './incoming-part.ts'
import { multipart } from './multipart.ts'
import { fileName } from './part-name.ts'
import { type ContentCheck, receiveFile } from './receive-file.ts'
import { refusal } from './refusal.ts'
import { type SendOptions, sendUpload } from './send-upload.ts'
import { type FormValue, type UploadForm, uploadForm } from './upload-form.ts'
import type { ByteRange } from './upload-storage.ts'
import { type StoredFile, TemporaryFile } from './uploaded-file.ts'
import type { UploadLimits } from './uploads-config.ts'
import { uploadsError } from './uploads-errors.ts'
import type { AppUploads, FilePart, ReadFormOptions, UploadPart, Uploads } from './uploads-member.ts'

/** The one implementation of `Uploads`: owns what one request has in storage until it is kept. */
export class RequestUploads implements Uploads {
  readonly #ctx: Context
  readonly #app: AppUploads
  readonly #files = new Set<TemporaryFile>()
  #source: ByteSource | undefined
  #reader: 'parts()' | 'form()' | undefined
  #form: Promise<UploadForm> | undefined
  #watched = false
  #ended = false

  constructor(ctx: Context, app: AppUploads) {
    this.#ctx = ctx
    this.#app = app
  }

  parts(options: ReadFormOptions = {}): AsyncIterable<UploadPart> {
    this.#claim('parts()')
    return this.#parts(options)
  }

  async form(rules?: FileRules, options: ReadFormOptions = {}): Promise<UploadForm> {
    if (this.#form === undefined) {
      this.#claim('form()')
      this.#form = this.#readForm(rules, options)
    }
    const form = await this.#form
    if (rules !== undefined) {
      checkForm(rules, form)
    }
    return form
  }

  async keep(given: File): Promise<StoredFile> {
    // What another request, or another of these extensions, has received is copied like any other file.
    const own =
      given instanceof TemporaryFile && this.#files.has(given)
        ? given
        : await this.#receive(given.stream(), '', fileName(given.name), () => {})
    return own.keep()
  }

  send(key: string, options?: SendOptions): Promise<Reply> {
    return sendUpload(this.#ctx, this.#app.storage, key, options)
  }

  read(key: string, range?: ByteRange): AsyncIterable<Uint8Array> {
    return this.#app.storage.read(key, range)
  }

  delete(key: string): Promise<boolean> {
    return this.#app.storage.delete(key)
  }

  async *#parts(options: ReadFormOptions): AsyncGenerator<UploadPart, void, undefined> {
    for await (const part of this.#multipart(options)) {
      yield part.kind === 'field' ? part : this.#filePart(part)
    }
  }

  async #readForm(rules: FileRules | undefined, options: ReadFormOptions): Promise<UploadForm> {
    const pairs: (readonly [string, FormValue])[] = []
    for await (const part of this.#multipart(options)) {
      if (part.kind === 'field') {
        pairs.push([part.name, part.value])
      } else {
        const before = pairs.filter(([name, value]) => name === part.name && typeof value !== 'string').length
        const rule = rules === undefined ? undefined : ruleFor(rules, part.name, before)
        const check: ContentCheck = rule === undefined ? () => {} : (size, head) => checkContent(rule, part.name, size, head)
        pairs.push([part.name, await this.#receive(part, part.name, part.filename, check)])
      }
    }
    return uploadForm(pairs)
  }

  #filePart(part: IncomingFile): FilePart {
    return {
      kind: 'file',
      name: part.name,
      filename: part.filename,
      claimedType: part.claimedType,
      [Symbol.asyncIterator]: () => part[Symbol.asyncIterator](),
      save: async (options = {}) => {
        const rule = file(options)
        return this.#receive(part, part.name, part.filename, (size, head) => checkContent(rule, part.name, size, head))
      },
    }
  }

  #multipart(options: ReadFormOptions): AsyncGenerator<IncomingField | IncomingFile, void, undefined> {
    const limits = limitsOf(this.#app.limits, { ...this.#ctx.bodyLimits, ...options })
    const { totalBytes } = limits
    const { headers } = this.#ctx
    const boundary = multipartBoundary(headers.get('content-type'))
    if ((headers.get('content-encoding') ?? 'identity') !== 'identity') {
      throw refusal(415, 'A compressed form is not accepted.')
    }
    if (Number(headers.get('content-length')) > totalBytes) {
      throw refusal(413, `The form is larger than ${totalBytes} bytes.`)
    }
    this.#watch()
    const { bodyTimeoutMs } = options
    // Its length is limited below, where Node's own stream can be read as one.
    const body = this.#ctx.readStream({ maxBytes: Infinity, ...(bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs }) })
    this.#source = new ByteSource(body, { totalBytes, idleTimeoutMs: limits.idleTimeoutMs })
    return multipart(this.#source, boundary, limits)
  }

  async #receive(content: AsyncIterable<Uint8Array>, field: string, name: string, check: ContentCheck): Promise<TemporaryFile> {
    this.#watch()
    const received = await receiveFile(this.#app.storage, content, { field, name }, check)
    if (this.#ended) {
      await received.discard()
      throw uploadsError('MICRO_UPLOADS_GONE', { field })
    }
    this.#files.add(received)
    return received
  }

  #claim(reader: 'parts()' | 'form()'): void {
    if (this.#reader !== undefined) {
      throw uploadsError('MICRO_UPLOADS_READ_TWICE', { first: this.#reader })
    }
    this.#reader = reader
  }

  /** From here on there may be something to clean up when the request ends. */
  #watch(): void {
    if (!this.#watched) {
      this.#watched = true
      this.#ctx.onTeardown(() => this.#end())
    }
  }

  async #end(): Promise<void> {
    this.#ended = true
    this.#source?.stop()
    const results = await Promise.allSettled([...this.#files].map((received) => received.discard()))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) {
      throw failed.reason
    }
  }
}

/** The limits of the app, with those of the call, the request or the route in their place. */
function limitsOf(limits: UploadLimits, { maxBytes, maxFields, maxParts }: ReadFormOptions): UploadLimits {
  return {
    ...limits,
    totalBytes: maxBytes ?? limits.totalBytes,
    fields: maxFields ?? limits.fields,
    parts: maxParts ?? limits.parts,
  }
}
