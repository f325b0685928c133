/** What the shipped files of a package import. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, relative } from 'node:path'
import { init, parse } from 'es-module-lexer'
import { entriesOf } from './manifest.ts'
import type { PackageUnderTest } from './package-rule.ts'

/** An import of another package. */
export interface Import {
  readonly specifier: string
  /** The package it names. */
  readonly name: string
  /** File it stands in, relative to the package. */
  readonly file: string
}

/** Imports of other packages in what can be reached from the package's entries: code and declarations. */
export async function importsOf({ folder, manifest }: PackageUnderTest): Promise<readonly Import[]> {
  await init
  const roots = new Set(
    entriesOf(manifest).flatMap(({ files }) => files.map(({ path }) => path.replace(/^\.\//, '').split('/')[0] as string)),
  )
  const own = [...roots].flatMap((root) => codeIn(folder, root))
  return own.flatMap((file) => {
    const found = specifiersOf(join(folder, file))
    return found
      .filter((specifier) => !/^[./#]|^(node|file|data):/.test(specifier) && !isBuiltin(specifier))
      .map((specifier) => ({ specifier, file, name: nameOf(specifier) }))
      .filter(({ name }) => name !== manifest.name)
  })
}

/** Relative imports that leave the package. */
export async function escapesOf({ folder, manifest }: PackageUnderTest): Promise<readonly string[]> {
  await init
  const roots = new Set(
    entriesOf(manifest).flatMap(({ files }) => files.map(({ path }) => path.replace(/^\.\//, '').split('/')[0] as string)),
  )
  return [...roots]
    .flatMap((root) => codeIn(folder, root))
    .flatMap((file) => {
      const found = specifiersOf(join(folder, file)).filter((specifier) => specifier.startsWith('.'))
      return found
        .filter((specifier) => relative(folder, join(folder, file, '..', specifier)).startsWith('..'))
        .map((specifier) => `${file}: ${specifier}`)
    })
}

/** Paths of the code and the declarations in a folder of the package, or the file itself. */
function codeIn(folder: string, root: string): readonly string[] {
  const isCode = (name: string): boolean => /\.[cm]?[jt]s$/.test(name)
  if (!existsSync(join(folder, root))) {
    throw new Error(`${root} is not there: is the package built?`)
  }
  if (isCode(root)) {
    return [root]
  }
  return readdirSync(join(folder, root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isCode(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes('node_modules'))
}

function specifiersOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8')
  if (/\.[cm]?js$/.test(file)) {
    const [imports] = parse(text, file)
    return imports.flatMap(({ n }) => (n === undefined ? [] : [n]))
  }
  // Types cannot be lexed as JavaScript; declarations hold no code that could look like an import.
  const declared = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const found = [
    ...declared.matchAll(/^\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]/gm),
    ...declared.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm),
    ...declared.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g),
  ]
  return found.map(([, specifier = '']) => specifier)
}

function nameOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
