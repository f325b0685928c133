/**
 * Builds the projects in the folders that are named, this one if there are none, anew: a source that is gone leaves nothing behind. The
 * compiler makes types, and what runs too unless the project has `emitDeclarationOnly`: then it is bundled.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundle } from './bundle.ts'

const TSC = join(import.meta.dirname, '../../../node_modules/.bin/tsc')

const [, , ...named] = process.argv
const folders = (named.length > 0 ? named : ['.']).map((folder) => resolve(folder))
for (const folder of folders) {
  rmSync(join(folder, 'dist'), { recursive: true, force: true })
}
const { status } = spawnSync(TSC, ['-b', ...folders], { stdio: 'inherit' })
process.exitCode = status ?? 1
if (status === 0) {
  await Promise.all(folders.filter(isBundled).map((folder) => bundle(folder)))
}

function isBundled(folder: string): boolean {
  const { compilerOptions } = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8')) as {
    readonly compilerOptions: { readonly emitDeclarationOnly?: boolean }
  }
  return compilerOptions.emitDeclarationOnly === true
}
