/**
 * Starts an app again when one of its files changes. Node's own `--watch` follows what was imported, and so loses a file that does not
 * parse on some versions; here the sources of the working directory are watched, whatever became of them.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { type Dirent, existsSync, type FSWatcher, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CliOutput } from './cli.ts'

/** Folders whose changes start nothing again: packages, what the app keeps, and files that are read anew by themselves. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'instance', 'dist', 'out', 'static', 'templates', 'test'])

const SOURCES = /(\.[mc]?[jt]sx?|\.json|\.sql|^\.env.*)$/

/** How long changes are gathered: editors and version control write several files at once. */
const SETTLE_MS = 100

/** Runs `micro run` in a child, again and again, until a signal comes; then waits for the child to end. */
export function reload(args: readonly string[], output: CliOutput): Promise<number> {
  const bin = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './bin.ts' : './bin.js', import.meta.url))
  const start = (): ChildProcess => spawn(process.execPath, [...process.execArgv, bin, 'run', ...args, '--no-reload'], { stdio: 'inherit' })
  return new Promise((resolve) => {
    let child = start()
    let isAlive = true
    let isEnding = false
    let isChanged = false

    const follow = (): void => {
      child.once('exit', (code) => {
        isAlive = false
        if (isEnding) {
          resolve(code ?? 0)
        } else if (isChanged) {
          again()
        } else {
          output.complain('The app has ended. It starts again when a file changes.')
        }
      })
    }
    const again = (): void => {
      isChanged = false
      isAlive = true
      child = start()
      follow()
    }
    const stopWatching = watchSources(process.cwd(), () => {
      isChanged = true
      if (!isAlive) {
        again()
      } else {
        child.kill('SIGTERM')
      }
    })
    const end = (signal: NodeJS.Signals): void => {
      isEnding = true
      stopWatching()
      process.off('SIGTERM', end)
      process.off('SIGINT', end)
      if (isAlive) {
        child.kill(signal)
      } else {
        resolve(0)
      }
    }
    process.on('SIGTERM', end)
    process.on('SIGINT', end)
    follow()
  })
}

/** Calls `changed` when sources below a folder change. Returns a function that ends it. */
function watchSources(root: string, changed: () => void): () => void {
  const watchers = new Map<string, FSWatcher>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const add = (folder: string): void => {
    if (watchers.has(folder)) {
      return
    }
    const watcher = watch(folder, (event, name) => {
      if (event === 'rename') {
        addBelow(root)
      }
      if (name !== null && SOURCES.test(name)) {
        clearTimeout(timer)
        timer = setTimeout(changed, SETTLE_MS)
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
      if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)) {
        addBelow(join(folder, entry.name))
      }
    }
  }
  addBelow(root)
  return () => {
    clearTimeout(timer)
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
