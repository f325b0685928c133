/**
 * Watches the sources of a directory. Node's own `--watch` follows what was imported, and so loses a file that does not parse on some
 * versions; here every source is watched, whatever became of it.
 */
import { type Dirent, existsSync, type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** What is watched beside the sources, and what is not. */
export interface WatchOptions {
  /** Files, and directories with all that is in them. */
  readonly watch?: readonly string[]
  /** Patterns of files: `*` and `?` stay between slashes, `**` does not; one without a slash is a name, wherever it lies. */
  readonly ignore?: readonly string[]
}

/** Folders whose changes start nothing again: packages, what the app keeps, and files that are read anew by themselves. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'instance', 'dist', 'out', 'static', 'templates', 'test'])

const SOURCES = /(\.[mc]?[jt]sx?|\.json|\.sql|^\.env.*)$/

/** How long changes are gathered: editors and version control write several files at once. */
const SETTLE_MS = 100

/** Calls `changed` with the files that changed below a folder. Returns a function that ends it. */
export function watchSources(
  root: string,
  changed: (files: readonly string[]) => void,
  { watch: more = [], ignore = [] }: WatchOptions = {},
): () => void {
  const ignored = ignore.map(patternOf)
  const files = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = (): void => {
    const gathered = [...files]
    files.clear()
    changed(gathered)
  }
  const add = (file: string): void => {
    const path = relative(root, file).split(sep).join('/')
    if (!ignored.some((pattern) => pattern.test(path))) {
      files.add(file)
      clearTimeout(timer)
      timer = setTimeout(tell, SETTLE_MS)
    }
  }
  const ends = [
    watchFolders(root, isSourceFolder, (file, name) => {
      if (SOURCES.test(name)) {
        add(file)
      }
    }),
    ...more.map((path) => watchPath(resolve(root, path), add)),
  ]
  return () => {
    clearTimeout(timer)
    for (const end of ends) {
      end()
    }
  }
}

function isSourceFolder(name: string): boolean {
  return !name.startsWith('.') && !SKIPPED.has(name)
}

/** Watches one file, whether it is there or not, or everything in a directory. */
function watchPath(path: string, add: (file: string) => void): () => void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    return watchFolders(path, (name) => name !== 'node_modules', add)
  }
  return watchFolders(
    dirname(path),
    () => false,
    (file) => {
      if (file === path) {
        add(file)
      }
    },
  )
}

/** Watches a folder and those in it that `enters` lets in. Returns a function that ends it. */
function watchFolders(root: string, enters: (name: string) => boolean, tell: (file: string, name: string) => void): () => void {
  const watchers = new Map<string, FSWatcher>()
  const add = (folder: string): void => {
    if (watchers.has(folder)) {
      return
    }
    const watcher = watch(folder, (event, name) => {
      if (event === 'rename') {
        addBelow(root)
      }
      if (name !== null) {
        tell(join(folder, name), name)
      }
    })
    // A folder that is removed takes its watcher with it.
    watcher.on('error', () => watchers.delete(folder))
    watchers.set(folder, watcher)
  }
  const addBelow = (folder: string): void => {
    if (!existsSync(folder)) {
      return
    }
    add(folder)
    for (const entry of entriesOf(folder)) {
      if (entry.isDirectory() && enters(entry.name)) {
        addBelow(join(folder, entry.name))
      }
    }
  }
  addBelow(root)
  return () => {
    for (const watcher of watchers.values()) {
      watcher.close()
    }
  }
}

/** What lies in a folder; nothing, if it has been removed in the meantime. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

const SIGNS: { readonly [sign: string]: string } = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' }

function patternOf(pattern: string): RegExp {
  const body = pattern.replace(/\*\*\/|\*\*|[*?]|[\\^$.|+()[\]{}]/g, (sign) => SIGNS[sign] ?? `\\${sign}`)
  return new RegExp(`^${pattern.includes('/') ? '' : '(?:.*/)?'}${body}$`)
}
