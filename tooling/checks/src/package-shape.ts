/** The manifests have one shape: what stands in one package and not in the next is there for a reason. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { files, ROOT, read } from './workspace.ts'

interface Manifest {
  readonly name?: string
  readonly private?: boolean
  readonly version?: string
  readonly description?: string
  readonly scripts?: { readonly [name: string]: string }
  readonly exports?: { readonly [entry: string]: unknown }
  readonly imports?: { readonly [name: string]: unknown }
  readonly dependencies?: { readonly [name: string]: string }
  readonly peerDependencies?: { readonly [name: string]: string }
  readonly [key: string]: unknown
}

/** Keys in the order in which they stand. */
const KEYS = [
  ...[
    'name',
    'private',
    'version',
    'description',
    'license',
    'type',
    'sideEffects',
    'engines',
    'files',
    'bin',
    'exports',
    'imports',
    'publishConfig',
    'scripts',
  ],
  ...['dependencies', 'peerDependencies', 'peerDependenciesMeta', 'optionalDependencies', 'devDependencies'],
]

/** What every published package says. */
const SAME: { readonly [key: string]: unknown } = {
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=22.19' },
  files: ['dist', '!dist/.tsbuildinfo'],
  scripts: { build: 'node ../../tooling/build/src/build.ts' },
}

/** Manifests by their paths from the top folder. */
export type Manifests = ReadonlyMap<string, Manifest>

/** Names, keys and their order in every manifest; for what goes to npm: no install script, core as a peer, exports with a source condition, no sources. */
export function checkPackages(manifests: Manifests = everyManifest()): readonly string[] {
  return [...manifests].flatMap(([file, manifest]) =>
    [...shape(file, manifest), ...(manifest.private === true ? [] : published(file, manifest))].map((problem) => `${file}: ${problem}`),
  )
}

function everyManifest(): Manifests {
  const paths = [...files('{packages,tooling,examples,examples/extensions}/*/package.json'), 'docs/package.json']
  return new Map(paths.map((file) => [file, JSON.parse(read(file)) as Manifest]))
}

function shape(file: string, manifest: Manifest): readonly string[] {
  const problems: string[] = []
  const [top = '', folder = ''] = [dirname(file).split('/')[0], dirname(file).split('/').at(-1)]
  const names =
    top === 'docs'
      ? ['@docs/site']
      : top === 'tooling'
        ? [`@tooling/${folder}`, `@micro/${folder}`]
        : [`@${top === 'packages' ? 'micro' : top}/${folder}`]
  if (!names.includes(manifest.name ?? '')) {
    problems.push(`'name' is '${manifest.name}': in this folder it must be ${names.join(' or ')}.`)
  }
  if ((manifest.name?.startsWith('@micro/') ?? false) === (manifest.private === true)) {
    problems.push("'private' must be true for all but @micro/…: nothing else goes to npm.")
  }
  const keys = Object.keys(manifest)
  const unknown = keys.find((key) => !KEYS.includes(key))
  if (unknown !== undefined) {
    problems.push(`no other manifest has '${unknown}': remove it, or add it to the list in tooling/checks/src/package-shape.ts.`)
  } else if (keys.join() !== KEYS.filter((key) => keys.includes(key)).join()) {
    problems.push(`the keys must stand in the order ${KEYS.filter((key) => keys.includes(key)).join(', ')}.`)
  }
  if (manifest.version === undefined || manifest.type !== 'module') {
    problems.push("'version' and 'type': 'module' must be there.")
  }
  for (const list of KEYS.filter((key) => /ependencies$/.test(key))) {
    const all = Object.keys((manifest[list] as { readonly [name: string]: string } | undefined) ?? {})
    if (all.join() !== [...all].sort().join()) {
      problems.push(`'${list}' must be sorted: ${[...all].sort().join(', ')}.`)
    }
  }
  return problems
}

function published(file: string, manifest: Manifest): readonly string[] {
  const problems = Object.entries(SAME)
    .filter(([key, value]) => JSON.stringify(manifest[key]) !== JSON.stringify(value))
    .map(([key, value]) => `'${key}' must be ${JSON.stringify(value)}.`)
  if (manifest.description === undefined) {
    problems.push("'description' must say in one sentence what it is.")
  }
  if (manifest.name !== '@micro/core') {
    if (manifest.peerDependencies?.['@micro/core'] !== 'workspace:^') {
      problems.push("'@micro/core' must be a peer dependency, workspace:^.")
    }
    const sibling = Object.keys(manifest.dependencies ?? {}).find((other) => other.startsWith('@micro/'))
    if (sibling !== undefined) {
      problems.push(`'${sibling}' must not be a dependency: no extension loads another.`)
    }
  }
  const loose = Object.entries(manifest.dependencies ?? {}).find(([, range]) => range !== 'catalog:')
  if (loose !== undefined) {
    problems.push(`'${loose[0]}' must be ${JSON.stringify('catalog:')}: its version stands in pnpm-workspace.yaml, once.`)
  }
  for (const [entry, target] of Object.entries(manifest.exports ?? {})) {
    const conditions = typeof target === 'string' ? {} : (target as { readonly [condition: string]: string })
    const source = conditions['@micro/source'] ?? ''
    if (entry !== './package.json' && Object.keys(conditions).join() !== '@micro/source,types,default') {
      problems.push(`exports['${entry}'] must have the conditions @micro/source, types, default, in this order.`)
    } else if (entry !== './package.json' && !existsSync(join(ROOT, dirname(file), source))) {
      problems.push(`exports['${entry}'] leads to ${source}, which is not there.`)
    }
  }
  const { exports, imports } = manifest
  const packed = JSON.stringify({
    exports: withoutSources(exports),
    ...(imports === undefined ? {} : { imports: withoutSources(imports) }),
  })
  if (problems.length === 0 && JSON.stringify(manifest.publishConfig) !== packed) {
    problems.push(`'publishConfig' must have exports and imports without the sources, which do not go to npm: ${packed}.`)
  }
  return problems
}

function withoutSources(targets: Manifest['exports'] = {}): object {
  return Object.fromEntries(
    Object.entries(targets).map(([entry, target]) => {
      const conditions = typeof target === 'string' ? target : Object.entries(target as object)
      return [
        entry,
        typeof conditions === 'string' ? conditions : Object.fromEntries(conditions.filter(([name]) => name !== '@micro/source')),
      ]
    }),
  )
}
