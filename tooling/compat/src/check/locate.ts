/** Finds the package that the command line names: a folder, a tarball, or the name of an installed package. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readManifest } from './manifest.ts'
import type { PackageUnderTest } from './package-rule.ts'

/** A package that was found; `end` removes what was made for it. */
export interface Located extends PackageUnderTest {
  end(): void
}

/** @throws Error in words where there is no such package. */
export async function locate(named: string, from: string): Promise<Located> {
  const path = resolve(from, named)
  if (existsSync(path)) {
    return statSync(path).isDirectory() ? found(realpathSync(path), from) : unpacked(path, from)
  }
  const folder = installed(named, from)
  if (folder === undefined) {
    throw new Error(`'${named}' is no folder, no tarball, and no package that is installed in ${from}.`)
  }
  return found(folder, from)
}

/** Folder of a package that is installed in `from` or above. */
export function installed(name: string, from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name)
    if (existsSync(join(folder, 'package.json'))) {
      return realpathSync(folder)
    }
    if (at === dirname(at)) {
      return undefined
    }
  }
}

/** Folder of a package that the suite itself was installed with: where the command is called there may be nothing. */
export function besideSuite(name: string): string | undefined {
  return installed(name, dirname(fileURLToPath(import.meta.url)))
}

function found(folder: string, from: string): Located {
  return { folder, from, manifest: readManifest(folder), end: () => undefined }
}

/** Installs a tarball with what it depends on, into a folder of its own. Its peers are those of the folder the command was called in. */
async function unpacked(tarball: string, from: string): Promise<Located> {
  const place = mkdtempSync(join(tmpdir(), 'micro-check-'))
  const end = (): void => rmSync(place, { recursive: true, force: true })
  try {
    writeFileSync(
      join(place, 'package.json'),
      JSON.stringify({ private: true, type: 'module', dependencies: { subject: `file:${tarball}` } }),
    )
    await promisify(execFile)('npm', ['install', '--ignore-scripts', '--legacy-peer-deps', '--prefer-offline', '--no-audit', '--no-fund'], {
      cwd: place,
      timeout: 120_000,
    })
    const { name, peerDependencies = {} } = readManifest(join(place, 'node_modules/subject'))
    const folder = join(place, 'node_modules', name)
    rename(join(place, 'node_modules/subject'), folder)
    for (const peer of [...Object.keys(peerDependencies), '@micro/compat']) {
      const target = installed(peer, from) ?? besideSuite(peer)
      const link = join(place, 'node_modules', peer)
      if (target !== undefined && !existsSync(link)) {
        mkdirSync(dirname(link), { recursive: true })
        symlinkSync(target, link)
      }
    }
    return { folder, from, manifest: readManifest(folder), end }
  } catch (error) {
    end()
    throw error
  }
}

/** npm installs under the name it is told; the package is to be found under its own. */
function rename(before: string, after: string): void {
  mkdirSync(dirname(after), { recursive: true })
  renameSync(before, after)
}
