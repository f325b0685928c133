import { acceptedCoding } from '../http/accepted-coding.ts'
import { Reply } from '../http/reply.ts'
import { Containment } from './containment.ts'
import { type FileRequest, fileReply } from './file-reply.ts'
import { fileType } from './file-type.ts'
import { cacheControl } from './files.ts'
import { type FileSystem, fileSystem, type OpenFile, openFile } from './open-file.ts'
import { Precompressed } from './precompressed.ts'
import { isStaticPath } from './static-path.ts'

/** How a directory is served. */
export interface DirectoryOptions {
  /** Seconds that browsers and shared caches may keep a file without asking; 0, the default, lets them ask each time. */
  readonly maxAge?: number
  /** Answers a directory with its `index.html`; false by default. */
  readonly index?: boolean
  /** Sends `app.js.br` or `app.js.gz` in the place of `app.js` to those who accept it; true by default. */
  readonly precompressed?: boolean
}

/** Answers a request for a path below the directory, percent-decoded once; null where there is nothing to serve. */
export type DirectoryServer = (request: FileRequest, relativePath: string) => Promise<Reply | null>

/**
 * Serves the files of a directory: GET and HEAD, whole, conditional or in parts, as `sendFile` does. Nothing outside of it is served,
 * neither by `..` nor by a symbolic link, nor what is hidden by a leading dot. Nothing is read before the first request.
 * The server throws what `sendFile` throws, but answers null where no such file is.
 */
export function serveDirectory(directory: string, options: DirectoryOptions = {}): DirectoryServer {
  let served: ServedDirectory | null = null
  return (request, relativePath) => {
    served ??= new ServedDirectory(fileSystem('Serving static files'), directory, options)
    return served.answer(request, relativePath)
  }
}

class ServedDirectory {
  readonly #fs: FileSystem
  readonly #directory: string
  readonly #containment: Containment
  readonly #precompressed: Precompressed | null
  readonly #headers: readonly string[]
  readonly #index: boolean

  constructor(fs: FileSystem, directory: string, { maxAge = 0, index = false, precompressed = true }: DirectoryOptions) {
    this.#fs = fs
    this.#directory = directory
    this.#containment = new Containment(fs, directory)
    this.#precompressed = precompressed ? new Precompressed(fs) : null
    const caching = cacheControl(maxAge)
    this.#headers = ['Cache-Control', caching === 'no-cache' ? caching : `public, ${caching}`]
    this.#index = index
  }

  async answer(request: FileRequest, relativePath: string): Promise<Reply | null> {
    const isDirectory = relativePath === '' || relativePath.endsWith('/')
    const name = isDirectory ? `${relativePath}index.html` : relativePath
    if ((isDirectory && !this.#index) || !isStaticPath(name)) {
      return null
    }
    const path = `${this.#directory}/${name}`
    const type = fileType(path)
    const precompressed = this.#precompressed
    const codings = precompressed === null ? [] : (precompressed.known(path, type) ?? (await precompressed.find(path)))
    const coding = acceptedCoding(request.header('accept-encoding'), codings)
    const headers = codings.length === 0 ? this.#headers : [...this.#headers, 'Vary', 'Accept-Encoding']
    if (precompressed !== null && coding !== null) {
      const sibling = await this.#open(precompressed.pathOf(path, coding))
      if (typeof sibling !== 'string') {
        return fileReply(this.#fs, request, sibling, { type, coding, headers })
      }
      precompressed.forget(path)
    }
    const file = await this.#open(path)
    if (typeof file !== 'string') {
      return fileReply(this.#fs, request, file, { type, coding: null, headers })
    }
    return file === 'directory' && this.#index ? this.#redirect(path) : null
  }

  /** As `openFile`, and `absent` for what a symbolic link brings in from outside. */
  async #open(path: string): Promise<OpenFile | 'absent' | 'directory'> {
    const file = await openFile(this.#fs, path)
    if (typeof file === 'string' || this.#containment.knows(file) || (await this.#containment.holds(file))) {
      return file
    }
    this.#fs.closeSync(file.fd)
    return 'absent'
  }

  /** Links on a directory's page are relative to it only where its URL ends in a slash. */
  async #redirect(path: string): Promise<Reply | null> {
    const index = await this.#open(`${path}/index.html`)
    if (typeof index === 'string') {
      return null
    }
    this.#fs.closeSync(index.fd)
    const name = path.slice(path.lastIndexOf('/') + 1).toWellFormed()
    return new Reply(308, null, null, ['Location', `${encodeURIComponent(name)}/`])
  }
}
