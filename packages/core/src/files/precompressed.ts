import { BriefMemory } from './brief-memory.ts'
import type { FileSystem } from './open-file.ts'

/** Extensions of compressed siblings by content coding, the better first. */
const EXTENSIONS: { readonly [coding: string]: string } = { br: '.br', gzip: '.gz' }

/** A sibling is stale if it is older than its file by more than it takes to copy a whole tree. */
const STALE_MS = 60_000

/** Media types that are compressed by themselves. */
const NEVER = /^(?:image\/(?!svg)|video\/|audio\/|font\/woff|application\/(?:zip|gzip|x-7z))/

const NONE: readonly string[] = []

/** The compressed siblings of files: `app.js.br` and `app.js.gz` beside `app.js`. */
export class Precompressed {
  readonly #fs: FileSystem
  readonly #codings = new BriefMemory<readonly string[]>()

  constructor(fs: FileSystem) {
    this.#fs = fs
  }

  /** Content codings that a file is known to have siblings of, or null where that must be asked. */
  known(path: string, type: string): readonly string[] | null {
    return NEVER.test(type) ? NONE : this.#codings.recall(path)
  }

  /** Looks for the siblings of a file and remembers them. Of a file that is not there, nothing is remembered. */
  async find(path: string): Promise<readonly string[]> {
    const [own, ...others] = await Promise.all(
      ['', ...Object.values(EXTENSIONS)].map((extension) => modifiedMs(this.#fs, path + extension)),
    )
    if (own === undefined || own === null) {
      return NONE
    }
    const codings = Object.keys(EXTENSIONS).filter((_, place) => (others[place] ?? Number.NEGATIVE_INFINITY) > own - STALE_MS)
    this.#codings.keep(path, codings)
    return codings
  }

  /** Looks anew at the next request. */
  forget(path: string): void {
    this.#codings.forget(path)
  }

  /** Path of the sibling of a coding. */
  pathOf(path: string, coding: string): string {
    return path + (EXTENSIONS[coding] ?? '')
  }
}

/** Null where there is no such file. */
function modifiedMs(fs: FileSystem, path: string): Promise<number | null> {
  return new Promise((resolve) => fs.stat(path, (error, stats) => resolve(error === null && stats.isFile() ? stats.mtimeMs : null)))
}
