import { dirname, join, relative } from 'node:path'
import { files, read } from './workspace.ts'

/** Imports of a source file, types included. */
function importsOf(file: string): readonly string[] {
  return [...read(file).matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(([, path = '']) =>
    relative('.', join(dirname(file), path)),
  )
}

/** No file of a package imports itself by a detour, types aside: values must be there when they are asked for. */
export function checkLayers(): readonly string[] {
  const graph = new Map(files('packages/*/src/**/*.ts').map((file) => [file, valueImports(file)]))
  const problems: string[] = []
  const done = new Set<string>()
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file)
    if (at >= 0) {
      problems.push(`import cycle: ${[...trail.slice(at), file].join(' → ')}: let one of them declare the interface it needs.`)
      return
    }
    if (!done.has(file)) {
      for (const next of graph.get(file) ?? []) {
        visit(next, [...trail, file])
      }
      done.add(file)
    }
  }
  for (const file of graph.keys()) {
    visit(file, [])
  }
  for (const file of files('packages/{db,forms,uploads,auth}/src/**/*.ts')) {
    const sibling = /^import (?!type)[^\n]*from '(@micro\/(?!core')[^']+)'/m.exec(read(file))?.[1]
    if (sibling !== undefined) {
      problems.push(`${file} imports ${sibling}: an extension uses the public entry of core alone, and others through needs.`)
    }
  }
  return problems
}

function valueImports(file: string): readonly string[] {
  const text = read(file)
    .replace(/import type [^\n]*\n/g, '\n')
    .replace(/import type \{[^}]*\} from '[^']*'/g, '')
  return importsOf(file).filter((path) => {
    const name = path.split('/').at(-1) as string
    const line = new RegExp(`(?:import|export)\\s+([^;]*?)\\s+from '[^']*${name.replace('.', '\\.')}'`).exec(text)?.[1]
    return line !== undefined && !/^\{\s*(type [^,}]+,?\s*)+\}$/.test(line) && !line.startsWith('type ')
  })
}
