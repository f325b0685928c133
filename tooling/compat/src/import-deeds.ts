/** What a module does while it is imported, seen in a child process. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const WATCHER = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './import-watcher.ts' : './import-watcher.js', import.meta.url))

/** Lists what the import of `module` does beside defining things. */
export function importDeeds(module: string): Promise<readonly string[]> {
  const asked = answers.get(module) ?? ask(module)
  answers.set(module, asked)
  return asked
}

/** A module does the same each time: one child is enough. */
const answers = new Map<string, Promise<readonly string[]>>()

async function ask(module: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [...sourceCondition(), WATCHER, module], {
    cwd: process.cwd(),
    timeout: 20_000,
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as readonly string[]
}

/** Run from source, the child must find the sources too. */
function sourceCondition(): readonly string[] {
  return import.meta.url.endsWith('.ts') ? ['--conditions=@micro/source'] : []
}
