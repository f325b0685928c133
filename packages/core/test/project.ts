/** Directories in which `@micro/core` is installed, as in an application of its own. */
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { directory } from './template-site.ts'

const CORE = fileURLToPath(new URL('..', import.meta.url))

/** A directory with these files that finds `@micro/core`; removed when the test is over. */
export function project(files: { readonly [path: string]: string }): string {
  const root = directory({ 'package.json': '{ "type": "module" }', ...files })
  mkdirSync(join(root, 'node_modules/@micro'), { recursive: true })
  symlinkSync(CORE, join(root, 'node_modules/@micro/core'))
  return root
}
