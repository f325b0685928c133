import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What package.json says, as far as it is looked at. */
export interface PackageManifest {
  readonly name: string
  readonly version?: string
  readonly license?: string
  readonly exports?: unknown
  readonly main?: string
  readonly scripts?: { readonly [name: string]: string }
  readonly engines?: { readonly [name: string]: string }
  readonly dependencies?: { readonly [name: string]: string }
  readonly optionalDependencies?: { readonly [name: string]: string }
  readonly peerDependencies?: { readonly [name: string]: string }
  /** Where the subject of the suite is, for packages that do not call it `micro-compat`. */
  readonly micro?: { readonly compat?: string }
}

/** Reads the manifest of a package. @throws Error where there is none. */
export function readManifest(folder: string): PackageManifest {
  let text: string
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8')
  } catch {
    throw new Error(`There is no package.json in ${folder}.`)
  }
  return JSON.parse(text) as PackageManifest
}

/** One entry of a package: what an app imports, and the files that stand behind it. */
export interface Entry {
  /** `my-extension` or `my-extension/part`. */
  readonly specifier: string
  /** Files by condition, relative to the package. */
  readonly files: readonly { readonly condition: string; readonly path: string }[]
}

/** The entries a package exports, patterns and package.json aside. */
export function entriesOf({ name, exports, main }: PackageManifest): readonly Entry[] {
  if (exports === undefined) {
    return main === undefined ? [] : [{ specifier: name, files: [{ condition: 'main', path: main }] }]
  }
  const isMap = typeof exports === 'object' && exports !== null && Object.keys(exports).some((key) => key.startsWith('.'))
  const map = isMap ? (exports as { readonly [key: string]: unknown }) : { '.': exports }
  return Object.entries(map)
    .filter(([key, target]) => !key.includes('*') && key !== './package.json' && target !== null)
    .map(([key, target]) => ({ specifier: name + key.slice(1), files: filesOf(target) }))
}

/** Conditions that begin with `@` are the package's own affair: nobody else sets them. */
function filesOf(target: unknown, condition = 'default'): Entry['files'] {
  if (typeof target === 'string') {
    return [{ condition, path: target }]
  }
  return Object.entries((target ?? {}) as { readonly [condition: string]: unknown }).flatMap(([name, inner]) =>
    name.startsWith('@') ? [] : filesOf(inner, name),
  )
}
