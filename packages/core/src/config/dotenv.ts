/** `.env` files: variables for one project on one machine, below the real environment. */
import { readText } from '../files/read-text.ts'

/** A variable of such a file, and where it stands. */
export interface DotenvEntry {
  readonly value: string
  readonly source: string
}

/** The variables of one file, as Node's `--env-file` reads them; none if it is not there. @throws MicroError `MICRO_CONFIG_FILE`. */
export function readDotenv(path: string): ReadonlyMap<string, DotenvEntry> {
  const text = readText(path)
  const entries = new Map<string, DotenvEntry>()
  if (text === undefined) {
    return entries
  }
  const lines = text.split(/\r?\n/)
  for (const [name, value = ''] of Object.entries(process.getBuiltinModule('node:util').parseEnv(text))) {
    const begins = new RegExp(`^\\s*(export\\s+)?${name.replace(/[^\w]/g, '\\$&')}\\s*=`)
    entries.set(name, { value, source: `${path}:${lines.findLastIndex((line) => begins.test(line)) + 1} (${name})` })
  }
  return entries
}

/** The files that an app reads, the weakest first: of the project that its module belongs to, and beside the module. */
export function dotenvFiles(rootPath: string): readonly string[] {
  return [...new Set([projectOf(rootPath), rootPath])].map((directory) => `${directory}/.env`)
}

/** The nearest directory with a `package.json`, at the module or above; else, and for an app in `node_modules`, the working directory. */
function projectOf(rootPath: string): string {
  const { existsSync } = process.getBuiltinModule('node:fs')
  const { dirname } = process.getBuiltinModule('node:path')
  if (!/[\\/]node_modules[\\/]/.test(`${rootPath}/`)) {
    for (let directory = rootPath; ; directory = dirname(directory)) {
      if (existsSync(`${directory}/package.json`)) {
        return directory
      }
      if (dirname(directory) === directory) {
        break
      }
    }
  }
  return process.cwd()
}
