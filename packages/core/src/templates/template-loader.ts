/** Finds the files of templates: the app's own directory first, then those seen under a namespace, and nothing outside of them. */
import { coreError } from '../errors/core-errors.ts'

/** A directory with templates. */
export interface TemplateDirectory {
  readonly path: string
  /** Its files are known as `<namespace>/…`; without one, under their own names. */
  readonly namespace: string
}

/** A template's file, found. */
export interface TemplateFile {
  readonly file: string
  /** Differs once the file was changed or another file has taken its place. */
  readonly stamp: string
}

/** One place where a template was looked for. */
export interface TemplatePlace {
  readonly file: string
  /** `wins` is the file that is rendered, `hidden` one behind it; `refused` is no readable regular file, or leads out of its directory. */
  readonly state: 'wins' | 'hidden' | 'absent' | 'refused'
}

const NO_STAT = { throwIfNoEntry: false } as const

/** The directories of an app, in the order they are searched. */
export class TemplateLoader {
  readonly #directories: TemplateDirectory[] = []

  /** The directories, those without a namespace first, otherwise in the order they were added. */
  get directories(): readonly TemplateDirectory[] {
    return [...this.#directories]
  }

  /** Adds a directory. It need not exist. */
  add(path: string, namespace = ''): void {
    const behind = namespace === '' ? this.#directories.findIndex((directory) => directory.namespace !== '') : -1
    this.#directories.splice(behind === -1 ? this.#directories.length : behind, 0, { path, namespace })
  }

  /**
   * Finds the file of a template.
   * @throws MicroError `MICRO_TEMPLATE_MISSING`, `MICRO_NO_FILES`.
   */
  find(name: string): TemplateFile {
    for (const { file, root } of this.#candidates(name)) {
      const stamp = stampOf(file, root)
      if (stamp !== undefined && stamp !== REFUSED) {
        return { file, stamp }
      }
    }
    const places = this.explain(name).map(({ file, state }) =>
      state === 'refused' ? `${file} (refused: no readable file inside of the directory)` : file,
    )
    throw coreError('MICRO_TEMPLATE_MISSING', {
      name,
      places: places.join(', ') || 'none: a name is made of plain segments, such as notes/index.ejs',
    })
  }

  /** Whether there is such a template. @throws MicroError `MICRO_NO_FILES`. */
  has(name: string): boolean {
    return this.#candidates(name).some(({ file, root }) => (stampOf(file, root) ?? REFUSED) !== REFUSED)
  }

  /** The names of all templates, sorted; hidden files are none. @throws MicroError `MICRO_NO_FILES`. */
  names(): string[] {
    const names = this.#directories.flatMap(({ path, namespace }) =>
      listed(path).map((name) => (namespace === '' ? name : `${namespace}/${name}`)),
    )
    return [...new Set(names)].filter((name) => this.has(name)).sort()
  }

  /**
   * Every place where a template is looked for, in order. Empty for a name that is refused.
   * @throws MicroError `MICRO_NO_FILES`.
   */
  explain(name: string): TemplatePlace[] {
    let won = false
    return this.#candidates(name).map(({ file, root }) => {
      const stamp = stampOf(file, root)
      if (stamp === undefined || stamp === REFUSED) {
        return { file, state: stamp === undefined ? 'absent' : 'refused' }
      }
      const state = won ? 'hidden' : 'wins'
      won = true
      return { file, state }
    })
  }

  /** The text of a file, without a byte order mark. */
  read(file: string): string {
    return files(file)
      .readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
  }

  #candidates(name: string): { file: string; root: string }[] {
    files(`The template '${name}'`)
    if (this.#directories.length === 0) {
      throw coreError('MICRO_NO_FILES', { what: `The template '${name}'` })
    }
    if (!isPlain(name)) {
      return []
    }
    const { join } = process.getBuiltinModule('node:path')
    return this.#directories.flatMap(({ path, namespace }) => {
      if (namespace === '') {
        return [{ file: join(path, name), root: path }]
      }
      return name.startsWith(`${namespace}/`) ? [{ file: join(path, name.slice(namespace.length + 1)), root: path }] : []
    })
  }
}

/** The name that `name` means in the template `from`: `./` and `../` are relative to it, all else is a full name already. */
export function resolveTemplateName(name: string, from: string): string {
  if (!name.startsWith('./') && !name.startsWith('../')) {
    return name
  }
  const segments = from.split('/').slice(0, -1)
  for (const segment of name.split('/')) {
    if (segment === '..') {
      if (segments.pop() === undefined) {
        return name
      }
    } else if (segment !== '.') {
      segments.push(segment)
    }
  }
  return segments.join('/')
}

const REFUSED = ''

/** Files below a directory by their paths with `/`, none where it does not exist. */
function listed(directory: string): string[] {
  const fs = files(directory)
  if (!fs.existsSync(directory)) {
    return []
  }
  const paths = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'))
  return paths.filter((path) => !/(^|\/)\./.test(path) && fs.statSync(`${directory}/${path}`, NO_STAT)?.isFile() === true)
}

/** Undefined if there is no such file, REFUSED if it is not a regular file inside of `root`, symbolic links followed. */
function stampOf(file: string, root: string): string | undefined {
  const fs = files(file)
  try {
    const stat = fs.statSync(file, NO_STAT)
    if (stat === undefined) {
      return
    }
    const real = fs.realpathSync(file)
    return stat.isFile() && isInside(real, fs.realpathSync(root)) ? `${real} ${stat.ino} ${stat.size} ${stat.mtimeMs}` : REFUSED
  } catch {
    return REFUSED // A loop of links, a name too long for the disk, a directory that may not be entered.
  }
}

function isInside(path: string, root: string): boolean {
  const { relative, isAbsolute, sep } = process.getBuiltinModule('node:path')
  const way = relative(root, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** No empty, `.` or `..` segment (so neither absolute), no backslash, no NUL. */
function isPlain(name: string): boolean {
  return !/[\\\0]/.test(name) && name.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
}

/** The file system, taken on first use: core loads where there is none. */
function files(what: string): typeof import('node:fs') {
  const fs = globalThis.process?.getBuiltinModule?.('node:fs')
  if (fs === undefined) {
    throw coreError('MICRO_NO_FILES', { what })
  }
  return fs
}
