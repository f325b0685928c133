/** Real files of known content and age, and requests for them. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ReplyBody } from '@micro/core'
import type { FileRequest } from '../src/files/files.ts'

export const MIB: number = 1024 * 1024
export const LONG_AGO: Date = new Date('2020-02-02T02:02:02.250Z')
export const LONG_AGO_DATE = 'Sun, 02 Feb 2020 02:02:02 GMT'

export const letters: Buffer = Buffer.from('abcdefghijklmnopqrstuvwxyz')
export const large: Buffer = Buffer.alloc(MIB + 17, 'The quick brown fox jumps over the lazy dog. ')

/** Whether the system shows which files a process has open. */
export const showsOpenFiles: boolean = existsSync('/proc/self/fd')

/** A directory of its own. */
export class FileFixture {
  /** With symbolic links resolved. */
  readonly root: string

  constructor(name: string) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), `micro-${name}-`)))
  }

  at(name: string): string {
    return join(this.root, name)
  }

  /** Writes a file, last changed long ago unless another time is given, and gives its path. */
  put(name: string, content: string | Buffer, modified: Date = LONG_AGO): string {
    const path = this.at(name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    utimesSync(path, modified, modified)
    return path
  }

  remove(): void {
    rmSync(this.root, { recursive: true })
  }
}

/** A request as handlers have it. */
export function asked(headers: { readonly [name: string]: string } = {}, method: string = 'GET'): FileRequest {
  return { method, header: (name) => headers[name] }
}

/** The whole of a streamed body. */
export async function bytesOf(body: ReplyBody): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Length and hash: what two large bodies are compared by. */
export function digest(bytes: Uint8Array): string {
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`
}
