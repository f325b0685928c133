/** What a package must keep beside the rules of its extension. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import satisfies from 'semver/functions/satisfies.js'
import subset from 'semver/ranges/subset.js'
import validRange from 'semver/ranges/valid.js'
import { failed, passed } from '../rule.ts'
import { escapesOf, importsOf } from './imports.ts'
import { besideSuite, installed } from './locate.ts'
import { entriesOf, readManifest } from './manifest.ts'
import type { PackageRule, PackageUnderTest } from './package-rule.ts'
import { typesOf } from './types-of.ts'

const CORE = '@micro/core'

/** Folder of the core that a package would run with. */
function coreOf({ folder, from }: Pick<PackageUnderTest, 'folder' | 'from'>): string | undefined {
  return installed(CORE, folder) ?? installed(CORE, from) ?? besideSuite(CORE)
}

const exportsResolve: PackageRule = {
  id: 'exports',
  title: 'every entry leads to files that exist',
  check({ folder, manifest }) {
    const entries = entriesOf(manifest)
    if (entries.length === 0) {
      return failed("package.json has no 'exports'", 'an entry for the extension')
    }
    const missing = entries.flatMap(({ files }) => files.filter(({ path }) => !existsSync(join(folder, path))).map(({ path }) => path))
    if (missing.length > 0) {
      return failed(`these files are not there: ${missing.join(', ')}`, 'files that exist: is the package built?')
    }
    const untyped = entries.filter(({ files }) => !files.some(({ condition, path }) => condition === 'types' || /\.d\.[cm]?ts$/.test(path)))
    return untyped.length === 0
      ? passed(entries.map(({ specifier }) => specifier).join(', '))
      : failed(`without types: ${untyped.map(({ specifier }) => specifier).join(', ')}`, "a 'types' condition for every entry")
  },
}

const typesCheck: PackageRule = {
  id: 'types',
  title: 'its types compile under strict, for NodeNext and for Bundler resolution',
  check: typesOf,
}

const publicEntries: PackageRule = {
  id: 'core',
  title: 'it imports public entries of core only',
  async check(subject) {
    const core = coreOf(subject)
    if (core === undefined) {
      return failed(`${CORE} is not installed beside it`, 'an installed core')
    }
    const entries = new Set(entriesOf(readManifest(core)).map(({ specifier }) => specifier))
    const inner = (await importsOf(subject)).filter(
      ({ name, specifier }) => name === CORE && !entries.has(specifier) && specifier !== `${CORE}/package.json`,
    )
    const escapes = await escapesOf(subject)
    const found = [...inner.map(({ file, specifier }) => `${file}: ${specifier}`), ...escapes]
    return found.length === 0
      ? passed(`nothing but ${[...entries].join(', ')}`)
      : failed(found.join('; '), `imports of ${[...entries].join(', ')}`)
  },
}

const declared: PackageRule = {
  id: 'dependencies',
  title: 'it imports nothing that it does not declare',
  async check(subject) {
    const { dependencies, peerDependencies, optionalDependencies } = subject.manifest
    const known = { ...dependencies, ...peerDependencies, ...optionalDependencies }
    const undeclared = (await importsOf(subject)).filter(({ name }) => known[name] === undefined)
    return undeclared.length === 0
      ? passed(Object.keys(known).join(', ') || 'it imports no other package')
      : failed([...new Set(undeclared.map(({ name, file }) => `${name} (${file})`))].join(', '), 'dependencies or peerDependencies')
  },
}

const noScripts: PackageRule = {
  id: 'scripts',
  title: 'nothing runs when it is installed',
  check({ folder, manifest }) {
    const found = ['preinstall', 'install', 'postinstall'].filter((name) => manifest.scripts?.[name] !== undefined)
    const native = existsSync(join(folder, 'binding.gyp')) ? ['binding.gyp'] : []
    return found.length + native.length === 0 ? passed('no install script') : failed([...found, ...native].join(', '), 'no install script')
  },
}

const coreIsPeer: PackageRule = {
  id: 'peer',
  title: 'core is a peer, in a range that holds the core that runs',
  check({ folder, from, manifest }) {
    const range = manifest.peerDependencies?.[CORE]
    if (range === undefined) {
      return failed(
        manifest.dependencies?.[CORE] === undefined ? `${CORE} is not named` : `${CORE} is a dependency: an app would get a second copy`,
        'a peer dependency',
      )
    }
    const core = coreOf({ folder, from })
    const version = core === undefined ? undefined : readManifest(core).version
    if (version === undefined) {
      return failed(`${CORE} is not installed beside it`, 'an installed core')
    }
    // In a workspace the range is that of what lies beside it; packing writes the number.
    return range.startsWith('workspace:') || satisfies(version, range, { includePrerelease: true })
      ? passed(`${range} holds ${version}`)
      : failed(`${range} does not hold ${version}`, 'a range that holds the core that runs')
  },
}

const licensed: PackageRule = {
  id: 'licence',
  title: 'it has a licence',
  check: ({ manifest: { license } }) =>
    typeof license === 'string' && license.trim() !== '' && license !== 'UNLICENSED'
      ? passed(license)
      : failed(`license: ${JSON.stringify(license)}`, 'an SPDX expression'),
}

const engines: PackageRule = {
  id: 'engines',
  title: 'it says which Node it runs on, and promises none that core does not',
  check(subject) {
    const range = subject.manifest.engines?.node
    if (range === undefined || validRange(range) === null) {
      return failed(`engines.node: ${JSON.stringify(range)}`, 'a range of Node')
    }
    if (!satisfies(process.versions.node, range, { includePrerelease: true })) {
      return failed(`${range} does not hold the Node that runs, ${process.versions.node}`, 'a range that holds it')
    }
    const of = coreEngines(subject)
    return of === undefined || subset(range, of) ? passed(range) : failed(`${range} reaches beyond core's ${of}`, `a range within ${of}`)
  },
}

function coreEngines({ folder, from }: PackageUnderTest): string | undefined {
  const core = coreOf({ folder, from })
  return core === undefined ? undefined : readManifest(core).engines?.node
}

/** All of them, in the order they are told. */
export const PACKAGE_RULES: readonly PackageRule[] = [
  exportsResolve,
  typesCheck,
  publicEntries,
  declared,
  noScripts,
  coreIsPeer,
  licensed,
  engines,
]
