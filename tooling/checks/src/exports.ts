import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PACKAGES, read } from './workspace.ts'

const PINNED = join(import.meta.dirname, '../exports.json')

/** Names by entry, as `@micro/core/node`. */
type Names = { readonly [entry: string]: readonly string[] }

/** The public names are pinned: a change of them is seen in the diff. `MICRO_PIN_EXPORTS=1` writes the file anew. */
export function checkExports(now: Names = namesNow(), pinned: Names = namesPinned()): readonly string[] {
  if (process.env.MICRO_PIN_EXPORTS === '1') {
    writeFileSync(PINNED, `${JSON.stringify(now, null, 2)}\n`)
    return []
  }
  return [...new Set([...Object.keys(now), ...Object.keys(pinned)])].flatMap((entry) => {
    const gone = (pinned[entry] ?? []).filter((name) => !now[entry]?.includes(name))
    const added = (now[entry] ?? []).filter((name) => !pinned[entry]?.includes(name))
    return [...gone.map((name) => `${entry} no longer exports '${name}'`), ...added.map((name) => `${entry} newly exports '${name}'`)].map(
      (text) => `${text}: if that is meant, run MICRO_PIN_EXPORTS=1 node tooling/checks/src/checks.ts and write a changeset.`,
    )
  })
}

function namesNow(): Names {
  return Object.fromEntries(PACKAGES.flatMap((name) => entriesOf(name)))
}

function namesPinned(): Names {
  return existsSync(PINNED) ? (JSON.parse(readFileSync(PINNED, 'utf8')) as Names) : {}
}

/** What is public: file and name, as `packages/core/src/app/micro.ts:Micro`, of everything that an entry exports. */
export function publicDeclarations(): ReadonlySet<string> {
  const declarations = PACKAGES.flatMap((name) => entryFiles(name)).flatMap(([, file]) => {
    const text = read(file)
    const elsewhere = [...text.matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)'/g)].flatMap(([, list = '', from = '']) =>
      namesIn(list).map((name) => `${join(dirname(file), from)}:${name}`),
    )
    return [...elsewhere, ...namesOf(file).map((name) => `${file}:${name}`)]
  })
  return new Set(declarations)
}

function entriesOf(name: string): readonly (readonly [string, readonly string[]])[] {
  return entryFiles(name).map(([entry, file]) => [entry, namesOf(file)])
}

/** The entries of a package and the files they stand for. */
function entryFiles(name: string): readonly (readonly [string, string])[] {
  const manifest = JSON.parse(read(`packages/${name}/package.json`)) as {
    readonly exports: { readonly [entry: string]: { readonly '@micro/source'?: string } | string }
  }
  return Object.entries(manifest.exports).flatMap(([entry, target]) => {
    const source = typeof target === 'string' ? undefined : target['@micro/source']
    return source === undefined ? [] : [[`@micro/${name}${entry.slice(1)}`, join('packages', name, source)] as const]
  })
}

/** The names that a module exports, as written: re-exports and declarations. */
function namesOf(file: string): readonly string[] {
  const text = read(file)
  const lists = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) => namesIn(list))
  const declared = [...text.matchAll(/^export (?:declare )?(?:async )?(?:abstract )?(?:const|function|class|interface|type) (\w+)/gm)].map(
    ([, item = '']) => item,
  )
  return [...new Set([...lists, ...declared])].sort()
}

/** The names in the braces of an export. */
function namesIn(list: string): readonly string[] {
  return list
    .split(',')
    .map((item) =>
      item
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    )
    .filter((item) => item !== '')
}
