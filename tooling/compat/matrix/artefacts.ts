/** Packs what takes part in the matrix of approved extensions. */
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run } from '../../checks/src/command.ts'
import { build } from '../../checks/src/tarballs.ts'
import { ROOT } from '../../checks/src/workspace.ts'
import { type Approved, readApproved } from './approved-list.ts'
import type { Artefact } from './frozen.ts'

/** Folders of everything that is frozen together: core, the suite, the approved extensions and what they need. */
export function folders(list: readonly Approved[] = readApproved()): readonly string[] {
  const withs = list.flatMap((entry) => entry.with.filter((name) => name.startsWith('@micro/')))
  return [
    ...new Set([
      'packages/core',
      ...withs.map((name) => `packages/${name.slice('@micro/'.length)}`),
      ...list.map(({ from }) => from),
      'tooling/compat',
    ]),
  ]
}

/** Builds and packs packages of a working tree into `target`. */
export async function pack(root: string, target: string, packed: readonly string[]): Promise<readonly Artefact[]> {
  await mkdir(target, { recursive: true })
  await build(packed, root)
  return Promise.all(
    packed.map(async (folder) => {
      const output = await run(join(ROOT, 'node_modules/.bin/pnpm'), ['pack', '--json', '--pack-destination', target], {
        cwd: join(root, folder),
      })
      const { name, version, filename } = JSON.parse(output) as {
        readonly name: string
        readonly version: string
        readonly filename: string
      }
      return { name, version, path: join(target, basename(filename)) }
    }),
  )
}

/** What is committed, built and packed in a folder of its own: the past of a repository that has frozen nothing yet. */
export async function packCommitted(place: string): Promise<readonly Artefact[]> {
  const clone = join(place, 'committed')
  await run('git', ['clone', '--quiet', '--depth', '1', pathToFileURL(ROOT).href, clone], { cwd: ROOT })
  const names = folders().map((folder) => (JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as { name: string }).name)
  const filters = ['.', '@tooling/build', ...names.map((name) => `${name}...`)].flatMap((name) => ['--filter', name])
  await run(join(ROOT, 'node_modules/.bin/pnpm'), ['install', '--frozen-lockfile', '--prefer-offline', ...filters], { cwd: clone })
  return pack(clone, join(place, 'released'), folders())
}
