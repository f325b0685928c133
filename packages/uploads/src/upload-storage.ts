/** A part of something stored: from byte `start`, up to and without byte `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Content on its way in: private, under no key yet, and gone unless it is stored. */
export interface UploadDraft {
  /** Appends. Settles when the bytes have been taken over. */
  write(chunk: Uint8Array): Promise<void>
  /** Ends writing. */
  close(): Promise<void>
  read(range: ByteRange): AsyncIterable<Uint8Array>
  /** Its content once it is closed, as the runtime's own `Blob`, which can be read until `discard`: by `openAsBlob` where it is a file. */
  blob(): Promise<Blob>
  /** Flushes it and gives it a key, in one step: a key names a whole file or none. It can still be read. */
  store(key: string): Promise<void>
  /** Removes it, at any point; after `store` what the key names stays. Never fails because it is gone. */
  discard(): Promise<void>
}

/** Where uploads are kept. Keys are made by this package alone; a storage refuses all others. */
export interface UploadStorage {
  create(): Promise<UploadDraft>
  /** Size in bytes of what is stored under a key; undefined where nothing is. @throws MicroError `MICRO_UPLOADS_KEY`. */
  size(key: string): Promise<number | undefined>
  /** @throws MicroError `MICRO_UPLOADS_KEY`, `MICRO_UPLOADS_MISSING`. */
  read(key: string, range?: ByteRange): AsyncIterable<Uint8Array>
  /** Whether there was something to delete. @throws MicroError `MICRO_UPLOADS_KEY`. */
  delete(key: string): Promise<boolean>
  /** Path of the file under a key, where storage is a local disk: it is sent from there. */
  path?(key: string): Promise<string | undefined>
  /** Removes drafts that are older, which only a crash leaves behind. Returns how many. */
  sweep(olderThanMs: number): Promise<number>
}

/** What a storage is made with. */
export interface StorageSettings {
  /** Absolute path of the configured directory; undefined where there is no file system. */
  readonly directory: string | undefined
}
