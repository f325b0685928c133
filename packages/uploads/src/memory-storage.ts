import { checkKey } from './upload-key.ts'
import type { ByteRange, UploadDraft, UploadStorage } from './upload-storage.ts'
import { uploadsError } from './uploads-errors.ts'

/** Keeps uploads in memory, for tests: `uploads({ storage: memoryStorage })`. Each app gets one of its own. */
export function memoryStorage(): UploadStorage {
  return new MemoryStorage()
}

class MemoryStorage implements UploadStorage {
  readonly #stored = new Map<string, Uint8Array>()

  async create(): Promise<UploadDraft> {
    const chunks: Uint8Array<ArrayBuffer>[] = []
    const whole = (): Uint8Array => new Uint8Array(Buffer.concat(chunks))
    return {
      write: async (chunk) => {
        chunks.push(Uint8Array.from(chunk))
      },
      close: async () => {},
      read: (range) => once(whole(), range),
      blob: async () => new Blob(chunks),
      store: async (key) => {
        checkKey(key)
        this.#stored.set(key, whole())
      },
      discard: async () => {},
    }
  }

  async size(key: string): Promise<number | undefined> {
    checkKey(key)
    return this.#stored.get(key)?.length
  }

  async *read(key: string, range?: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    checkKey(key)
    const bytes = this.#stored.get(key)
    if (bytes === undefined) {
      throw uploadsError('MICRO_UPLOADS_MISSING', { key })
    }
    yield* once(bytes, range)
  }

  async delete(key: string): Promise<boolean> {
    checkKey(key)
    return this.#stored.delete(key)
  }

  async sweep(): Promise<number> {
    return 0
  }
}

async function* once(bytes: Uint8Array, range?: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
  const part = bytes.subarray(range?.start ?? 0, range?.end ?? bytes.length)
  if (part.length > 0) {
    yield part
  }
}
