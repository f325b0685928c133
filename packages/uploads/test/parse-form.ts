import { createHash } from 'node:crypto'
import { isHttpError } from '@micro/core'
import { ByteSource } from '../src/byte-source.ts'
import { multipartBoundary } from '../src/content-type.ts'
import { type MultipartLimits, multipart } from '../src/multipart.ts'
import { chunked } from './multipart-body.ts'

/** A file as it was parsed. */
export interface ParsedFile {
  readonly name: string
  readonly filename: string
  readonly claimedType: string
  readonly size: number
  readonly sha256: string
}

/** A form as it was parsed, up to where it failed. */
export interface ParsedForm {
  readonly fields: (readonly [string, string])[]
  readonly files: ParsedFile[]
  /** Status of the refusal, if there was one. Any other error is thrown. */
  status?: number
  message?: string
}

export const LIMITS: MultipartLimits & { readonly totalBytes: number; readonly idleTimeoutMs: number } = {
  parts: 1000,
  files: 100,
  fields: 1000,
  nameBytes: 100,
  headerBytes: 16_384,
  fieldBytes: 1_048_576,
  fileBytes: 10_485_760,
  totalBytes: 26_214_400,
  idleTimeoutMs: 5_000,
}

/** Parses a body that comes in chunks of a size, reading every file. */
export async function parseForm(
  contentType: string,
  body: Uint8Array,
  limits: Partial<typeof LIMITS> = {},
  chunkBytes: number = 65_536,
): Promise<ParsedForm> {
  const form: ParsedForm = { fields: [], files: [] }
  const all = { ...LIMITS, ...limits }
  try {
    for await (const part of multipart(new ByteSource(chunked(body, chunkBytes), all), multipartBoundary(contentType), all)) {
      if (part.kind === 'field') {
        form.fields.push([part.name, part.value])
      } else {
        const { name, filename, claimedType } = part
        const hash = createHash('sha256')
        let size = 0
        for await (const chunk of part) {
          hash.update(chunk)
          size += chunk.length
        }
        form.files.push({ name, filename, claimedType, size, sha256: hash.digest('hex') })
      }
    }
  } catch (error) {
    if (!isHttpError(error)) {
      throw error
    }
    form.status = error.status
    form.message = error.message
  }
  return form
}
