import { BriefMemory } from './brief-memory.ts'
import type { FileSystem, OpenFile } from './open-file.ts'

/** Tells whether open files lie in a directory, symbolic links resolved. */
export class Containment {
  readonly #fs: FileSystem
  readonly #directory: string
  readonly #inside = new BriefMemory<OpenFile>()
  #root: string | null = null

  constructor(fs: FileSystem, directory: string) {
    this.#fs = fs
    this.#directory = directory
  }

  /** Whether this very file, and not just its name, was found in the directory a moment ago. Asking costs a fifth of sending it. */
  knows(file: OpenFile): boolean {
    const known = this.#inside.recall(file.path)
    return known !== null && known.inode === file.inode && known.device === file.device
  }

  /** Whether an open file lies in the directory. */
  async holds(file: OpenFile): Promise<boolean> {
    const path = await realPath(this.#fs, file)
    if (path === null || !(await this.#isBelow(path))) {
      return false
    }
    this.#inside.keep(file.path, file)
    return true
  }

  async #isBelow(path: string): Promise<boolean> {
    if (this.#root !== null && isBelow(path, this.#root)) {
      return true
    }
    // The directory itself may be a link that has been pointed elsewhere, as deployments do.
    this.#root = await resolved(this.#fs, this.#directory)
    return this.#root !== null && isBelow(path, this.#root)
  }
}

/**
 * Linux tells the path of an open file, from memory: what is checked is what will be read, whatever happens to its name. Elsewhere the
 * name is resolved once more.
 */
async function realPath(fs: FileSystem, file: OpenFile): Promise<string | null> {
  if (process.platform === 'linux') {
    try {
      return fs.readlinkSync(`/proc/self/fd/${file.fd}`)
    } catch {
      // No /proc here.
    }
  }
  return resolved(fs, file.path)
}

function resolved(fs: FileSystem, path: string): Promise<string | null> {
  return new Promise((resolve) => fs.realpath.native(path, (error, real) => resolve(error === null ? real : null)))
}

function isBelow(path: string, root: string): boolean {
  const next = path[root.length]
  return path.startsWith(root) && (next === '/' || next === '\\' || root.endsWith('/') || root.endsWith('\\'))
}
