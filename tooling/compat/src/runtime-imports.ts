/** Which other extensions a module loads when the program runs. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Packages of extensions that the files of a module's package import as values. */
export async function runtimeImports(module: string): Promise<readonly string[]> {
  const entry = module.startsWith('file:') ? fileURLToPath(module) : fileURLToPath(import.meta.resolve(module))
  const own = packageNameOf(dirname(entry))
  const found = new Set<string>()
  for (const file of sources(dirname(entry))) {
    const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
    for (const [, clause = '', name = ''] of text.matchAll(
      /(?:import|export)\s+([^;'"]*?)\s*from\s*['"](@micro\/[^'"/]+|micro-[^'"/]+)(?:\/[^'"]*)?['"]/g,
    )) {
      if (name !== '@micro/core' && name !== own && !clause.startsWith('type ') && !/^\{\s*(?:type [^,}]+,?\s*)+\}$/.test(clause)) {
        found.add(name)
      }
    }
    for (const [, name = ''] of text.matchAll(/import\(\s*['"](@micro\/[^'"/]+)(?:\/[^'"]*)?['"]\s*\)/g)) {
      if (name !== '@micro/core' && name !== own) {
        found.add(name)
      }
    }
  }
  return [...found]
}

function sources(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) {
      return name === 'node_modules' || name === 'test' ? [] : sources(path)
    }
    return /(?<!\.d)\.[mc]?[jt]s$/.test(name) ? [path] : []
  })
}

function packageNameOf(folder: string): string | undefined {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    try {
      return (JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as { readonly name?: string }).name
    } catch {
      // No manifest here: look further up.
    }
  }
  return undefined
}
