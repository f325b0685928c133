/**
 * Uploads on the local disk: `<directory>/<first two digits>/<key>`. Content arrives in `<directory>/incoming/`, on the same file
 * system, and is linked into place, so that a key names a whole file or none.
 */
import { randomBytes } from 'node:crypto'
import { createReadStream, openAsBlob } from 'node:fs'
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { checkKey } from './upload-key.ts'
import type { ByteRange, StorageSettings, UploadDraft, UploadStorage } from './upload-storage.ts'
import { uploadsError } from './uploads-errors.ts'

const OWNER_DIRECTORY = 0o700
const OWNER_FILE = 0o600
const DRAFT_NAME = /^micro-[0-9a-f]{32}\.part$/

/** Keeps uploads in a directory that belongs to this package alone; it is made when the first upload arrives. */
export function diskStorage(settings: StorageSettings & { readonly directory: string }): UploadStorage {
  return new DiskStorage(settings.directory)
}

class DiskStorage implements UploadStorage {
  readonly #directory: string
  readonly #incoming: string

  constructor(directory: string) {
    this.#directory = directory
    this.#incoming = join(directory, 'incoming')
  }

  async create(): Promise<UploadDraft> {
    const path = join(this.#incoming, `micro-${randomBytes(16).toString('hex')}.part`)
    const handle = await createFile(path).catch(async (error: unknown) => {
      if (!isCode(error, 'ENOENT')) {
        throw error
      }
      await mkdir(this.#incoming, { recursive: true, mode: OWNER_DIRECTORY })
      return createFile(path)
    })
    return new DiskDraft(handle, path, (key) => this.#place(key))
  }

  async size(key: string): Promise<number | undefined> {
    return (await this.#find(key))?.size
  }

  async path(key: string): Promise<string | undefined> {
    return (await this.#find(key))?.path
  }

  async *read(key: string, range?: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    const found = await this.#find(key)
    if (found === undefined) {
      throw uploadsError('MICRO_UPLOADS_MISSING', { key })
    }
    yield* readFile(found.path, range ?? { start: 0, end: found.size })
  }

  async delete(key: string): Promise<boolean> {
    const found = await this.#find(key)
    return found !== undefined && remove(found.path)
  }

  async sweep(olderThanMs: number): Promise<number> {
    const names = await readdir(this.#incoming).catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) {
        return []
      }
      throw error
    })
    let swept = 0
    for (const name of names.filter((candidate) => DRAFT_NAME.test(candidate))) {
      const path = join(this.#incoming, name)
      const stats = await lstat(path).catch(() => undefined)
      if (stats?.isFile() === true && Date.now() - stats.mtimeMs >= olderThanMs && (await remove(path))) {
        swept++
      }
    }
    return swept
  }

  /** Where a key's file lies. Neither it nor its directory may be a link, which could lead anywhere. */
  async #find(key: string): Promise<{ readonly path: string; readonly size: number } | undefined> {
    checkKey(key)
    const shard = this.#shard(key)
    const path = join(shard, key)
    const [parent, stats] = await Promise.all([lstat(shard).catch(missing), lstat(path).catch(missing)])
    if (parent === undefined || stats === undefined) {
      return undefined
    }
    if (!parent.isDirectory()) {
      throw uploadsError('MICRO_UPLOADS_UNSAFE', { path: shard, what: 'directory' })
    }
    if (!stats.isFile()) {
      throw uploadsError('MICRO_UPLOADS_UNSAFE', { path, what: 'file' })
    }
    return { path, size: stats.size }
  }

  async #place(key: string): Promise<string> {
    checkKey(key)
    const shard = this.#shard(key)
    await mkdir(shard, { mode: OWNER_DIRECTORY }).catch((error: unknown) => {
      if (!isCode(error, 'EEXIST')) {
        throw error
      }
    })
    if (!(await lstat(shard)).isDirectory()) {
      throw uploadsError('MICRO_UPLOADS_UNSAFE', { path: shard, what: 'directory' })
    }
    return join(shard, key)
  }

  #shard(key: string): string {
    return join(this.#directory, key.slice(0, 2))
  }
}

class DiskDraft implements UploadDraft {
  readonly #handle: FileHandle
  readonly #incoming: string
  readonly #place: (key: string) => Promise<string>
  #path: string
  #closed = false

  constructor(handle: FileHandle, path: string, place: (key: string) => Promise<string>) {
    this.#handle = handle
    this.#incoming = path
    this.#path = path
    this.#place = place
  }

  async write(chunk: Uint8Array): Promise<void> {
    let at = 0
    while (at < chunk.length) {
      const { bytesWritten } = await this.#handle.write(chunk, at)
      at += bytesWritten
    }
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true
      await this.#handle.close()
    }
  }

  read(range: ByteRange): AsyncIterable<Uint8Array> {
    return readFile(this.#path, range)
  }

  blob(): Promise<Blob> {
    return openAsBlob(this.#incoming)
  }

  /** Its first name stays until it is discarded, as a Blob knows it by that. Where the file system has no links, it is renamed. */
  async store(key: string): Promise<void> {
    const path = await this.#place(key)
    await flush(this.#incoming)
    await link(this.#incoming, path).catch(() => rename(this.#incoming, path))
    this.#path = path
  }

  async discard(): Promise<void> {
    try {
      await this.close()
    } finally {
      await remove(this.#incoming)
    }
  }
}

function createFile(path: string): Promise<FileHandle> {
  return open(path, 'wx', OWNER_FILE)
}

/** Makes the content durable before a key names it. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

async function* readFile(path: string, { start, end }: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
  if (end > start) {
    yield* createReadStream(path, { start, end: end - 1 })
  }
}

async function remove(path: string): Promise<boolean> {
  try {
    await unlink(path)
    return true
  } catch (error) {
    if (isCode(error, 'ENOENT')) {
      return false
    }
    throw error
  }
}

function missing(error: unknown): undefined {
  if (!isCode(error, 'ENOENT') && !isCode(error, 'ENOTDIR')) {
    throw error
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
