/** The packages as they are built, linked as a workspace links them: what installs them elsewhere is tooling/checks/src/packed.ts. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'
import { bundle } from '../src/bundle.ts'

const PACKAGES = join(import.meta.dirname, '../../../packages')

/** Folders of packages; they are removed when the tests of the file are over. */
export interface BuiltPackages {
  folder(name: string): string
  /** Runs JavaScript as a module beside them, and parses what it prints. */
  run(code: string): Promise<unknown>
}

/** Builds packages, each with what it depends on. */
export async function builtPackages(names: readonly string[]): Promise<BuiltPackages> {
  const place = mkdtempSync(join(tmpdir(), 'micro-built-'))
  afterAll(() => rmSync(place, { recursive: true }))
  mkdirSync(join(place, 'node_modules/@micro'), { recursive: true })
  await Promise.all(
    names.map(async (name) => {
      const [source, target] = [join(PACKAGES, name), join(place, name)]
      const { dependencies } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { readonly dependencies: object }
      mkdirSync(join(target, 'node_modules'), { recursive: true })
      for (const dependency of Object.keys(dependencies)) {
        symlinkSync(join(source, 'node_modules', dependency), join(target, 'node_modules', dependency))
      }
      cpSync(join(source, 'package.json'), join(target, 'package.json'))
      await bundle(source, join(target, 'dist'))
      symlinkSync(join('../..', name), join(place, 'node_modules/@micro', name))
    }),
  )
  return {
    folder: (name) => join(place, name),
    run: async (code) => {
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], { cwd: place })
      return JSON.parse(stdout)
    },
  }
}
