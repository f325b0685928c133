import { type FileSystem, fileSystem } from './open-file.ts'
import { isStaticPath } from './static-path.ts'

/** Where static files lie: the app's own directory, and those of blueprints and extensions by name. */
export interface StaticPlaces {
  readonly own: readonly string[]
  readonly named: ReadonlyMap<string, readonly string[]>
}

interface Known {
  readonly stamp: string
  readonly version: string
}

/** Characters of a version: 60 bits of its file's SHA-256. */
const LENGTH = 10

/** Names the versions of static files by their content, so that a URL with a version in it may be kept for ever. */
export class StaticVersions {
  readonly #places: StaticPlaces
  readonly #known = new Map<string, Known>()
  #fs: FileSystem | null = null

  constructor(places: StaticPlaces) {
    this.#places = places
  }

  /** The version of a file by its path below the static URL; undefined where there is no such file. A changed file is read once. */
  of(path: string): string | undefined {
    if (!isStaticPath(path)) {
      return
    }
    this.#fs ??= fileSystem('A version of a static file')
    const [name = '', ...rest] = path.split('/')
    const files = [
      ...this.#places.own.map((directory) => `${directory}/${path}`),
      ...(this.#places.named.get(name) ?? []).map((directory) => `${directory}/${rest.join('/')}`),
    ]
    for (const file of files) {
      const version = this.#versionOf(this.#fs, file)
      if (version !== undefined) {
        return version
      }
    }
    return
  }

  #versionOf(fs: FileSystem, file: string): string | undefined {
    const stat = statOf(fs, file)
    if (stat?.isFile() !== true) {
      return
    }
    const stamp = `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`
    const known = this.#known.get(file)
    if (known?.stamp === stamp) {
      return known.version
    }
    const { createHash } = process.getBuiltinModule('node:crypto')
    const version = createHash('sha256').update(fs.readFileSync(file)).digest('base64url').slice(0, LENGTH)
    this.#known.set(file, { stamp, version })
    return version
  }
}

function statOf(fs: FileSystem, file: string): import('node:fs').Stats | undefined {
  try {
    return fs.statSync(file, { throwIfNoEntry: false })
  } catch {
    return // A name too long for the disk, a directory that may not be entered.
  }
}
