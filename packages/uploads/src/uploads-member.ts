import type { ReadOptions, Reply } from '@micro/core'
import type { FileRules } from './file-rule.ts'
import type { SendOptions } from './send-upload.ts'
import type { UploadForm } from './upload-form.ts'
import type { ByteRange, UploadStorage } from './upload-storage.ts'
import type { StoredFile, UploadedFile } from './uploaded-file.ts'
import type { UploadLimits } from './uploads-config.ts'

/** A field of a form that is no file, as it arrives. */
export interface FieldPart {
  readonly kind: 'field'
  readonly name: string
  readonly value: string
}

/** A file of a form, as it arrives. Iterate it or save it, once, before going on; otherwise it is skipped. */
export interface FilePart extends AsyncIterable<Uint8Array> {
  readonly kind: 'file'
  /** Name of the form field. */
  readonly name: string
  /** The client's name for it without directories, or `''`. */
  readonly filename: string
  /** What the client says it is; never to be trusted. */
  readonly claimedType: string
  /** Streams it into storage: a file that is removed when the request ends unless it is kept. @throws HttpError 413. */
  save(options?: { readonly maxBytes?: number }): Promise<UploadedFile>
}

/** A part of a form, as it arrives. */
export type UploadPart = FieldPart | FilePart

/** What reading a form may be told: limits in the place of those of `config.uploads.limits`. */
export interface ReadFormOptions extends ReadOptions {}

/** `ctx.uploads`: the files of this request, and those that were kept. */
export interface Uploads {
  /**
   * The parts of the form in the order they arrive; the client waits while one is handled. No file is in memory as a whole. File
   * inputs in which nothing was chosen are left out. A `break` ends reading, and what was not read is not checked either.
   * @throws HttpError 415 for another content type, 413 over a limit, 408 from a silent client, 400 for what is malformed or
   * incomplete; MicroError `MICRO_UPLOADS_READ_TWICE`.
   */
  parts(options?: ReadFormOptions): AsyncIterable<UploadPart>
  /**
   * The whole form, with its files in storage for as long as the request. Asked again it gives the same. With rules it takes no
   * other files than they say. @throws as `parts()` does; HttpError 413, 415 and 422 by the rules.
   */
  form(rules?: FileRules, options?: ReadFormOptions): Promise<UploadForm>
  /** Stores a file of this request; any other `File` is copied into storage. @throws MicroError `MICRO_UPLOADS_GONE`. */
  keep(file: File): Promise<StoredFile>
  /**
   * Sends what is stored under a key, as a type in which nothing can run, never to shared caches. Whoever reaches the route gets the
   * file: who may is for the route to say. @throws HttpError 404.
   */
  send(key: string, options?: SendOptions): Promise<Reply>
  /** The content stored under a key. @throws MicroError `MICRO_UPLOADS_KEY`, `MICRO_UPLOADS_MISSING`. */
  read(key: string, range?: ByteRange): AsyncIterable<Uint8Array>
  /** Deletes what is stored under a key; false if there was nothing. @throws MicroError `MICRO_UPLOADS_KEY`. */
  delete(key: string): Promise<boolean>
}

/** `app.uploads`: what commands and background work need. */
export interface AppUploads {
  readonly storage: UploadStorage
  readonly limits: UploadLimits
}
