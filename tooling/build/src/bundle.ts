import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

/**
 * Writes what a package runs: a module for each file of `dist` that its manifest names (`exports`, `imports`, `bin`), and what they share
 * in `chunks`. Names, comments and `await import()` stay; what is not a file of the package is left for its user to install.
 */
export async function bundle(folder: string, target: string = join(folder, 'dist')): Promise<void> {
  const { exports, imports, bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly [key: string]: unknown }
  const named = JSON.stringify({ exports, imports, bin }).matchAll(/"\.\/dist\/([^"]+)\.js"/g)
  const input = Object.fromEntries([...named].map(([, name = '']) => [name, join(folder, 'src', `${name}.ts`)]))
  await using modules = await rolldown({ input, platform: 'node', external: /^[^./]/ })
  await modules.write({ dir: target, entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js', minify: false, comments: true })
}
