/** The versions of the packages: that of the manifest, and that which the source says at run time. */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PACKAGES, ROOT } from './workspace.ts'

/** The manifest's version before the first release; the source then says what that release will be. */
const UNRELEASED = '0.0.0'

const SAID = /^(export const [A-Z]+_VERSION = | {2,}version: )'([^']+)'/gm

/** Version in the manifest of every package, by its directory. */
export function manifestVersions(root: string = ROOT): { readonly [name: string]: string } {
  return Object.fromEntries(
    PACKAGES.map((name) => {
      const { version } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as { readonly version: string }
      return [name, version]
    }),
  )
}

/** Every package says its version once, in its source, and it is that of its manifest. */
export function checkVersions(root: string = ROOT): readonly string[] {
  return Object.entries(manifestVersions(root)).flatMap(([name, version]) => {
    const places = placesOf(root, name)
    const [place] = places
    if (place === undefined || places.length > 1) {
      const found = places.map(({ file }) => file).join(', ') || 'nowhere'
      return [`packages/${name}/src must say its version in one place, as X_VERSION = '…' or version: '…'; it does so ${found}.`]
    }
    return version === UNRELEASED || place.version === version
      ? []
      : [`${place.file} says ${place.version}, packages/${name}/package.json ${version}: run node tooling/checks/src/write-versions.ts.`]
  })
}

/** Writes the versions of the manifests into the source. */
export function writeVersions(): void {
  for (const [name, version] of Object.entries(manifestVersions())) {
    for (const { file, text } of version === UNRELEASED ? [] : placesOf(ROOT, name)) {
      writeFileSync(join(ROOT, file), text.replace(SAID, `$1'${version}'`))
    }
  }
}

function placesOf(root: string, name: string): readonly { readonly file: string; readonly text: string; readonly version: string }[] {
  return globSync(`packages/${name}/src/**/*.ts`, { cwd: root }).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return [...text.matchAll(SAID)].map(([, , version = '']) => ({ file, text, version }))
  })
}
