/** The files of the repository, as the checks read them. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The repository's top folder. */
export const ROOT: string = join(import.meta.dirname, '../../..')

/** The packages that go to npm. */
export const PACKAGES: readonly string[] = ['core', 'db', 'forms', 'uploads', 'auth']

/** Files below the top folder, by their paths from there. */
export function files(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: ROOT, exclude: (name) => /(^|\/)(node_modules|dist|out|instance)$/.test(name) }).sort()
}

/** Text of a file. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Texts of source files, by their paths from the top folder. */
export type Sources = ReadonlyMap<string, string>
