import { createHash } from 'node:crypto'
import { SNIFF_BYTES, sniffType } from './file-type.ts'
import type { UploadDraft, UploadStorage } from './upload-storage.ts'
import { TemporaryFile } from './uploaded-file.ts'

/** What `receiveFile` is told of a file beside its content. */
export interface FileNames {
  readonly field: string
  readonly name: string
}

/** Sees the size as it grows, and the first bytes once, as soon as enough have come to tell the type. What it throws ends reception. */
export type ContentCheck = (size: number, head: Uint8Array | undefined) => void

/**
 * Streams content into storage, and finds out its size, its SHA-256 and its type on the way.
 * Whatever fails, nothing is left in storage.
 */
export async function receiveFile(
  storage: UploadStorage,
  content: AsyncIterable<Uint8Array>,
  names: FileNames,
  check: ContentCheck,
): Promise<TemporaryFile> {
  const hash = createHash('sha256')
  let head = new Uint8Array(0)
  let size = 0
  let draft: UploadDraft | undefined
  try {
    draft = await storage.create()
    for await (const chunk of content) {
      size += chunk.length
      const grown = head.length < SNIFF_BYTES
      if (grown) {
        head = new Uint8Array(Buffer.concat([head, chunk.subarray(0, SNIFF_BYTES - head.length)]))
      }
      check(size, grown && head.length === SNIFF_BYTES ? head : undefined)
      const written = draft.write(chunk)
      hash.update(chunk)
      await written
    }
    check(size, head.length < SNIFF_BYTES ? head : undefined)
    await draft.close()
    return new TemporaryFile(draft, await draft.blob(), { ...names, type: sniffType(head), sha256: hash.digest('hex') })
  } catch (error) {
    await draft?.discard()
    throw error
  }
}
