import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PACKAGES, read } from './workspace.ts'

const PINNED = join(import.meta.dirname, '../exports.json')

/** The public names are pinned: a change of them is seen in the diff. `MICRO_PIN_EXPORTS=1` writes the file anew. */
export function checkExports(): readonly string[] {
  const now = Object.fromEntries(PACKAGES.flatMap((name) => entriesOf(name)))
  if (process.env.MICRO_PIN_EXPORTS === '1') {
    writeFileSync(PINNED, `${JSON.stringify(now, null, 2)}\n`)
    return []
  }
  const pinned = existsSync(PINNED) ? (JSON.parse(readFileSync(PINNED, 'utf8')) as typeof now) : {}
  return [...new Set([...Object.keys(now), ...Object.keys(pinned)])].flatMap((entry) => {
    const gone = (pinned[entry] ?? []).filter((name) => !now[entry]?.includes(name))
    const added = (now[entry] ?? []).filter((name) => !pinned[entry]?.includes(name))
    return [...gone.map((name) => `${entry} no longer exports '${name}'`), ...added.map((name) => `${entry} newly exports '${name}'`)].map(
      (text) => `${text}: if that is meant, run MICRO_PIN_EXPORTS=1 node tooling/checks/src/checks.ts and write a changeset.`,
    )
  })
}

function entriesOf(name: string): readonly (readonly [string, readonly string[]])[] {
  const manifest = JSON.parse(read(`packages/${name}/package.json`)) as {
    readonly exports: { readonly [entry: string]: { readonly '@micro/source'?: string } | string }
  }
  return Object.entries(manifest.exports).flatMap(([entry, target]) => {
    const source = typeof target === 'string' ? undefined : target['@micro/source']
    return source === undefined ? [] : [[`@micro/${name}${entry.slice(1)}`, namesOf(join('packages', name, source))] as const]
  })
}

/** The names that a module exports, as written: re-exports and declarations. */
function namesOf(file: string): readonly string[] {
  const text = read(file)
  const lists = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) =>
    list
      .split(',')
      .map((item) =>
        item
          .trim()
          .replace(/^type /, '')
          .replace(/^.* as /, ''),
      )
      .filter((item) => item !== ''),
  )
  const declared = [...text.matchAll(/^export (?:declare )?(?:async )?(?:abstract )?(?:const|function|class|interface|type) (\w+)/gm)].map(
    ([, item = '']) => item,
  )
  return [...new Set([...lists, ...declared])].sort()
}
