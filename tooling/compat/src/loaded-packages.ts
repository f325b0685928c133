/** Which packages a module loads, seen in a child process. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const WATCHER = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './load-watcher.ts' : './load-watcher.js', import.meta.url))

/** Names of the packages whose files are loaded by importing `module`; undefined where the runtime does not tell. */
export function loadedPackages(module: string): Promise<readonly string[] | undefined> {
  const asked = answers.get(module) ?? ask(module)
  answers.set(module, asked)
  return asked
}

/** A module does the same each time: one child is enough. */
const answers = new Map<string, Promise<readonly string[] | undefined>>()

async function ask(module: string): Promise<readonly string[] | undefined> {
  const source = import.meta.url.endsWith('.ts') ? ['--conditions=@micro/source'] : []
  const resolved = module.startsWith('file:') ? module : import.meta.resolve(module)
  const { stdout } = await promisify(execFile)(process.execPath, [...source, WATCHER, resolved], {
    timeout: 20_000,
  })
  const urls = JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null') as readonly string[] | null
  if (urls === null) {
    return undefined
  }
  return [...new Set(urls.filter((url) => url.startsWith('file:')).map((url) => packageOf(fileURLToPath(url))))].filter(
    (name) => name !== '',
  )
}

function packageOf(path: string): string {
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
  const workspace = /\/packages\/([^/]+)\/(?:src|dist)\//.exec(path)?.[1]
  return installed ?? (workspace === undefined ? '' : `@micro/${workspace}`)
}
