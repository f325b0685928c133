import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const directory = process.env.MICRO_VECTORS

/** Why tests against other projects' vectors are skipped; empty where they run. */
export const vectorsMissing: string = directory === undefined ? ' (skipped: MICRO_VECTORS is not set)' : ''

/** One part of a vector file, or nothing where `MICRO_VECTORS` is not set. */
export function vectors<T>(file: string, part: string): T | undefined {
  return directory === undefined ? undefined : (JSON.parse(readFileSync(join(directory, file), 'utf8'))[part] as T)
}
