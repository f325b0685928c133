/** Who may import whom: core in layers, no circle anywhere, no extension another. Types count: a circle of types is read like any other. */
import { basename, dirname, join } from 'node:path'
import { CORE_LAYERS, layerOf } from './core-layers.ts'
import { files, read, type Sources } from './workspace.ts'

/** An import of a file, as written. */
interface Import {
  readonly from: string
  readonly to: string
  /** What the braces hold, for messages. */
  readonly names: string
}

const CORE = 'packages/core/src/'

/** The rules of imports, for the sources of all packages and tools. */
export function checkLayers(sources: Sources = everySource()): readonly string[] {
  const imports = [...sources].flatMap(([file, text]) => importsOf(file, text))
  return [...wrongLayers([...sources.keys()], imports), ...circles(imports), ...siblings(sources)]
}

function everySource(): Sources {
  return new Map(files('{packages,tooling}/*/src/**/*.ts').map((file) => [file, read(file)]))
}

const FROM = /^(?:import|export)\s+([^'"]*?)\s*from '(\.{1,2}\/[^']+)'|\bimport\('(\.{1,2}\/[^']+)'\)|^import '(\.{1,2}\/[^']+)'/gm

function importsOf(from: string, text: string): readonly Import[] {
  return [...text.matchAll(FROM)].map(([whole, names, named, dynamic, bare]) => ({
    from,
    to: join(dirname(from), named ?? dynamic ?? bare ?? ''),
    names: (names ?? whole).replace(/\s+/g, ' '),
  }))
}

function wrongLayers(all: readonly string[], imports: readonly Import[]): readonly string[] {
  const inCore = (file: string): boolean => file.startsWith(CORE)
  const layer = (file: string): number => layerOf(file.slice(CORE.length, -'.ts'.length))
  const word = (file: string): string => `layer ${layer(file) + 1}, ${CORE_LAYERS[layer(file)]?.name}`
  return [
    ...all
      .filter((file) => inCore(file) && layer(file) < 0)
      .map((file) => `${file} is in no layer: add its folder to the list in tooling/checks/src/core-layers.ts.`),
    ...imports
      .filter(({ from, to }) => inCore(from) && layer(from) >= 0 && layer(to) > layer(from))
      .map(
        ({ from, to, names }) =>
          `${from} (${word(from)}) imports ${names} from ${to} (${word(to)}): declare in ${basename(from)} the interface it needs, or move the declaration to a layer both may use.`,
      ),
  ]
}

/** Each circle once, with the import that closes it. */
function circles(imports: readonly Import[]): readonly string[] {
  const graph = Map.groupBy(imports, ({ from }) => from)
  const problems: string[] = []
  const done = new Set<string>()
  const visit = (file: string, trail: readonly Import[]): void => {
    const at = trail.findIndex(({ from }) => from === file)
    const closing = trail.at(-1)
    if (at >= 0 && closing !== undefined) {
      const circle = trail.slice(at).map(({ from }) => basename(from))
      problems.push(
        `${closing.from} imports ${closing.names} from ${closing.to}, which closes the circle ${[...circle, basename(file)].join(' → ')}: let one of them declare the interface it needs, or move the declaration to a file of its own.`,
      )
    } else if (!done.has(file)) {
      for (const next of graph.get(file) ?? []) {
        visit(next.to, [...trail, next])
      }
      done.add(file)
    }
  }
  for (const file of graph.keys()) {
    visit(file, [])
  }
  return problems
}

/** No extension loads another at run time; what it needs of one is a type. */
function siblings(sources: Sources): readonly string[] {
  return [...sources].flatMap(([file, text]) => {
    const sibling = /^packages\/(?!core\/)/.test(file)
      ? /^import (?!type)[^\n]*from '(@micro\/(?!core')[^']+)'/m.exec(text)?.[1]
      : undefined
    return sibling === undefined
      ? []
      : [`${file} imports ${sibling}: an extension uses the public entry of core alone, and others through needs.`]
  })
}
