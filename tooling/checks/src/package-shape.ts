import { PACKAGES, read } from './workspace.ts'

interface Manifest {
  readonly [key: string]: unknown
  readonly scripts?: { readonly [name: string]: string }
  readonly exports?: { readonly [entry: string]: unknown }
  readonly dependencies?: { readonly [name: string]: string }
  readonly peerDependencies?: { readonly [name: string]: string }
}

const SAME: { readonly [key: string]: unknown } = {
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=22.19' },
  files: ['dist', '!dist/.tsbuildinfo', 'src'],
}

/** The packages' manifests have one shape: no install script, core as a peer, exports with a private source condition. */
export function checkPackages(): readonly string[] {
  return PACKAGES.flatMap((name) => {
    const file = `packages/${name}/package.json`
    const manifest = JSON.parse(read(file)) as Manifest
    const problems: string[] = []
    for (const [key, value] of Object.entries(SAME)) {
      if (JSON.stringify(manifest[key]) !== JSON.stringify(value)) {
        problems.push(`${file}: '${key}' must be ${JSON.stringify(value)}.`)
      }
    }
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
      if (manifest.scripts?.[script] !== undefined) {
        problems.push(`${file}: remove the script '${script}': nothing runs when the package is installed.`)
      }
    }
    if (name !== 'core') {
      if (manifest.peerDependencies?.['@micro/core'] !== 'workspace:^') {
        problems.push(`${file}: '@micro/core' must be a peer dependency, workspace:^.`)
      }
      const sibling = Object.keys(manifest.dependencies ?? {}).find((other) => other.startsWith('@micro/'))
      if (sibling !== undefined) {
        problems.push(`${file}: '${sibling}' must not be a dependency: no extension loads another.`)
      }
    }
    for (const [entry, target] of Object.entries(manifest.exports ?? {})) {
      if (entry !== './package.json' && Object.keys(target as object).join() !== '@micro/source,types,default') {
        problems.push(`${file}: exports['${entry}'] must have the conditions @micro/source, types, default, in this order.`)
      }
    }
    return problems
  })
}
