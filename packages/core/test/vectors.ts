import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const directory = process.env.MICRO_VECTORS

/** Why tests against other projects' vectors are skipped; empty where they run. */
export const vectorsMissing: string = directory === undefined ? ' (skipped: MICRO_VECTORS is not set)' : ''

/** Rows of a vector file, by the dotted path to them, or none where `MICRO_VECTORS` is not set. @throws Error where it is set and has no such file. */
export function vectors<Row>(file: string, part: string): readonly Row[] {
  if (directory === undefined) {
    return []
  }
  const path = join(directory, file)
  if (!existsSync(path)) {
    throw new Error(`MICRO_VECTORS is ${directory}, which has no ${file}`)
  }
  const whole: unknown = JSON.parse(readFileSync(path, 'utf8'))
  const rows = part.split('.').reduce((value, name) => (value as { readonly [name: string]: unknown })?.[name], whole)
  if (!Array.isArray(rows)) {
    throw new Error(`${path} has no rows '${part}'`)
  }
  return rows as readonly Row[]
}
