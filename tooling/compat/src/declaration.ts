/** How the members of an extension look in declarations: read from its module's own types. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What was found. */
export interface DeclarationReport {
  readonly problems: readonly string[]
  readonly evidence: string
}

/**
 * Reads the entry of a module (its source, or the declarations beside its code) for the interfaces of its members: the one that extends
 * `Extension<…>`, and the member types it names, each exported with a docstring.
 */
export function declarationOf(module: string, name: string): DeclarationReport {
  const entry = typesOf(module.startsWith('file:') ? fileURLToPath(module) : fileURLToPath(import.meta.resolve(module)))
  const files = reachable(entry)
  const texts = new Map([...files].map((file) => [file, readFileSync(file, 'utf8')] as const))
  const all = [...texts.values()].join('\n')
  const at = /extends\s+(?:Defined)?Extension</.exec(all)?.index ?? -1
  const interfaceName = [...all.slice(0, Math.max(at, 0)).matchAll(/export (?:declare )?interface (\w+)/g)].at(-1)?.[1]
  if (at < 0 || interfaceName === undefined) {
    return { problems: [`no exported interface of '${name}' extends Extension<…> with a named member`], evidence: '' }
  }
  const given = all.slice(at, at + 300).replace(/\{[\s\S]*/, '')
  const members = [...given.matchAll(/\b([A-Z]\w+)/g)]
    .map(([, one = '']) => one)
    .filter((one) => !/^(Extension|DefinedExtension|Member|ConfigSchema|NeedsOf)$/.test(one))
  const sides = members
    .flatMap((member) => [
      ...(new RegExp(`interface ${member}(?:<[^{]*?>)?\\s+extends\\s+Member<([\\s\\S]*?)>\\s*\\{`).exec(all)?.[1] ?? '').matchAll(
        /\b([A-Z]\w+)/g,
      ),
    ])
    .map(([, side = '']) => side)
  const names = [...new Set([interfaceName, ...members, ...sides])].filter((one) => one.length > 1)
  const problems = names.flatMap((one) => {
    const declared = new RegExp(`(\\*/\\s*)?export (?:declare )?(?:interface|class|type) ${one}\\b`).exec(all)
    if (declared === null) {
      return new RegExp(`\\b${one}\\b[^;]*from '`).test(all) ? [] : [`${one} is not exported`]
    }
    return declared[1] === undefined ? [`${one} has no docstring`] : []
  })
  return { problems, evidence: `${names.join(', ')}: exported by name, with docstrings` }
}

function typesOf(file: string): string {
  const declarations = file.replace(/\.js$/, '.d.ts')
  return existsSync(declarations) ? declarations : file
}

function reachable(entry: string, seen: Set<string> = new Set()): ReadonlySet<string> {
  if (!seen.has(entry) && existsSync(entry)) {
    seen.add(entry)
    for (const [, path = ''] of readFileSync(entry, 'utf8').matchAll(/from\s+['"](\.{1,2}\/[^'"]+)['"]/g)) {
      const target = join(dirname(entry), path)
      reachable(entry.endsWith('.d.ts') ? target.replace(/\.[jt]s$/, '.d.ts') : target, seen)
    }
  }
  return seen
}
